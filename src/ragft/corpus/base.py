"""Types of a document that was read: blocks with page and section, chunks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

BlockKind = Literal["heading", "paragraph", "caption", "table", "list", "abstract", "code"]


@dataclass(frozen=True)
class Block:
    """A unit of text: a paragraph, heading, caption or table.

    `page` is 1-based (0: the format has no pages); `section` is the heading above it, with its number.
    `level` is the depth of a heading, 1 for a top-level section; 0 for every other kind.
    """

    text: str
    page: int
    kind: BlockKind = "paragraph"
    section: str = ""
    level: int = 0


@dataclass(frozen=True)
class Document:
    """A document as read from a file: metadata and blocks in reading order; the reference list is not among them.

    `id` is `sha256` hex of the file's bytes, cut to 16 characters. `bad_pages` are pages (1-based) with a missing or
    unreadable text layer; `warnings` are one-line remarks for the user. `page_labels` are the printed page numbers that
    the file declares (`iv`, `12`); empty if it declares none.
    """

    id: str
    path: str
    title: str
    blocks: tuple[Block, ...]
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str | None = None
    pages: int = 0
    bad_pages: tuple[int, ...] = ()
    warnings: tuple[str, ...] = field(default=())
    page_labels: tuple[str, ...] = ()


PageStart = tuple[int, int, str]
"""The beginning of a page in a chunk's text: an offset, the page (1-based), and its label if it differs from the
number.
"""


def pages_of(starts: Sequence[PageStart], start: int, end: int) -> tuple[PageStart, ...]:
    """The pages of offsets [start, end) of a chunk's text, in order; none if the format has no pages."""
    begun = [page for page in starts if page[0] <= start][-1:]
    return (*begun, *(page for page in starts if start < page[0] < end))


@dataclass(frozen=True)
class Chunk:
    """A part of a document that the encoder can read whole, title prefix included.

    `id` = first 16 hex of sha256(document id, position, text): the same on every run and machine.
    `pages` = (first, last), 1-based, (0, 0) where the format has none. `position` counts from 0 in the document.
    """

    id: str
    document_id: str
    position: int
    text: str
    title: str
    section: str
    pages: tuple[int, int]
    page_starts: tuple[PageStart, ...] = ()
