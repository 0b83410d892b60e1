"""The parts of an index (catalogue, encoder, vectors), each opened when it is first needed."""

from __future__ import annotations

import contextlib
import math
import shutil
import threading
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ragft.errors import EngineUnavailable, IndexCorrupted, WorkspaceError
from ragft.index.catalogue.catalogue import Catalogue
from ragft.log import log
from ragft.workspace import Workspace

if TYPE_CHECKING:
    from ragft.index.encoders.base import Encoder, EncoderIdentity
    from ragft.index.vectors.base import VectorSearch
    from ragft.index.vectors.chroma import VectorStore
    from ragft.index.vectors.codes import Codes
    from ragft.index.vectors.matrix import Matrix
    from ragft.setting_sections import IndexSettings

ENCODER = "encoder"
"""Key of the identity of the encoder that made the vectors."""

_COLLECTION = "chroma.collection"
"""Key of the name of this workspace's own collection on a Chroma server."""

REST = 60.0
"""Seconds for which Chroma is not asked that did not answer."""
LARGE = 100_000
"""Vectors up to which each of them is compared with a query's."""


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
        self._codes: Codes | None = None
        self._asks_chroma: bool | None = None
        self._look_again = math.inf
        self._tried_codes = False

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
        self._close_store()

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
        """Whether Chroma is used and has, or once had, vectors of this workspace; does not ask a server."""
        if not self._settings.uses_chroma:
            return False
        if self._settings.chroma_url:
            return self._catalogue.read_meta(_COLLECTION) is not None
        from ragft.index.vectors.chroma import VectorStore

        return VectorStore.exists(self._workspace.vectors)

    def _open_store(self) -> VectorStore:
        with self._opening_store:
            if self._store is None:
                from ragft.index.vectors.chroma import COLLECTION, VectorStore

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

    def _leave_store(self) -> None:
        """Remove Chroma's vectors, which nobody keeps up to date any more; a server's are left behind, unnamed."""
        if self._settings.uses_chroma:
            return
        self._remove_chroma_folder()
        if self._catalogue.read_meta(_COLLECTION) is not None:
            self._catalogue.write_meta(_COLLECTION, None)

    def _remove_chroma_folder(self) -> None:
        """Close Chroma and remove its folder, while no other thread opens it."""
        with self._opening_store:
            self._close_store()
            shutil.rmtree(self._workspace.vectors, ignore_errors=True)

    def _close_store(self) -> None:
        with self._opening_store:
            if self._store is not None:
                self._store.close()
                self._store = None

    @property
    def _matrix_path(self) -> Path:
        return self._workspace.root / "vectors.f32"

    def _open_matrix(self) -> Matrix:
        with self._opening:
            if self._matrix is None:
                from ragft.index.vectors.matrix import Matrix

                identity = self._stored_identity()
                self._matrix = Matrix(
                    self._matrix_path, identity.dimension if identity else self.encoder.identity.dimension
                )
            return self._matrix

    def _open_codes(self) -> Codes:
        with self._opening:
            if self._codes is None:
                from ragft.index.vectors.codes import Codes

                self._codes = Codes(self._workspace.root / "vectors.codes", self._open_matrix())
            return self._codes

    def _vector_search(self) -> VectorSearch:
        """The search by vectors of the settings; without Chroma where that cannot be used."""
        if self._settings.uses_chroma and self._can_ask_chroma():
            from ragft.index.vectors.chroma import ChromaSearch

            rows_of = self._catalogue.rows_of_chunks
            return ChromaSearch(self._open_store(), self._open_matrix(), rows_of, self._without_chroma)
        return self._own_search()

    def _own_search(self) -> VectorSearch:
        """The search that needs nothing but files of the workspace."""
        return self._open_codes() if self._has_codes() else self._open_matrix()

    def _without_chroma(self, error: EngineUnavailable) -> VectorSearch:
        """The search in place of Chroma's, which failed and is left alone for a while."""
        with self._opening_store:
            if self._asks_chroma:
                log.warning(f"searched without Chroma: {error}")
            self._asks_chroma = False
            self._look_again = time.monotonic() + REST
        return self._own_search()

    def _can_ask_chroma(self) -> bool:
        """Whether Chroma answers and has all vectors; says what is wrong.

        It looks once, and again some time after Chroma did not answer.
        """
        with self._opening_store:
            if self._asks_chroma is None or time.monotonic() >= self._look_again:
                self._look_again = math.inf
                chunks = self._catalogue.count()[1]
                try:
                    held = self._open_store().count() if self._has_store() else 0
                    problem = "" if held >= chunks else f"Chroma has {held} of {chunks} vectors → ragft ingest PATH"
                except EngineUnavailable as error:
                    problem = str(error)
                    self._look_again = time.monotonic() + REST
                if problem:
                    log.warning(f"searched without Chroma: {problem}")
                self._asks_chroma = not problem
            return self._asks_chroma

    def _needs_codes(self) -> bool:
        """Whether the vectors are so many, or the settings such, that codes of them are searched."""
        if self._settings.vectors in ("exact", "codes"):
            return self._settings.vectors == "codes"
        return self._open_matrix().length() > LARGE

    def _has_codes(self) -> bool:
        """Whether codes are to be searched and are there; tries once to make them, if no writer or disk forbids it."""
        if not self._needs_codes():
            return False
        codes = self._open_codes()
        if not codes.are_complete and not self._tried_codes:
            self._tried_codes = True
            try:
                with self._workspace.lock("index"):
                    codes.build()
            except WorkspaceError as error:
                log.warning(f"{self._workspace.root}: the search takes longer than it could: {error}")
        return codes.are_complete
