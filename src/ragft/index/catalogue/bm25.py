"""BM25 as FTS5 computes it, of many chunks at once."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragft.index.catalogue.occurrences import Occurrences, Totals

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

K1 = 0.75
"""BM25's k₁: the lower, the less repetitions of a word count; docs/experiments/retrieval.md compares values."""

_FTS5_K1 = 1.2
WEIGHT = _FTS5_K1 / K1
"""FTS5's own k₁ cannot be set. But it multiplies a word's frequency f by the weight w of its column, and
w · f / (w · f + k₁) is f / (f + k₁ / w): one weight on all columns divides k₁.
"""
_B = 0.75
"""How much a word counts less in a longer chunk."""
_LEAST = 1e-6
"""What FTS5 has a word count that half of the chunks hold."""


@dataclass(frozen=True)
class Bm25:
    """Scores for any of `terms`; one that comes twice counts twice. `held`: where each of them is.

    Another process may have deleted chunks between the reading of `held` and of `totals`.
    """

    terms: Sequence[str]
    held: Mapping[str, Occurrences]
    totals: Totals

    def likely(self, count: int) -> set[int]:
        """The rows that would have the `count` highest scores if all chunks were of the mean length."""
        import numpy as np

        last = max((int(found.rows[-1]) for found in self.held.values() if len(found.rows)), default=0)
        scores = np.zeros(last + 1, np.float32)
        for term in self.terms:
            found = self.held[term]
            scores[found.rows] += self._parts(term, found.times, 1.0)
        likely = np.flatnonzero(scores > 0)
        if len(likely) > count:
            likely = likely[np.argpartition(-scores[likely], count)[:count]]
        return set(likely.tolist())

    def of(self, lengths: Mapping[int, int]) -> dict[int, float]:
        """The scores of those chunks that hold any of the terms, by row; `lengths` are those of the chunks."""
        import numpy as np

        rows = np.fromiter(lengths.keys(), np.int64, len(lengths))
        mean = max(1, self.totals.words) / max(1, self.totals.chunks)
        longer = np.fromiter(lengths.values(), np.float64, len(lengths)) / mean
        scores = np.zeros(len(rows))
        for term in self.terms:
            scores += self._parts(term, self.held[term].at(rows), longer)
        return dict(zip(rows[scores > 0].tolist(), scores[scores > 0].tolist(), strict=True))

    def _parts(self, term: str, times: NDArray[np.int64], longer: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """What `term` adds to the scores of chunks that hold it so many times and are so many times the mean length."""
        holding = len(self.held[term].rows)
        others = max(0, self.totals.chunks - holding)
        weight = max(_LEAST, math.log((others + 0.5) / (holding + 0.5)))
        parts: NDArray[np.float64] = weight * (_FTS5_K1 + 1) * times / (times + K1 * (1 - _B + _B * longer))
        return parts
