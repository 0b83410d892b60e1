"""The parts of an index (catalogue, encoder, Chroma, search copy), each opened when it is first needed."""

from __future__ import annotations

import contextlib
import threading
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ragft.errors import IndexCorrupted, WorkspaceError
from ragft.index.catalogue.catalogue import Catalogue
from ragft.workspace import Workspace

if TYPE_CHECKING:
    from ragft.config import IndexSettings
    from ragft.index.encoders.base import Encoder, EncoderIdentity
    from ragft.index.matrix import Matrix
    from ragft.index.vectors import VectorStore

ENCODER = "encoder"
"""Key of the identity of the encoder that made the vectors."""

_COLLECTION = "chroma.collection"
"""Key of the name of this workspace's own collection on a Chroma server."""


class IndexParts:
    """The parts of the index of one workspace, and the rule that one encoder made all its vectors.

    Threads may share it: each part is opened by the first that needs it.
    """

    def __init__(self, workspace: Workspace, settings: IndexSettings) -> None:
        self._workspace = workspace
        self._settings = settings
        self._opening = threading.RLock()
        self._opening_encoder = threading.Lock()
        self._opening_store = threading.RLock()
        self._closed = False
        self._opened: Catalogue | None = None
        self._encoder: Encoder | None = None
        self._store: VectorStore | None = None
        self._matrix: Matrix | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the catalogue and Chroma, once other threads have ended the query they are in. It is not opened again.

        Nothing is waited for under a lock that such a query may need.
        """
        with self._opening:
            self._closed = True
            opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()
        with self._opening_store:
            if self._store is not None:
                self._store.close()
                self._store = None

    @property
    def encoder(self) -> Encoder:
        """The encoder of the settings, opened on first use."""
        with self._opening_encoder:
            if self._encoder is None:
                from ragft.index.encoders.open_encoder import open_encoder

                self._encoder = open_encoder(self._settings)
            return self._encoder

    @property
    def _catalogue(self) -> Catalogue:
        return self._open_catalogue(create=False)

    def _open_catalogue(self, *, create: bool) -> Catalogue:
        with self._opening:
            if self._closed:
                raise WorkspaceError(f"the index of {self._workspace.root} was closed", fix="open it again")
            if self._opened is None:
                self._opened = Catalogue.open(self._workspace.catalogue, create=create)
            return self._opened

    def _lock(self) -> contextlib.AbstractContextManager[None]:
        return self._workspace.lock("index", timeout=self._settings.lock_timeout)

    def _bound_encoder(self) -> Encoder:
        """The encoder, once it is known to be the one that made the vectors."""
        self._require_identity(self.encoder.identity)
        return self.encoder

    def _stored_identity(self) -> EncoderIdentity | None:
        from ragft.index.encoders.base import EncoderIdentity

        text = self._catalogue.read_meta(ENCODER)
        return EncoderIdentity.from_json(text) if text else None

    def _require_identity(self, identity: EncoderIdentity) -> None:
        stored = self._stored_identity()
        if stored is not None and stored != identity:
            raise IndexCorrupted(
                f"the vectors in {self._workspace.root} were made by {stored}, the settings name {identity}",
                fix="ragft index rebuild, or set index.encoder and index.backend back",
            )

    def _has_store(self) -> bool:
        """Whether vectors of this workspace were ever put into the Chroma of the settings; does not ask a server."""
        from ragft.index.vectors import VectorStore

        if self._settings.chroma_url:
            return self._catalogue.read_meta(_COLLECTION) is not None
        return VectorStore.exists(self._workspace.vectors)

    def _open_store(self) -> VectorStore:
        with self._opening_store:
            if self._store is None:
                from ragft.index.vectors import COLLECTION, VectorStore

                url = self._settings.chroma_url
                name = self._server_collection() if url else COLLECTION
                self._store = VectorStore.open(self._workspace.vectors, url, collection=name)
            return self._store

    def _server_collection(self) -> str:
        """The name under which this workspace, and no other, has its vectors on a server."""
        name = self._catalogue.read_meta(_COLLECTION)
        if name is None:
            name = f"ragft_{uuid.uuid4().hex}"
            self._catalogue.write_meta(_COLLECTION, name)
        return name

    @property
    def _matrix_path(self) -> Path:
        return self._workspace.root / "vectors.f32"

    def _open_matrix(self) -> Matrix:
        with self._opening:
            if self._matrix is None:
                from ragft.index.matrix import Matrix

                identity = self._stored_identity()
                self._matrix = Matrix(
                    self._matrix_path, identity.dimension if identity else self.encoder.identity.dimension
                )
            return self._matrix
