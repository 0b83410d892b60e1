"""The documents: read, listed, removed, searched, and the index that holds them checked and rebuilt."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ragft.app import page_views, pages
from ragft.app.resources import while_open
from ragft.errors import NotFoundError, UsageError
from ragft.machine import expand

if TYPE_CHECKING:
    from ragft.answer.library.choosing import DocumentFilter
    from ragft.app.resources import Resources
    from ragft.console import Progress
    from ragft.corpus.base import Chunk
    from ragft.index.base import DocumentRecord, Hit, IngestReport
    from ragft.index.ingest.repair import CheckReport


Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
"""A file or folder, or several."""


@dataclass(frozen=True)
class SearchResult:
    """The hits for `query`, best first, and the words that were searched for, which may be spelt otherwise.

    >>> with ragft.open() as app:
    ...     found = app.search("tidal range", k=1)
    >>> found.searched_for, [hit.title for hit in found.hits]
    ('tidal range', ['Tides at the coast'])
    """

    query: str
    searched_for: str
    hits: Sequence[Hit]


class Documents:
    """What the index holds: `app.documents`."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    @while_open
    def list(self) -> Sequence[DocumentRecord]:
        """Every document, and every file that failed or repeats one.

        Raises:
            NotFoundError: nothing has been ingested yet.
        """
        return self._resources.index.documents()

    @while_open
    def remove(self, document: str) -> DocumentRecord:
        """Remove a document from the index, and say what it was; its file is left alone.

        Args:
            document: its id, the beginning of one, or the name of its file.

        Raises:
            NotFoundError: there is none, or more than one.
        """
        return self._resources.index.remove(document)

    @while_open
    def discard(self, document: str) -> DocumentRecord:
        """Remove a document, and its file, too, if that was received from a client."""
        record = self.remove(document)
        pages.discard(self._resources.workspace, record.path)
        return record

    @while_open
    def get(self, document: str) -> DocumentRecord:
        """One document, by its id, the beginning of one, or the name of its file.

        Raises:
            NotFoundError: there is none, or more than one.
        """
        return self._resources.index.document(document)

    @while_open
    def pages(self, document: str, first: int = 1, last: int | None = None) -> Sequence[pages.DocumentPage]:
        """The text of pages `first` to `last` (None: the last one), as it was read. A format without pages is one page.

        Raises:
            NotFoundError: there is no such document or page.
        """
        return pages.pages(self._resources, document, first, last)

    @while_open
    def chunk(self, chunk_id: str) -> Chunk:
        """One passage, in whose text the offsets of a citation count.

        Raises:
            NotFoundError: there is none of that id.
        """
        return self._resources.index.chunk(chunk_id)

    @while_open
    def passage(self, chunk_id: str, start: int = 0, end: int | None = None) -> page_views.ChunkPassage:
        """Characters `start` to `end` of a passage, and the boxes around them on the pages of a PDF.

        Raises:
            NotFoundError: there is none of that id.
        """
        return page_views.passage(self._resources, chunk_id, start, end)

    @while_open
    def picture(self, document: str, page: int, *, width: int = 1200) -> bytes:
        """Page `page` of a PDF, counted from 1, as a PNG of `width` pixels.

        Raises:
            NotFoundError: there is no such document, or it is not a PDF.
            DocumentError: it cannot be opened, or has no such page.
        """
        return page_views.picture(self._resources, document, page, width)

    @while_open
    def file(self, document: str) -> Path:
        """The file that a document was read from.

        Raises:
            NotFoundError: there is no such document, or its file is not what was read.
        """
        return pages.file_of(self._resources, document)

    @while_open
    def receive(self, name: str, data: IO[bytes]) -> Path:
        """Keep a file that a client sends, for `ingest`; the name is made harmless.

        Raises:
            InputError: it is of no format that is read.
            DiskFull, WorkspaceError: it cannot be written.
        """
        return pages.receive(self._resources.workspace, name, data)

    @while_open
    def reread(self, document: str, *, progress: Progress | None = None) -> IngestReport:
        """Read a document's file again, though it has not changed. The document stays until it was read.

        Raises:
            NotFoundError: there is no such document, or its file is gone.
        """
        index = self._resources.index
        path = Path(index.document(document).path)
        if not path.is_file():
            raise NotFoundError(f"the file {path.name} is gone", fix=f"ragft documents remove {document}")
        return index.ingest([path], again=True, progress=progress)


class IndexCare:
    """Checks the index and makes its vectors again: `app.index`."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    @while_open
    def check(self) -> CheckReport:
        """Whether catalogue, vectors and encoder agree. Changes nothing."""
        return self._resources.index.check()

    @while_open
    def rebuild(self, progress: Progress | None = None) -> int:
        """Make all vectors again with the encoder of the settings, and say how many."""
        return self._resources.index.rebuild(progress)


def choice_of(
    documents: Sequence[str], authors: Sequence[str], years: str, tags: Sequence[str]
) -> DocumentFilter | None:
    """A choice of documents by what is known of them; None where nothing is given, which means all."""
    from ragft.answer.library.choosing import DocumentFilter

    return DocumentFilter(documents, authors, years, tags) or None


def checked_paths(paths: Paths) -> list[Path]:
    """`paths` as paths, with `~` expanded; one alone is a list of one.

    Raises:
        UsageError: one is empty, which would be the current folder.
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    if not all(map(os.fspath, given)):
        raise UsageError("an empty path was given", fix="ragft ingest FOLDER")
    return [expand(Path(path)) for path in given]


def search(resources: Resources, query: str, k: int, within: DocumentFilter | None) -> SearchResult:
    """The `k` best chunks; see `Application.search`."""
    from ragft.app.asking import chosen

    if not query.strip():
        raise UsageError("the query is empty", fix="ragft search WORDS")
    if k < 1:
        raise UsageError(f"k is {k}, and must be at least 1", fix="ask for 1 or more")
    documents = chosen(resources, within)
    index = resources.index
    spelt = index.corrected(query)
    return SearchResult(query, spelt, index.search(spelt, k, documents=documents, correct=False))
