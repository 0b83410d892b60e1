"""The index of a workspace: what the rest of ragft opens.

with open_index(workspace, settings.index) as index:
    index.ingest([Path("papers")])
    for hit in index.search("What is a nested quantisation?", k=8):
        print(hit.title, hit.pages, hit.text)
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ragft.console import Progress, silent
from ragft.corpus.base import Document
from ragft.corpus.file_manifest import row_of
from ragft.errors import DocumentError, IndexCorrupted, InputError
from ragft.index.base import DocumentRecord, IngestReport, Passwords
from ragft.index.catalogue.catalogue import MARK
from ragft.index.catalogue.records import FileRecord
from ragft.index.index_reader import IndexReader, first_of
from ragft.index.parts import ENCODER
from ragft.machine import expand
from ragft.workspace import Workspace, digest_json

if TYPE_CHECKING:
    from ragft.corpus.file_manifest import ManifestRow
    from ragft.executors.base import Executor
    from ragft.index.encoders.base import Encoder, EncoderIdentity
    from ragft.index.ingest.encoding import Encoding
    from ragft.index.ingest.ingest import IngestProgress, Read
    from ragft.index.ingest.plan import FileToRead, IngestPlan
    from ragft.index.ingest.repair import CheckReport
    from ragft.index.ingest.writer import IndexWriter
    from ragft.setting_sections import IndexSettings, IngestSettings


def open_index(workspace: Workspace, settings: IndexSettings, ingest: IngestSettings | None = None) -> Index:
    """The index of `workspace`. Nothing is opened before it is needed, nothing made before the first `ingest`.

    `ingest` says where files are read and encoded; in this process if None.

    Until then all else raises NotFoundError; a catalogue that is damaged or of another version raises IndexCorrupted.
    """
    return Index(workspace, settings, ingest)


class Index(IndexReader):
    """The index of one workspace, with all that changes it."""

    def __init__(self, workspace: Workspace, settings: IndexSettings, ingest: IngestSettings | None = None) -> None:
        super().__init__(workspace, settings)
        self._ingest_settings = ingest

    def ingest(
        self,
        paths: Sequence[Path],
        *,
        progress: Progress | None = None,
        prune: bool = False,
        again: bool = False,
        passwords: Passwords | None = None,
        manifest: Path | None = None,
    ) -> IngestReport:
        """Bring the index up to date with the files at `paths` (files and folders).

        Args:
            paths: what to read.
            progress: called with files read and chunks encoded.
            prune: also remove documents of files that have vanished from the folders given.
            again: read these files though they have not changed; their documents stay until they are read.
            passwords: for encrypted files: one for all, or one a path.
            manifest: a CSV (path, title, authors, year, doi, password) that overrides what files say, or a bibliography
                (BibTeX, CSL-JSON), which is kept and matched to the documents.

        Raises:
            NotFoundError: a path does not exist.
            InputError: there is no file to read, or the manifest cannot be used.
            WorkspaceLocked: another process is writing and does not end soon.
            IndexCorrupted: the vectors were made by another encoder.
            DiskFull: nothing is lost; run it again.
        """
        from ragft.index.ingest.guide import read_guide
        from ragft.index.ingest.ingest import IngestProgress, store_outcome
        from ragft.index.ingest.plan import make_plan, outdated, vanished
        from ragft.index.references import refer

        started = time.monotonic()
        files = self._find(paths, prune=prune)
        guide = read_guide(manifest)
        outcome = IngestProgress(warnings=list(guide.warnings))
        self._create()
        with self._lock():
            known = outdated(self._known(), files) if again else self._known()
            gone = vanished(known, paths) if prune else []
            stored = self._catalogue.document_ids()
            plan = make_plan(files, known, self._options(guide.rows), stored=stored, gone=gone)
            store_outcome(plan, self._catalogue, outcome)
            if plan.read or plan.duplicates or plan.gone or self._needs_repair():
                self._store_changes(plan, paths, guide.rows, passwords, outcome, progress or silent)
            documents, chunks = self._catalogue.count()
            referred = refer(self._catalogue, guide.references)
        return outcome.report(documents, chunks, referred, time.monotonic() - started)

    def add(self, documents: Iterable[Document], *, progress: Progress | None = None, total: int = 0) -> int:
        """Store documents that come from no file, but those whose id is known; returns how many were new."""
        from ragft.index.ingest.ingest import add_documents

        self._create()
        with self._lock(), self._writer(progress or silent) as writer:
            self._bind_identity(self.encoder.identity)
            new = (document for document in documents if not self._catalogue.has_document(document.id))
            return add_documents(new, writer, self.encoder, self._settings, progress=progress or silent, total=total)

    def remove(self, document_id: str) -> DocumentRecord:
        """Remove a document, by id or by an unambiguous beginning of one; returns what it was.

        Raises:
            NotFoundError: there is none, or more than one.
        """
        with self._lock():
            found = self._records_of(document_id)
            record = first_of(found)
            if self._catalogue.has_document(record.id):
                with self._writer(silent) as writer:
                    writer.delete(record.id)
            with self._catalogue.transaction():
                for path in (r.path for r in found):
                    self._catalogue.forget_file(path)
        return record

    def write_meta(self, key: str, value: str) -> None:
        """Keep a value with the index."""
        self._catalogue.write_meta(f"user.{key}", value)

    def check(self) -> CheckReport:
        """Whether catalogue and vectors agree, and the encoder is theirs.

        Changes nothing.

        Raises:
            NotFoundError, InputError, EngineError: the encoder of the settings cannot be opened.
        """
        from ragft.index.ingest.repair import compare_stores

        identity = self._stored_identity()
        report = compare_stores(
            self._catalogue,
            self._open_store() if self._has_store() else None,
            self._open_matrix() if identity else None,
            uses_chroma=self._settings.uses_chroma,
            interrupted=self._catalogue.read_meta(MARK) is not None,
        )
        if not report.chunks:
            return report
        return replace(report, problems=(*report.problems, *self._code_problems(), *self._encoder_problems()))

    def rebuild(self, progress: Progress | None = None) -> int:
        """Make all vectors again from the catalogue with the encoder of the settings; returns how many.

        Raises:
            NotFoundError, InputError, EngineError: the encoder cannot be used; the vectors stay as they are.
        """
        with self._lock():
            identity = self._tried_encoder().identity  # before anything is lost
            self._catalogue.write_meta(MARK, "1")
            self._drop_vectors()
            self._catalogue.write_meta(ENCODER, identity.to_json())
            made = self._repair(progress or silent)
            self._catalogue.write_meta(MARK, None)
        return made

    def _create(self) -> None:
        self._open_catalogue(create=True)

    def _find(self, paths: Sequence[Path], *, prune: bool) -> Sequence[Path]:
        """The files at `paths`; with `prune` a path that has vanished is skipped, and none need be left."""
        from ragft.corpus.readers import SUFFIXES, find_files

        files = find_files([path for path in paths if not (prune and self._has_vanished(path))])
        if not files and not prune:
            where = ", ".join(map(str, paths)) or "an empty list of paths"
            raise InputError(f"no paper in {where}", fix=f"give a folder with files of {', '.join(sorted(SUFFIXES))}")
        return files

    def _store_changes(
        self,
        plan: IngestPlan,
        paths: Sequence[Path],
        rows: Mapping[Path, ManifestRow],
        passwords: Passwords | None,
        outcome: IngestProgress,
        progress: Progress,
    ) -> None:
        """Remove what is gone; read, encode and store what is new, and then what turned out not to repeat it."""
        from ragft.index.ingest.ingest import Ingest, IngestTarget, remove_vanished, resolve_duplicates

        with self._writer(progress) as writer, self._executor(plan) as executor:
            target = IngestTarget(self._catalogue, writer, outcome)
            remove_vanished(plan.gone, paths, target)
            reading, duplicates = plan.read, plan.duplicates
            while reading or duplicates:
                if reading:
                    self._bind_identity(self.encoder.identity)
                    limit = self.encoder.max_tokens
                    ingest = Ingest(
                        target,
                        self.encoder,
                        manifest=rows,
                        progress=progress,
                        keep_near=self._keeps_near,
                        encoding=self._encoding(executor),
                    )
                    ingest.run(
                        reading,
                        self._reader(passwords, rows, executor),
                        max_tokens=min(self._settings.chunk_tokens or limit, limit),
                        overlap=self._settings.chunk_overlap,
                    )
                reading, duplicates = resolve_duplicates(duplicates, target)

    @property
    def _keeps_near(self) -> bool:
        """Whether near-duplicates are stored, too."""
        return self._settings.near_duplicates == "keep"

    def _has_vanished(self, path: Path) -> bool:
        """Whether there is nothing at `path`, but there was when it was ingested."""
        from ragft.index.ingest.plan import absolute, is_gone, vanished

        if not self._workspace.catalogue.exists() or not is_gone(str(absolute(expand(path)))):
            return False
        return bool(vanished(self._catalogue.files(), [path]))

    def _known(self) -> dict[str, FileRecord]:
        """The files that need not be read again; those left out as near-duplicates do where such are to be kept."""
        known = self._catalogue.files()
        if not self._keeps_near:
            return known
        return {
            path: replace(file, options="") if file.duplicate_of not in (None, file.hash) else file
            for path, file in known.items()
        }

    def _options(self, rows: Mapping[Path, ManifestRow]) -> Callable[[Path], str]:
        """Digest of what decides, besides its bytes, how a file is indexed."""
        from ragft.corpus.chunks import CHUNKER_VERSION
        from ragft.corpus.readers.registry import parts_of

        settings = self._settings
        common = [CHUNKER_VERSION, settings.encoder, settings.chunk_tokens, settings.chunk_overlap]
        plain = digest_json(common)

        def options(path: Path) -> str:
            row = row_of(rows, path)
            own = [row.title, row.authors, row.year, row.doi] if row else []
            own += sorted(parts_of(path).values())
            return digest_json([*common, *own]) if own else plain

        return options

    @contextlib.contextmanager
    def _executor(self, plan: IngestPlan) -> Iterator[Executor | None]:
        """Where files are read and encoded; None: in this process."""
        from ragft.executors.open_executor import open_executor

        executor = open_executor(self._ingest_settings, "ingest") if plan.read and self._ingest_settings else None
        with contextlib.closing(executor) if executor else contextlib.nullcontext():
            yield executor

    def _encoding(self, executor: Executor | None) -> Encoding | None:
        from ragft.index.ingest.encoding import EncodingElsewhere

        return EncodingElsewhere(executor, self._settings, self.encoder.identity) if executor else None

    def _reader(self, passwords: Passwords | None, rows: Mapping[Path, ManifestRow], executor: Executor | None) -> Read:
        from ragft.corpus.readers import read_documents
        from ragft.index.ingest.plan import absolute

        one = passwords if isinstance(passwords, str) else None
        each = passwords if isinstance(passwords, Mapping) else {}
        by_path = {absolute(expand(Path(path))): found for path, found in each.items()}

        def password(path: Path) -> str | None:
            row = row_of(rows, path)
            if row is not None and row.password:
                return row.password
            return by_path.get(path, one)

        def read(candidates: Sequence[FileToRead]) -> Iterator[tuple[FileToRead, Document | str]]:
            paths = [candidate.path for candidate in candidates]
            known = {path: found for path in paths if (found := password(path))}
            results = read_documents(paths, passwords=known, timeout=self._settings.file_timeout, executor=executor)
            for candidate, (_, result) in zip(candidates, results, strict=True):
                yield candidate, str(result) if isinstance(result, DocumentError) else result

        return read

    @contextlib.contextmanager
    def _writer(self, progress: Progress) -> Iterator[IndexWriter]:
        """The way in, once what a killed writer left behind has been repaired."""
        from ragft.index.ingest.writer import IndexWriter, VectorFiles

        if self._stored_identity() is None:
            self._bind_identity(self.encoder.identity)
        dirty = self._needs_repair()
        uses_chroma = self._settings.uses_chroma
        if uses_chroma and self._settings.chroma_url:  # a server that was emptied is no surprise for later
            dirty = dirty or self._open_store().count() != self._catalogue.count()[1]
        files = VectorFiles(self._open_matrix(), self._open_codes())
        writer = IndexWriter(self._catalogue, self._open_store if uses_chroma else None, files, self._bound_encoder)
        with writer:
            if dirty:
                self._repair(progress)
            self._leave_store()
            yield writer
            # Chroma is opened late; what it turns out to have lost is made up for before the mark is taken away.
            if self._store is not None and self._store.count() != self._catalogue.count()[1]:
                self._repair(progress)
            if self._needs_codes() and not self._open_codes().are_complete:
                self._open_codes().build()

    def _repair(self, progress: Progress) -> int:
        """Give every chunk its vector; returns how many had to be encoded."""
        from ragft.index.ingest.repair import repair

        store = self._open_store() if self._settings.uses_chroma else None
        made = repair(self._catalogue, store, self._open_matrix(), self._bound_encoder, progress)
        self._open_codes().delete()
        return made

    def _needs_repair(self) -> bool:
        """Whether a writer was killed, or vectors were lost; loads neither a model nor Chroma."""
        if self._catalogue.read_meta(MARK) is not None:
            return True
        chunks = self._catalogue.count()[1]
        if not chunks:
            return False
        return (self._settings.uses_chroma and not self._has_store()) or self._open_matrix().count() != chunks

    def _bind_identity(self, identity: EncoderIdentity) -> None:
        """Bind an empty index to the encoder; a filled one must be bound to it already."""
        if self._catalogue.count()[1]:
            self._require_identity(identity)
        elif self._stored_identity() != identity:
            if self._stored_identity() is not None:
                self._drop_vectors()
            self._catalogue.write_meta(ENCODER, identity.to_json())

    def _tried_encoder(self) -> Encoder:
        """The encoder, once it has given a vector: a model that opens may yet fail to run."""
        self.encoder.encode(["a trial"])
        return self.encoder

    def _encoder_problems(self) -> list[str]:
        try:
            self._bound_encoder()
        except IndexCorrupted as error:
            return [error.message]
        return []

    def _code_problems(self) -> list[str]:
        codes = self._open_codes()
        if not (differing := codes.differing()):
            return []
        return [f"{differing} vectors have other codes in {codes.path}; delete it, it is made again"]

    def _drop_vectors(self) -> None:
        """Remove all vectors; a Chroma folder that cannot be used is removed as a whole."""
        if self._settings.uses_chroma:
            self._clear_store()
        else:
            self._leave_store()
        self._open_codes().delete()
        self._open_matrix().delete()
        self._matrix = self._codes = None

    def _clear_store(self) -> None:
        try:
            self._open_store().clear()
        except IndexCorrupted:
            if self._settings.chroma_url:
                raise
            self._remove_chroma_folder()
