"""Types that ingest and search take and return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ragft.corpus.base import Chunk, PageStart
from ragft.corpus.references.base import Reference

Mode = Literal["hybrid", "lexical", "dense"]
DocumentStatus = Literal["indexed", "partial", "failed", "duplicate"]
Passwords = Mapping[Path, str] | Mapping[str, str] | str
"""Passwords of encrypted files: one for all, or one for each path."""


Wanted = Literal["", "summary", "part"]
"""What a query asks for of a document that it names, where that is nothing else."""


@dataclass(frozen=True)
class Hit:
    """One retrieved chunk.

    `score` is the fused score of the chosen mode (higher is better; comparable within one query only). `lexical` and
    `dense` are the raw parts: BM25 (higher is better) and cosine similarity; None where that side did not retrieve the
    chunk or was not asked. `position` is the place of the chunk among those of its document. `wanted`: the query names
    this document and asks for nothing but a summary, or a part of it such as its limitations.

    >>> with ragft.open() as app:
    ...     hit = app.search("tidal range").hits[0]
    >>> hit.rank, hit.title, hit.pages
    (1, 'Tides at the coast', (0, 0))
    """

    rank: int
    score: float
    chunk_id: str
    document_id: str
    title: str
    pages: tuple[int, int]
    section: str
    text: str
    lexical: float | None = None
    dense: float | None = None
    page_starts: tuple[PageStart, ...] = ()
    wanted: Wanted = ""
    position: int = 0


def hit_of(chunk: Chunk, rank: int, score: float | None = None) -> Hit:
    """The hit that `chunk` is at this rank; without a `score`, the earlier the higher."""
    return Hit(
        rank=rank,
        score=1 / rank if score is None else score,
        chunk_id=chunk.id,
        document_id=chunk.document_id,
        title=chunk.title,
        pages=chunk.pages,
        section=chunk.section,
        text=chunk.text,
        page_starts=chunk.page_starts,
        position=chunk.position,
    )


@dataclass(frozen=True)
class FailedFile:
    """A file that could not be ingested, with the reason in one line."""

    path: str
    error: str


@dataclass(frozen=True)
class MatchedReference:
    """An entry of a bibliography by its citation key, its document, and what they have in common."""

    key: str
    title: str
    by: str


@dataclass(frozen=True)
class ReferenceReport:
    """The matched entries of a bibliography, and the keys of those without a document."""

    matched: tuple[MatchedReference, ...]
    unmatched: tuple[str, ...]


@dataclass(frozen=True)
class IngestReport:
    """The result of one ingest. `documents` and `chunks` count what the index holds afterwards.

    >>> with ragft.open() as app:
    ...     report = app.ingest(["qlora.md", "tides.md"])
    >>> report.documents, report.unchanged
    (2, 2)
    """

    documents: int
    chunks: int
    added: int
    updated: int
    unchanged: int
    removed: int
    failed: tuple[FailedFile, ...]
    seconds: float
    duplicates: tuple[FailedFile, ...] = ()
    warnings: tuple[str, ...] = field(default=())
    references: ReferenceReport | None = None


@dataclass(frozen=True)
class DocumentRecord:
    """A document as the catalogue knows it, failures included; `doi` as the file or a manifest gives it.

    `reference` is its entry in a bibliography that was given; title, authors, year and DOI are then those of the entry.

    >>> with ragft.open() as app:
    ...     records = app.documents.list()
    >>> sorted(record.title for record in records if record.is_readable)
    ['Fine-tuning on one card', 'Tides at the coast']
    """

    id: str
    path: str
    title: str
    authors: tuple[str, ...]
    year: int | None
    pages: int
    chunks: int
    status: DocumentStatus
    error: str | None = None
    doi: str | None = None
    reference: Reference | None = None

    @property
    def is_readable(self) -> bool:
        """Whether the index holds passages of it."""
        return self.status in ("indexed", "partial")

    @property
    def tags(self) -> tuple[str, ...]:
        """The key words that a bibliography gives it."""
        return self.reference.tags if self.reference else ()
