"""Scores of a two-stage search: candidates are found elsewhere and scored exactly here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragft.index.vectors.base import Scale
from ragft.index.vectors.matrix import Matrix, RowNumbers

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors


@dataclass(frozen=True)
class RescoredScores:
    """Exact cosines of `query`; `nearest` gives the rows, ascending, among which the `k` best are looked for."""

    matrix: Matrix
    query: Vectors
    nearest: Callable[[int], RowNumbers]

    def top(self, k: int) -> dict[int, float]:
        """The `k` best that `nearest` found, best first; equal scores by row."""
        return self.matrix.scores(self.query, self.nearest(k)).top(k)

    def of(self, rows: Sequence[int]) -> dict[int, float]:
        """The exact scores of these rows, by row; a row without a vector is left out."""
        return self.matrix.scores(self.query, rows).of(rows)

    def scale(self) -> Scale:
        """Mean and standard deviation over an even sample of the vectors."""
        return self.matrix.sampled_scores(self.query).scale()
