"""Documents for looking at: pages as pictures, and where on them a passage stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragft.app.pages import file_of
from ragft.errors import DocumentError, NotFoundError

if TYPE_CHECKING:
    from pathlib import Path

    from ragft.app.resources import Resources
    from ragft.corpus.base import Chunk
    from ragft.index.base import DocumentRecord

Box = tuple[float, float, float, float]
"""Left, top, width and height, in shares of the page, from its upper left corner."""
_WIDEST = 3000


@dataclass(frozen=True)
class MarkedPage:
    """A page that can be shown as a picture, and the boxes around a passage on it."""

    page: int
    label: str
    boxes: Sequence[Box]


@dataclass(frozen=True)
class ChunkPassage:
    """Characters `start` to `end` of a chunk. `pages` is empty where they cannot be shown as pictures."""

    chunk: Chunk
    document: DocumentRecord
    start: int
    end: int
    pages: Sequence[MarkedPage]


def picture(resources: Resources, document: str, page: int, width: int) -> bytes:
    """A page as a PNG; see `Documents.picture`."""
    from ragft.corpus.pdf.view import render_page as draw

    path = file_of(resources, document)
    if not _is_pdf(path):
        raise NotFoundError(f"{path.name} has no pages to show as pictures", fix="read its text")
    return draw(path, page, min(width, _WIDEST))


def passage(resources: Resources, chunk_id: str, start: int, end: int | None) -> ChunkPassage:
    """Where part of a chunk stands; see `Documents.passage`."""
    index = resources.index
    chunk = index.chunk(chunk_id)
    record = index.document(chunk.document_id)
    start = min(start, len(chunk.text))
    end = len(chunk.text) if end is None else max(start, min(end, len(chunk.text)))
    return ChunkPassage(chunk, record, start, end, _marked(resources, chunk, start, end))


def _marked(resources: Resources, chunk: Chunk, start: int, end: int) -> list[MarkedPage]:
    """Nothing where the file is not a PDF, has changed, or cannot be opened: the text of the chunk is there still."""
    from ragft.corpus.pdf.view import boxes

    labels = _pages_of(chunk, start, end)
    try:
        path = file_of(resources, chunk.document_id)
        found = boxes(path, list(labels), chunk.text[start:end], chunk.text[:start]) if _is_pdf(path) else {}
    except (NotFoundError, DocumentError):
        return []
    return [MarkedPage(page, labels[page], of_page) for page, of_page in sorted(found.items())]


def _pages_of(chunk: Chunk, start: int, end: int) -> dict[int, str]:
    """The pages of part of a chunk with their labels: all of the chunk's where it is not known how they divide it."""
    starts = list(chunk.page_starts)
    if not starts:
        return dict.fromkeys(range(chunk.pages[0], chunk.pages[1] + 1), "")
    ends = [offset for offset, _, _ in starts[1:]] + [len(chunk.text) + 1]
    return {
        page: label for (begin, page, label), last in zip(starts, ends, strict=True) if begin < end and last > start
    }


def _is_pdf(path: Path) -> bool:
    return path.suffix.lower() == ".pdf"
