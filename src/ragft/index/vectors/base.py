"""The contract of a search by vectors, which `matrix`, `codes` and `chroma` keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors


@dataclass(frozen=True)
class Scale:
    """Mean and standard deviation of one side's scores for one query."""

    mean: float
    spread: float


class Scores(Protocol):
    """Cosine similarity of one query to chunks, by row of the catalogue. Rows without a vector have none."""

    def top(self, k: int) -> dict[int, float]:
        """The `k` best, best first; equal scores by row. An approximate search may miss some, but scores none wrong."""
        ...

    def of(self, rows: Sequence[int]) -> dict[int, float]:
        """The scores of these rows, by row; a row without a vector is left out."""
        ...

    def scale(self) -> Scale:
        """Mean and standard deviation over all chunks, or over an even sample of them."""
        ...


class VectorSearch(Protocol):
    """Finds the vectors closest to a query."""

    def scores(self, query: Vectors, rows: Sequence[int] | None = None) -> Scores:
        """The similarity of `query`, float32 [dimension] of length 1, to all chunks or to `rows`, which ascend."""
        ...
