"""What a benchmark needs of an index, and one look-up a question for all arms."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from ragft.corpus.base import Chunk
from ragft.index.base import DocumentRecord, Hit

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class Library(Protocol):
    """What a benchmark needs of an index; `ragft.index.store.Index` has it."""

    def search(self, query: str, k: int) -> Sequence[Hit]:
        """The `k` best hits, best first."""
        ...

    def documents(self) -> Sequence[DocumentRecord]:
        """All documents."""
        ...

    def chunks(self, document_id: str | None = None) -> Sequence[Chunk]:
        """All chunks of one document."""
        ...

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Unit vectors, shape [n, dimension]."""
        ...

    def reads(self, text: str) -> bool:
        """Whether the encoder knows the language of `text`."""
        ...

    def corrected(self, query: str) -> str:
        """`query` as it is searched for, slips undone."""
        ...

    def read_meta(self, key: str) -> str | None:
        """What was stored with the index under `key`."""
        ...

    def digest(self) -> str:
        """Changes when what is found may change."""
        ...


class SharedSearch:
    """A searcher that looks everything up once, so that all arms are given the very same hits."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._found: dict[tuple[str, int], tuple[Sequence[Hit], float]] = {}

    def search(self, query: str, k: int) -> Sequence[Hit]:
        """The `k` best hits, best first."""
        if (query, k) not in self._found:
            start = time.perf_counter()
            hits = self._library.search(query, k)
            self._found[query, k] = (hits, time.perf_counter() - start)
        return self._found[query, k][0]

    def seconds(self, query: str, k: int) -> float:
        """How long the look-up took; 0 where none was made."""
        return self._found.get((query, k), ((), 0.0))[1]


class SharedEmbed:
    """An encoder that reads the same texts once; what an arm is spared is added to its time all the same."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._known: dict[tuple[str, ...], tuple[npt.NDArray[np.float32], float]] = {}
        self._saved = 0.0

    def __call__(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Unit vectors, shape [n, dimension]."""
        key = tuple(texts)
        if key in self._known:
            self._saved += self._known[key][1]
        else:
            start = time.perf_counter()
            self._known[key] = (self._library.embed(texts), time.perf_counter() - start)
        return self._known[key][0]

    def take_saved(self) -> float:
        """Seconds spared since the last call."""
        saved, self._saved = self._saved, 0.0
        return saved
