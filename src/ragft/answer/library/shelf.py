"""The data behind catalogue answers: the papers that are indexed, and those that a question is about."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Protocol

from ragft.answer.library.intent import Intent
from ragft.answer.library.people import by_author
from ragft.corpus.base import Chunk
from ragft.corpus.stems import stem
from ragft.corpus.words import words
from ragft.index.base import DocumentRecord, Hit, Mode

_SURVEY = frozenset(map(stem, ("survey", "surveys", "overview", "review", "reviews")))


class Shelf(Protocol):
    """What is needed of an index; `ragft.index.index.Index` has it."""

    def documents(self) -> Sequence[DocumentRecord]:
        """Every document, and every file that failed or repeats one."""
        ...

    def document(self, document_id: str) -> DocumentRecord:
        """One document, by id, an unambiguous beginning of one, or the name of its file.

        Raises:
            NotFoundError: there is none, or more than one.
        """
        ...

    def chunks(self, document_id: str | None = None) -> Sequence[Chunk]:
        """The chunks of one document, or of all, in order."""
        ...

    def corrected(self, query: str) -> str:
        """`query` with words that nothing here has replaced by those probably meant."""
        ...

    def search(
        self, query: str, k: int, *, mode: Mode | None = None, documents: Collection[str] | None = None
    ) -> Sequence[Hit]:
        """The `k` best chunks for `query`, among those of `documents` (ids) if given."""
        ...


def papers_of(shelf: Shelf) -> list[DocumentRecord]:
    """The papers that can be asked about, each once, by title."""
    indexed = {record.id: record for record in shelf.documents() if record.is_readable}
    return sorted(indexed.values(), key=lambda record: (record.title.casefold(), record.id))


def narrowed(papers: Iterable[DocumentRecord], intent: Intent) -> list[DocumentRecord]:
    """Those of `papers` that have the author and the year, and are of the sort, that the question names."""
    kept = list(papers)
    if intent.author:
        kept = by_author(kept, intent.author)
    if intent.surveys:
        kept = [paper for paper in kept if _SURVEY & set(map(stem, words(paper.title)))]
    if intent.single_author:
        kept = [paper for paper in kept if len(paper.authors) == 1]
    if intent.years.limited:
        kept = [paper for paper in kept if paper.year is not None and paper.year in intent.years]
    return kept


def extreme(papers: Iterable[DocumentRecord], ask: str) -> list[DocumentRecord]:
    """The newest, oldest, longest … of the papers whose date or length is known; several if they are equal."""
    sizes = {
        "newest": lambda paper: paper.year,
        "oldest": lambda paper: -(paper.year or 0),
        "longest": lambda paper: paper.pages,
        "shortest": lambda paper: -paper.pages,
        "most_authors": lambda paper: len(paper.authors),
    }
    size: Callable[[DocumentRecord], int | None] = sizes[ask]
    known = [(value, paper) for paper in papers if (value := size(paper))]
    best = max((value for value, _ in known), default=None)
    return [paper for value, paper in known if value == best]
