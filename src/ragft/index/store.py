"""The index of a workspace: what the rest of ragft opens.

with open_index(workspace, settings.index) as index:
    index.ingest([Path("papers")])
    for hit in index.search("What is a nested quantisation?", k=8):
        print(hit.title, hit.pages, hit.text)
"""

from __future__ import annotations

import contextlib
import shutil
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from ragft.corpus.base import Chunk, Document
from ragft.corpus.manifest import row_of
from ragft.errors import DocumentError, IndexCorrupted, InputError, NotFoundError, WorkspaceError
from ragft.index.base import DocumentRecord, Hit, IngestReport, Mode
from ragft.index.catalogue import MARK, Catalogue, FileRecord
from ragft.machine import expand, same_name
from ragft.workspace import Workspace, digest_json

if TYPE_CHECKING:
    from ragft.config import IndexSettings
    from ragft.console import Progress
    from ragft.corpus.manifest import ManifestRow
    from ragft.index.encoders.base import Encoder, EncoderIdentity, Vectors
    from ragft.index.ingest import Read
    from ragft.index.matrix import Matrix
    from ragft.index.plan import Candidate
    from ragft.index.repair import CheckReport
    from ragft.index.rerank import Reranker
    from ragft.index.search import Ranking
    from ragft.index.vectors import VectorStore
    from ragft.index.writer import IndexWriter

_ENCODER = "encoder"
"""Key of the identity of the encoder that made the vectors."""

_COLLECTION = "chroma.collection"
"""Key of the name of this workspace's own collection on a Chroma server."""


def open_index(workspace: Workspace, settings: IndexSettings) -> Index:
    """The index of `workspace`. Nothing is opened before it is needed, nothing made before the first `ingest`.

    Until then all else raises NotFoundError; a catalogue that is damaged or of another version raises IndexCorrupted.
    """
    return Index(workspace, settings)


class Index:
    """Documents, chunks, vectors and search of one workspace."""

    def __init__(self, workspace: Workspace, settings: IndexSettings) -> None:
        self._workspace = workspace
        self._settings = settings
        self._opened: Catalogue | None = None
        self._encoder: Encoder | None = None
        self._store: VectorStore | None = None
        self._matrix: Matrix | None = None
        self._reranker: Reranker | None = None
        self._warned = False
        self._complete = False

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the catalogue and Chroma."""
        if self._store is not None:
            self._store.close()
            self._store = None
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    # reading ------------------------------------------------------------------------------------------------------

    def documents(self) -> list[DocumentRecord]:
        """Every document, and every file that failed or repeats one."""
        return self._catalogue.documents()

    def document(self, document_id: str) -> DocumentRecord:
        """One document, by id or by an unambiguous beginning of one.

        Raises:
            NotFoundError: there is none, or more than one.
        """
        return _first_of(self._records_of(document_id))

    def chunks(self, document_id: str | None = None) -> list[Chunk]:
        """The chunks of one document, or of all, in order."""
        return self._catalogue.chunks(document_id)

    def chunk(self, chunk_id: str) -> Chunk:
        """One chunk.

        Raises:
            NotFoundError: there is none of that id.
        """
        found = self._catalogue.chunk(chunk_id)
        if found is None:
            raise NotFoundError(f"no chunk {chunk_id!r} in {self._workspace.root}", fix="ragft search QUERY")
        return found

    def read_meta(self, key: str) -> str | None:
        """A value that another part of ragft keeps with the index."""
        return self._catalogue.read_meta(f"user.{key}")

    def write_meta(self, key: str, value: str) -> None:
        """Keep a value with the index."""
        self._catalogue.write_meta(f"user.{key}", value)

    def digest(self) -> str:
        """`sha256:…` over all that search reads or shows: equal digests, equal search results.

        That is chunks, titles of documents, the encoder's identity, and the settings that order hits.
        """
        found = self._catalogue.chunks()
        chunks = sorted([c.id, c.title, c.section, c.text, list(c.pages)] for c in found)
        titles = sorted(self._catalogue.titles({c.document_id for c in found}).items())
        ranking = self._settings.model_dump(mode="json", include={"mode", "fusion", "weight", "rerank"})
        return digest_json([chunks, titles, self._catalogue.read_meta(_ENCODER), ranking])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts as passages, float32 [len(texts), dimension], rows of length 1."""
        return self.encoder.encode(texts)

    def reads(self, text: str) -> bool:
        """Whether the encoder knows the language of `text`; its vectors say nothing of any other. Loads no model."""
        identity = self._stored_identity() or self.encoder.identity
        return identity.reads(text)

    @property
    def encoder(self) -> Encoder:
        """The encoder of the settings, opened on first use."""
        if self._encoder is None:
            from ragft.index.encoders.select import open_encoder

            self._encoder = open_encoder(self._settings)
        return self._encoder

    # search -------------------------------------------------------------------------------------------------------

    def search(
        self, query: str, k: int, *, mode: Mode | None = None, documents: Collection[str] | None = None
    ) -> list[Hit]:
        """The `k` best chunks for `query`, among those of `documents` (ids) if given.

        Without vectors (their folder was deleted) the search is lexical and says so on stderr. A hybrid search for a
        query in a language that the encoder does not read is lexical, too.

        Raises:
            IndexCorrupted: the vectors were made by another encoder.
        """
        from ragft.index.search import collapse, to_hits

        ranking = self.rank(query, mode=mode, documents=documents)
        best = collapse(ranking.chunks)
        if self._settings.rerank:
            from ragft.index.rerank import open_reranker

            self._reranker = self._reranker or open_reranker(self._settings.rerank)
            best, ranking = self._reranker.rerank(query, best, ranking)
        best = best[:k]
        return to_hits(best, ranking, self._catalogue.titles({chunk.document_id for chunk in best}))

    def rank(self, query: str, *, mode: Mode | None = None, documents: Collection[str] | None = None) -> Ranking:
        """All candidates of `query`, best first; `search` without its collapsing and cutting."""
        from ragft.corpus.text import sanitise
        from ragft.index.search import Fusion, rank

        query = sanitise(query)  # bytes of the command line that are no UTF-8, and what nobody can see
        chosen = self._possible_mode(mode or self._settings.mode)
        if chosen == "hybrid" and not self.reads(query):
            chosen = "lexical"
        vector = self._bound_encoder().encode_query(query) if chosen != "lexical" else None
        if vector is not None:
            self._complete_matrix()
        return rank(
            self._catalogue,
            self._open_matrix() if vector is not None else None,
            query,
            vector,
            mode=chosen,
            fusion=Fusion(self._settings.fusion, self._settings.weight),
            documents=documents,
        )

    def _possible_mode(self, mode: Mode) -> Mode:
        if mode == "lexical" or self._settings.chroma_url or not self._catalogue.count()[1]:
            return mode
        from ragft.index.vectors import VectorStore

        if VectorStore.exists(self._workspace.vectors):
            return mode
        if not self._warned:
            from ragft.console import warn

            warn(f"the vectors in {self._workspace.vectors} are missing: lexical search only → ragft index rebuild")
            self._warned = True
        return "lexical"

    # writing ------------------------------------------------------------------------------------------------------

    def ingest(
        self,
        paths: Sequence[Path],
        *,
        progress: Progress | None = None,
        prune: bool = False,
        passwords: Mapping[Path, str] | str | None = None,
        manifest: Path | None = None,
    ) -> IngestReport:
        """Bring the index up to date with the files at `paths` (files and folders).

        Args:
            paths: what to read.
            progress: told of files read and chunks encoded.
            prune: also remove documents of files that have vanished from the folders given.
            passwords: for encrypted files: one for all, or one a path.
            manifest: a CSV (path, title, authors, year, doi, password) that overrides what files say.

        Raises:
            NotFoundError: a path does not exist.
            InputError: there is no file to read, or the manifest cannot be used.
            WorkspaceLocked: another process is writing and does not end soon.
            IndexCorrupted: the vectors were made by another encoder.
            DiskFull: nothing is lost; run it again.
        """
        from ragft.corpus.manifest import load_manifest, without_file
        from ragft.corpus.readers import SUFFIXES, find_files
        from ragft.index.ingest import Ingest, Outcome, remove_vanished, settle, settle_twins
        from ragft.index.plan import make_plan, vanished

        started = time.monotonic()
        keep_near = self._settings.near_duplicates == "keep"
        report = progress or _silent
        outcome = Outcome()
        files = find_files([path for path in paths if not (prune and self._has_vanished(path))])
        if not files and not prune:
            where = ", ".join(map(str, paths))
            raise InputError(f"no paper in {where}", fix=f"give a folder with files of {', '.join(sorted(SUFFIXES))}")
        rows, notes = load_manifest(manifest) if manifest else ({}, ())
        outcome.warnings.extend(f"{manifest}: {remark}" for remark in notes)
        if astray := without_file(rows):
            names = ", ".join(path.name for path in astray[:3]) + (" …" if len(astray) > 3 else "")
            outcome.warnings.append(f"{manifest}: {len(astray)} of {len(rows)} rows match no file: {names}")
        self._create()
        with self._lock():
            known = self._known(keep_near)
            gone = vanished(known, paths) if prune else []
            plan = make_plan(files, known, self._options(rows), stored=self._catalogue.document_ids(), gone=gone)
            settle(plan, self._catalogue, outcome)
            if plan.read or plan.twins or plan.gone or self._needs_mending():
                with self._writer(report) as writer:
                    remove_vanished(plan.gone, paths, writer, self._catalogue, outcome)
                    reading, twins = plan.read, plan.twins
                    while reading or twins:
                        if reading:
                            self._bind_identity(self.encoder.identity)
                            limit = self.encoder.max_tokens
                            Ingest(
                                self._catalogue,
                                writer,
                                self.encoder,
                                outcome,
                                manifest=rows,
                                progress=report,
                                keep_near=keep_near,
                            ).run(
                                reading,
                                self._reader(passwords, rows),
                                max_tokens=min(self._settings.chunk_tokens or limit, limit),
                                overlap=self._settings.chunk_overlap,
                            )
                        reading, twins = settle_twins(twins, writer, self._catalogue, outcome)
            documents, chunks = self._catalogue.count()
        return IngestReport(
            documents=documents,
            chunks=chunks,
            added=outcome.added,
            updated=outcome.updated,
            unchanged=outcome.unchanged,
            removed=outcome.removed,
            failed=tuple(outcome.failed),
            seconds=time.monotonic() - started,
            duplicates=tuple(outcome.duplicates),
            warnings=tuple(outcome.warnings),
        )

    def add(self, documents: Iterable[Document], *, progress: Progress | None = None, total: int = 0) -> int:
        """Store documents that come from no file, but those whose id is known; returns how many were new."""
        from ragft.index.ingest import add_documents

        self._create()
        with self._lock(), self._writer(progress or _silent) as writer:
            self._bind_identity(self.encoder.identity)
            new = (document for document in documents if not self._catalogue.has_document(document.id))
            return add_documents(new, writer, self.encoder, self._settings, progress=progress or _silent, total=total)

    def remove(self, document_id: str) -> DocumentRecord:
        """Remove a document, by id or by an unambiguous beginning of one; returns what it was.

        Raises:
            NotFoundError: there is none, or more than one.
        """
        with self._lock():
            found = self._records_of(document_id)
            record = _first_of(found)
            if self._catalogue.has_document(record.id):
                with self._writer(_silent) as writer:
                    writer.delete(record.id)
            with self._catalogue.transaction():
                for path in (r.path for r in found):
                    self._catalogue.forget_file(path)
        return record

    def check(self) -> CheckReport:
        """Whether catalogue, Chroma and the search copy of the vectors agree, and the encoder is theirs.

        Changes nothing.

        Raises:
            NotFoundError, InputError, EngineError: the encoder of the settings cannot be opened.
        """
        from ragft.index.repair import compare

        identity = self._stored_identity()
        report = compare(
            self._catalogue,
            self._open_store() if self._has_store() else None,
            self._open_matrix() if identity else None,
            interrupted=self._catalogue.read_meta(MARK) is not None,
        )
        return replace(report, problems=(*report.problems, *self._encoder_problems())) if report.chunks else report

    def rebuild(self, progress: Progress | None = None) -> int:
        """Make all vectors again from the catalogue with the encoder of the settings; returns how many.

        Raises:
            NotFoundError, InputError, EngineError: the encoder cannot be used; the vectors stay as they are.
        """
        from ragft.index.repair import mend

        with self._lock():
            identity = self._tried_encoder().identity  # before anything is lost
            self._catalogue.write_meta(MARK, "1")
            self._drop_vectors()
            self._catalogue.write_meta(_ENCODER, identity.to_json())
            made = mend(
                self._catalogue, self._open_store(), self._open_matrix(), self._bound_encoder, progress or _silent
            )
            self._catalogue.write_meta(MARK, None)
        return made

    # inside -------------------------------------------------------------------------------------------------------

    def _has_vanished(self, path: Path) -> bool:
        """Whether there is nothing at `path`, but there was when it was ingested."""
        from ragft.index.plan import absolute, is_gone, vanished

        if not self._workspace.catalogue.exists() or not is_gone(str(absolute(expand(path)))):
            return False
        return bool(vanished(self._catalogue.files(), [path]))

    def _known(self, keep_near: bool) -> dict[str, FileRecord]:
        """The files that need not be read again; those left out as near-duplicates do where such are to be kept."""
        known = self._catalogue.files()
        if not keep_near:
            return known
        return {
            path: replace(file, options="") if file.duplicate_of not in (None, file.hash) else file
            for path, file in known.items()
        }

    def _records_of(self, document_id: str) -> list[DocumentRecord]:
        """The document whose id begins so, or whose file is called so; and the files of the same bytes."""
        records = self.documents()
        found = [record for record in records if document_id and record.id.startswith(document_id)]
        if not found:
            named = {record.id for record in records if same_name(PurePath(record.path).name, document_id)}
            found = [record for record in records if record.id in named]
        if len({record.id for record in found}) != 1:
            many = f" ({len(found)} documents begin with that)" if found else ""
            raise NotFoundError(f"no document {document_id!r}{many}", fix="ragft documents")
        return found

    @property
    def _catalogue(self) -> Catalogue:
        if self._opened is None:
            self._opened = Catalogue.open(self._workspace.catalogue, create=False)
        return self._opened

    def _create(self) -> None:
        if self._opened is None:
            self._opened = Catalogue.open(self._workspace.catalogue)

    @contextlib.contextmanager
    def _writer(self, progress: Progress) -> Iterator[IndexWriter]:
        """The way in, once what a killed writer left behind has been mended."""
        from ragft.index.repair import mend
        from ragft.index.writer import IndexWriter

        if self._stored_identity() is None:
            self._bind_identity(self.encoder.identity)
        dirty = self._needs_mending()
        if self._settings.chroma_url:  # a server that does not answer, or was emptied, is no surprise for later
            dirty = dirty or self._open_store().count() != self._catalogue.count()[1]
        writer = IndexWriter(self._catalogue, self._open_store, self._open_matrix(), self._bound_encoder)
        with writer:
            if dirty:
                mend(self._catalogue, self._open_store(), self._open_matrix(), self._bound_encoder, progress)
            yield writer
            # Chroma is opened late; what it turns out to have lost is made up for before the mark is taken away.
            if self._store is not None and self._store.count() != self._catalogue.count()[1]:
                mend(self._catalogue, self._store, self._open_matrix(), self._bound_encoder, progress)

    def _tried_encoder(self) -> Encoder:
        """The encoder, once it has given a vector: a model that opens may yet fail to run."""
        self.encoder.encode(["a trial"])
        return self.encoder

    def _bound_encoder(self) -> Encoder:
        """The encoder, once it is known to be the one that made the vectors."""
        self._require_identity(self.encoder.identity)
        return self.encoder

    def _encoder_problems(self) -> list[str]:
        try:
            self._bound_encoder()
        except IndexCorrupted as error:
            return [error.message]
        return []

    def _lock(self) -> contextlib.AbstractContextManager[None]:
        return self._workspace.lock("index", timeout=self._settings.lock_timeout)

    def _needs_mending(self) -> bool:
        """Whether a writer was killed, or vectors were lost; loads neither a model nor Chroma."""
        if self._catalogue.read_meta(MARK) is not None:
            return True
        chunks = self._catalogue.count()[1]
        if not chunks:
            return False
        return not self._has_store() or self._open_matrix().count() != chunks

    def _has_store(self) -> bool:
        """Whether vectors of this workspace were ever put into the Chroma of the settings; does not ask a server."""
        from ragft.index.vectors import VectorStore

        if self._settings.chroma_url:
            return self._catalogue.read_meta(_COLLECTION) is not None
        return VectorStore.exists(self._workspace.vectors)

    def _reader(self, passwords: Mapping[Path, str] | str | None, rows: Mapping[Path, ManifestRow]) -> Read:
        from ragft.corpus.readers import read_documents

        def password(path: Path) -> str | None:
            row = row_of(rows, path)
            if row is not None and row.password:
                return row.password
            return passwords if isinstance(passwords, str) or passwords is None else passwords.get(path)

        def read(candidates: Sequence[Candidate]) -> Iterator[tuple[Candidate, Document | str]]:
            paths = [candidate.path for candidate in candidates]
            known = {path: found for path in paths if (found := password(path))}
            results = read_documents(paths, passwords=known, timeout=self._settings.file_timeout)
            for candidate, (_, result) in zip(candidates, results, strict=True):
                yield candidate, str(result) if isinstance(result, DocumentError) else result

        return read

    def _options(self, rows: Mapping[Path, ManifestRow]) -> Callable[[Path], str]:
        """Digest of what decides, besides its bytes, how a file is indexed."""
        from ragft.corpus.chunks import CHUNKER_VERSION

        settings = self._settings
        common = [CHUNKER_VERSION, settings.encoder, settings.chunk_tokens, settings.chunk_overlap]
        plain = digest_json(common)

        def options(path: Path) -> str:
            row = row_of(rows, path)
            return digest_json([*common, row.title, row.authors, row.year, row.doi]) if row else plain

        return options

    @property
    def _matrix_path(self) -> Path:
        return self._workspace.root / "vectors.f32"

    def _open_matrix(self) -> Matrix:
        if self._matrix is None:
            from ragft.index.matrix import Matrix

            identity = self._stored_identity()
            self._matrix = Matrix(
                self._matrix_path, identity.dimension if identity else self.encoder.identity.dimension
            )
        return self._matrix

    def _open_store(self) -> VectorStore:
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

    def _complete_matrix(self) -> None:
        """Copy from Chroma the vectors that the search copy lacks; looks closely once.

        It was deleted, cut or overwritten, or Chroma was filled from another machine.
        """
        from ragft.index.repair import mend

        if self._complete and self._matrix_path.exists():
            return
        self._complete = True
        chunks = self._catalogue.count()[1]  # counted first: an ingest beside this one can only add vectors
        lacking = chunks - len(self._open_matrix().held())
        if lacking <= 0:
            return
        try:
            with self._lock():
                mend(self._catalogue, self._open_store(), self._open_matrix(), self._bound_encoder, _silent)
        except WorkspaceError as error:
            from ragft.console import warn

            warn(f"{lacking} of {chunks} chunks have no vector to search, and cannot be given one: {error}")

    def _drop_vectors(self) -> None:
        """Remove all vectors; a Chroma folder that cannot be used is removed as a whole."""
        try:
            self._open_store().clear()
        except IndexCorrupted:
            if self._settings.chroma_url:
                raise
            if self._store is not None:
                self._store.close()
                self._store = None
            shutil.rmtree(self._workspace.vectors, ignore_errors=True)
        self._open_matrix().delete()
        self._matrix = None

    def _stored_identity(self) -> EncoderIdentity | None:
        from ragft.index.encoders.base import EncoderIdentity

        text = self._catalogue.read_meta(_ENCODER)
        return EncoderIdentity.from_json(text) if text else None

    def _bind_identity(self, identity: EncoderIdentity) -> None:
        """Bind an empty index to the encoder; a filled one must be bound to it already."""
        if self._catalogue.count()[1]:
            self._require_identity(identity)
        elif self._stored_identity() != identity:
            if self._stored_identity() is not None:
                self._drop_vectors()
            self._catalogue.write_meta(_ENCODER, identity.to_json())

    def _require_identity(self, identity: EncoderIdentity) -> None:
        stored = self._stored_identity()
        if stored is not None and stored != identity:
            raise IndexCorrupted(
                f"the vectors in {self._workspace.root} were made by {stored}, the settings name {identity}",
                fix="ragft index rebuild, or set index.encoder and index.backend back",
            )


def _first_of(records: Sequence[DocumentRecord]) -> DocumentRecord:
    """The document itself, not a file that repeats it."""
    return next((record for record in records if record.status != "duplicate"), records[0])


def _silent(label: str, done: int, total: int) -> None:
    """No progress is shown."""
