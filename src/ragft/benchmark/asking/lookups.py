"""The part of an index that a benchmark needs, and one look-up a question for all arms."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import copy
from typing import TYPE_CHECKING, Protocol

from ragft.answer.asked import AskedIndex
from ragft.benchmark.asking.clock import Clock
from ragft.corpus.base import Chunk
from ragft.errors import NotFoundError, UsageError
from ragft.index.base import DocumentRecord, Hit, Mode

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class SearchableIndex(AskedIndex, Protocol):
    """What a benchmark needs of an index; `ragft.index.index.Index` has it."""

    def read_meta(self, key: str) -> str | None:
        """What was stored with the index under `key`."""
        ...

    def digest(self) -> str:
        """Changes when what is found may change."""
        ...


class NoDocuments:
    """A library for suites that need no corpus: it has no document, and finds none."""

    def search(
        self,
        query: str,  # noqa: ARG002
        k: int,  # noqa: ARG002
        *,
        mode: Mode | None = None,  # noqa: ARG002
        documents: Collection[str] | None = None,  # noqa: ARG002
    ) -> Sequence[Hit]:
        """Finds nothing: there is no document to search."""
        return ()

    def holding(self, phrases: Sequence[str], documents: Collection[str] | None = None) -> Sequence[Chunk]:  # noqa: ARG002
        """No chunk holds the phrases, because there is none."""
        return ()

    def document(self, document_id: str) -> DocumentRecord:
        """Always raises NotFoundError, because no document has this id."""
        raise NotFoundError(f"no document {document_id!r}")

    def languages(self) -> Collection[str]:
        """The languages of the documents: an empty collection."""
        return ()

    def lacks(self, word: str, *, rare: bool) -> bool:  # noqa: ARG002
        """Never: no question is refused for a word."""
        return False

    def documents(self) -> Sequence[DocumentRecord]:
        """The records of the documents: an empty sequence."""
        return ()

    def chunks(self, document_id: str | None = None) -> Sequence[Chunk]:  # noqa: ARG002
        """The chunks of the documents: an empty sequence."""
        return ()

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Raises UsageError: there is no encoder without an index."""
        raise UsageError(f"{len(texts)} texts cannot be compared without an index", fix='the suite needs "corpus"')

    def reads(self, text: str) -> bool:  # noqa: ARG002
        """Always True, because no text is encoded."""
        return True

    def corrected(self, query: str) -> str:
        """Returns `query` as it is, because there are no words to correct it by."""
        return query

    def read_meta(self, key: str) -> str | None:  # noqa: ARG002
        """Always None, because nothing is stored under any key."""
        return None

    def digest(self) -> str:
        """An empty text, always the same, because nothing can change."""
        return ""


class SharedSearch:
    """A searcher that looks everything up once, so that all arms get the same hits.

    An arm that gets hits from the cache is charged the time of the first search.
    """

    def __init__(self, library: SearchableIndex, clock: Clock | None = None) -> None:
        self._library = library
        self._clock = clock or Clock()
        self._found: dict[tuple[str, int], tuple[Sequence[Hit], float]] = {}

    def beside(self, clock: Clock) -> SharedSearch:
        """The same for another clock; what one of them has found, the other has too."""
        other = copy(self)
        other._clock = clock
        return other

    def search(self, query: str, k: int) -> Sequence[Hit]:
        """The `k` best hits, best first."""
        if (query, k) in self._found:
            hits, seconds = self._found[query, k]
            self._clock.charge(seconds)
            return hits
        start = self._clock()
        hits = self._library.search(query, k)
        self._found[query, k] = (hits, self._clock() - start)
        return hits


class SharedEmbed:
    """An encoder that reads the same texts once, and charges for it each time."""

    def __init__(self, library: SearchableIndex, clock: Clock) -> None:
        self._library = library
        self._clock = clock
        self._known: dict[tuple[str, ...], tuple[npt.NDArray[np.float32], float]] = {}

    def beside(self, clock: Clock) -> SharedEmbed:
        """The same for another clock; what one of them has read, the other has too."""
        other = copy(self)
        other._clock = clock
        return other

    def __call__(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Unit vectors, shape [n, dimension]."""
        key = tuple(texts)
        if key in self._known:
            vectors, seconds = self._known[key]
            self._clock.charge(seconds)
            return vectors
        start = self._clock()
        vectors = self._library.embed(texts)
        self._known[key] = (vectors, self._clock() - start)
        return vectors
