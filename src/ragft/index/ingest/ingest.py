"""Ingest: worker processes read changed files, which are cut, encoded and stored batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ragft.console import Progress
from ragft.corpus.base import Document
from ragft.corpus.chunks import chunk_document
from ragft.corpus.duplicates import (
    Fingerprint,
    StatedNumbers,
    fingerprint,
    least_similarity,
    numbers_in,
    states_other_numbers,
)
from ragft.corpus.file_manifest import ManifestRow, apply_manifest, row_of
from ragft.index.base import FailedFile, IngestReport, ReferenceReport
from ragft.index.catalogue.catalogue import Catalogue
from ragft.index.catalogue.records import DocumentRow, FileRecord
from ragft.index.encoders.base import Encoder
from ragft.index.ingest.batches import Batches
from ragft.index.ingest.encoding import Encoding
from ragft.index.ingest.plan import FileToRead, IngestPlan, absolute
from ragft.index.ingest.similar import SimilarDocuments, pack
from ragft.index.ingest.writer import DocumentToStore, IndexWriter
from ragft.machine import expand

if TYPE_CHECKING:
    from ragft.setting_sections import IndexSettings

Read = Callable[[Sequence[FileToRead]], Iterable[tuple[FileToRead, Document | str]]]
"""Reads candidates; a file that fails gives its reason instead of a document."""


@dataclass
class IngestProgress:
    """What an ingest has done so far."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: list[FailedFile] = field(default_factory=list)
    duplicates: list[FailedFile] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def report(self, documents: int, chunks: int, references: ReferenceReport | None, seconds: float) -> IngestReport:
        """All of it, with what the index holds now."""
        return IngestReport(
            documents=documents,
            chunks=chunks,
            added=self.added,
            updated=self.updated,
            unchanged=self.unchanged,
            removed=self.removed,
            failed=tuple(self.failed),
            seconds=seconds,
            duplicates=tuple(self.duplicates),
            warnings=tuple(self.warnings),
            references=references,
        )


@dataclass(frozen=True)
class IngestTarget:
    """Where an ingest writes: the index, and what has been done so far."""

    catalogue: Catalogue
    writer: IndexWriter
    outcome: IngestProgress


def store_outcome(plan: IngestPlan, catalogue: Catalogue, outcome: IngestProgress) -> None:
    """Record the part of `plan` that needs no reading and no vectors."""
    outcome.unchanged += len(plan.unchanged) + len(plan.touched) + len(plan.moved)
    with catalogue.transaction():
        for record in plan.touched:
            catalogue.put_file(record)
        for record, old_path in plan.moved:
            catalogue.forget_file(old_path)
            catalogue.put_file(record)
    for record in (*plan.unchanged, *plan.touched):
        if record.duplicate_of:
            outcome.duplicates.append(FailedFile(record.path, f"repeats {_path_of(record.duplicate_of, catalogue)}"))
    for candidate, reason in plan.failed:
        _fail(candidate, reason, catalogue, outcome)


def resolve_duplicates(
    duplicates: Sequence[FileToRead], target: IngestTarget
) -> tuple[list[FileToRead], list[FileToRead]]:
    """Record files with the same bytes as another file, after that file was read.

    If the other file failed, its ending or its password may be the reason. Therefore the method returns the files to be
    read themselves, one for each hash, and the files that wait for one of them.
    """
    catalogue = target.catalogue
    became = {file.hash: file.document_id or file.duplicate_of for file in catalogue.files().values() if not file.error}
    read: dict[str, FileToRead] = {}
    waiting: list[FileToRead] = []
    for candidate in duplicates:
        document = became.get(candidate.record.hash)
        if document is not None and catalogue.has_document(document):
            original = _path_of(document, catalogue)
            _note_duplicate(candidate, document, f"repeats {original}", target)
        elif read.setdefault(candidate.record.hash, candidate) is not candidate:
            waiting.append(candidate)
    return list(read.values()), waiting


def remove_vanished(files: Sequence[FileRecord], paths: Sequence[Path], target: IngestTarget) -> None:
    """Remove the records of files that are gone from `paths`, and documents without another file."""
    left = set(files)
    for path in paths:  # an empty folder may be a disk that is not mounted: say which files are gone from which folder
        here = {file for file in left if Path(file.path).is_relative_to(absolute(expand(path)))}
        left -= here
        if here:
            have = "1 file has" if len(here) == 1 else f"{len(here)} files have"
            target.outcome.warnings.append(f"{path}: {have} vanished from there")
    for file in files:
        if file.document_id and target.writer.delete(file.document_id, unless_shared_by=file):
            target.outcome.removed += 1
        target.catalogue.forget_file(file.path)


def add_documents(
    documents: Iterable[Document],
    writer: IndexWriter,
    encoder: Encoder,
    settings: IndexSettings,
    *,
    progress: Progress,
    total: int,
) -> int:
    """Cut, encode and store documents that come from no file; returns how many."""
    limit = min(settings.chunk_tokens or encoder.max_tokens, encoder.max_tokens)
    with Batches(writer) as batches:
        for document in documents:
            chunks = chunk_document(document, encoder.count_tokens, max_tokens=limit, overlap=settings.chunk_overlap)
            row = DocumentRow(
                document.id, document.title, document.authors, document.year, document.doi, document.pages
            )
            batches.add(DocumentToStore(row, chunks))
            progress("encoding", batches.stored, total)
    progress("encoding", batches.stored, total)
    return batches.stored


class Ingest:
    """Reads and stores candidates of a plan; `run` once.

    A near-duplicate of another document is left out, unless `keep_near` is set.
    """

    def __init__(
        self,
        target: IngestTarget,
        encoder: Encoder,
        *,
        manifest: Mapping[Path, ManifestRow],
        progress: Progress,
        keep_near: bool = False,
        encoding: Encoding | None = None,
    ) -> None:
        self._manifest = manifest
        self._keep_near = keep_near
        self._target = target
        self._catalogue = target.catalogue
        self._outcome = target.outcome
        self._encoder = encoder
        self._progress = progress
        self._cut = 0
        self._growth = 1.0
        self._batches = Batches(target.writer, self._report, encoding)
        self._seen = SimilarDocuments(target.catalogue.fingerprints())

    def run(self, candidates: Sequence[FileToRead], read: Read, *, max_tokens: int, overlap: int) -> None:
        """Read, cut, encode and store `candidates`, one after the other."""
        files = len(candidates)
        for held in filter(None, (candidate.held for candidate in candidates)):
            self._seen.discard(held)  # a document that is about to be replaced has no duplicates
        self._progress("reading", 0, files)
        with self._batches:
            for done, (candidate, result) in enumerate(read(candidates), start=1):
                if isinstance(result, str):
                    _fail(candidate, result, self._catalogue, self._outcome)
                else:
                    self._take(candidate, result, max_tokens, overlap)
                self._growth = files / done
                self._progress("reading", done, files)

    def _report(self, encoded: int) -> None:
        """An estimate of all chunks, from the mean of the files read so far."""
        self._progress("encoding", encoded, max(encoded, round(self._cut * self._growth)))

    def _take(self, candidate: FileToRead, document: Document, max_tokens: int, overlap: int) -> None:
        """Cut one document and queue it, unless it is a near-duplicate."""
        path = candidate.record.path
        self._outcome.warnings.extend(f"{path}: {warning}" for warning in document.warnings)
        document = apply_manifest(document, row_of(self._manifest, candidate.path))
        self._seen.discard(document.id)
        sketch = fingerprint(document)
        similar = None if self._keep_near else self._repeated(document, sketch)
        if similar is not None:
            original = self._original(similar)
            reason = f"nearly repeats {original}; index.near_duplicates=keep would store it"
            _note_duplicate(candidate, similar, reason, self._target)
            return
        try:
            chunks = chunk_document(document, self._encoder.count_tokens, max_tokens=max_tokens, overlap=overlap)
        except (TypeError, UnicodeError) as error:  # an error of the tokeniser must affect this file only
            reason = f"{path} cannot be cut into chunks ({type(error).__name__}: {str(error)[:200]})"
            _fail(candidate, reason, self._catalogue, self._outcome)
            return
        if not chunks:
            _fail(candidate, "no text in it", self._catalogue, self._outcome)
            return
        row = DocumentRow(
            id=document.id,
            title=document.title,
            authors=document.authors,
            year=document.year,
            doi=document.doi,
            pages=document.pages,
            partial=bool(document.bad_pages),
            note=_remark(document),
            fingerprint=pack(sketch),
        )
        self._seen.add(document.id, sketch)
        file = replace(candidate.record, hash=document.id, document_id=document.id)
        self._cut += len(chunks)
        self._batches.add(DocumentToStore(row, chunks, file, replaces=candidate.held))
        if candidate.held is not None:
            self._outcome.updated += 1
        else:
            self._outcome.added += 1

    def _repeated(self, document: Document, sketch: Fingerprint) -> str | None:
        """The most similar document of those that say the same."""
        alike = self._seen.alike(sketch, least_similarity(document))
        if not alike:
            return None
        own = numbers_in(document.title, (block.text for block in document.blocks))
        return next((i for i in alike if not states_other_numbers(own, self._seen.numbers(i, self._numbers_of))), None)

    def _numbers_of(self, document_id: str) -> StatedNumbers:
        """The numbers in a document that is stored or waits to be."""
        for entry in self._batches.entries:
            if entry.row.id == document_id:
                return numbers_in(entry.row.title, (chunk.text for chunk in entry.chunks))
        row = self._catalogue.document(document_id)
        return numbers_in(row.title if row else "", (chunk.text for chunk in self._catalogue.chunks(document_id)))

    def _original(self, document_id: str) -> str:
        waiting = [entry.file.path for entry in self._batches.entries if entry.row.id == document_id and entry.file]
        return waiting[0] if waiting else _path_of(document_id, self._catalogue)


def _path_of(document_id: str, catalogue: Catalogue) -> str:
    """The file of a document; the id itself for a document that comes from no file."""
    return next((file.path for file in catalogue.files_of(document_id)), document_id)


def _note_duplicate(candidate: FileToRead, document_id: str, reason: str, target: IngestTarget) -> None:
    if candidate.held and candidate.held != document_id:
        target.writer.delete(candidate.held, unless_shared_by=candidate.known)
    target.outcome.duplicates.append(FailedFile(candidate.record.path, reason))
    with target.catalogue.transaction():
        target.catalogue.put_file(replace(candidate.record, duplicate_of=document_id))


def _fail(candidate: FileToRead, reason: str, catalogue: Catalogue, outcome: IngestProgress) -> None:
    """Record the failure; the document that the file gave earlier stays searchable."""
    outcome.failed.append(FailedFile(candidate.record.path, reason))
    with catalogue.transaction():
        catalogue.put_file(replace(candidate.record, document_id=candidate.held, error=reason))


def _remark(document: Document) -> str | None:
    if not document.bad_pages:
        return None
    pages = ", ".join(str(page) for page in document.bad_pages)
    return f"no usable text on page {pages}"
