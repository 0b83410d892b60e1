"""Single papers in a catalogue answer: their line, their fields, their citation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath

from ragft.answer.base import Citation, Evidence
from ragft.answer.library.intent import Intent
from ragft.answer.library.people import surname
from ragft.answer.library.phrases import joined, library_message
from ragft.answer.written.citation_keys import plain_line
from ragft.corpus.base import Chunk
from ragft.index.base import DocumentRecord, Hit

_NEXT_TO_TITLE = 3
"""Authors that are named beside a title; of more, the first."""


def opening(key: str, chunk: Chunk, paper: DocumentRecord) -> Evidence:
    """A passage of a paper as evidence, which `/open` shows."""
    hit = Hit(int(key), 1.0, chunk.id, paper.id, paper.title, chunk.pages, chunk.section, chunk.text)
    return Evidence(key, replace(hit, page_starts=chunk.page_starts))


def catalogue_citation(item: Evidence, paper: DocumentRecord) -> Citation:
    """A citation of what the catalogue knows of a paper."""
    page = 1 if paper.pages else 0
    return Citation(
        key=item.key,
        title=paper.title,
        pages=(page, page),
        section="",
        quote="",
        chunk_id=item.hit.chunk_id,
        document_id=paper.id,
        start=0,
        end=0,
        document=paper,
    )


def field_line(paper: DocumentRecord, intent: Intent, key: str) -> str:
    """A sentence with the field that `intent` asks for, or one that says that it is missing; `key` cites the paper."""
    value = value_of(paper, intent.ask)
    title = plain_line(paper.title)
    if value is None:
        lacking = "authors" if "author" in intent.ask else intent.ask
        return f"{library_message(intent.language, f'lacks_{lacking}', title=title)} {key}."
    said = joined(value, intent.language) if isinstance(value, tuple) else value
    return f"{library_message(intent.language, intent.ask, title=title, value=said)} {key}."


def value_of(paper: DocumentRecord, ask: str) -> tuple[str, ...] | str | int | None:
    """The field that `ask` asks for; None where it is not known."""
    authors = tuple(map(plain_line, paper.authors))
    return {
        "authors": authors or None,
        "first_author": authors[0] if authors else None,
        "last_author": authors[-1] if authors else None,
        "author_count": len(authors) or None,
        "year": paper.year,
        "pages": paper.pages or None,
        "doi": paper.doi and plain_line(paper.doi),
        "title": paper.title,
        "has": paper.title,
        "file": plain_line(PurePath(paper.path).name) or None,
    }[ask]


def entry(paper: DocumentRecord) -> str:
    """A paper on one line: title, first authors, year."""
    names = [plain_line(surname(author)) for author in paper.authors]
    who = f"{names[0]} et al." if len(names) > _NEXT_TO_TITLE else ", ".join(names)
    return ", ".join(filter(None, (plain_line(paper.title), who, str(paper.year or ""))))
