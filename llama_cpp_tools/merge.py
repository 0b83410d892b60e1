"""The tuned weight as a stream of rows: base rows plus the adapter's product, nothing else held."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from llama_cpp_tools.adapter import LowRank
from llama_cpp_tools.rows import Rows


@dataclass(frozen=True)
class LowRankFactors:
    """A pair ready to be multiplied: `a` (r × in), `b` already times s (out × r), `magnitude` (out,) for DoRA."""

    a: npt.NDArray[np.float32]
    b: npt.NDArray[np.float32]
    magnitude: npt.NDArray[np.float32] | None

    def merge(self, rows: npt.NDArray[Any], start: int) -> npt.NDArray[np.float32]:
        """`rows` of W beginning at row `start`, tuned: W + s·B·A, for DoRA brought to its magnitude, in float32."""
        stop = start + len(rows)
        with np.errstate(all="ignore"):  # what is not finite is found when it is encoded
            merged = _product(self.b, self.a, start, stop)
            merged += rows
            if self.magnitude is not None:
                length = np.sqrt(np.einsum("ij,ij->i", merged, merged, dtype=np.float64)).astype(np.float32)
                merged *= (self.magnitude[start:stop] / length)[:, None]
        return merged


# Up to so many multiplications OpenBLAS stays on the calling thread. Beyond, it wakes helpers that spin between calls:
# in products as small as ours they cost twenty times the arithmetic, and our own threads need the cores.
_SINGLE_THREADED = 1 << 18


def _product(b: npt.NDArray[np.float32], a: npt.NDArray[np.float32], start: int, stop: int) -> npt.NDArray[np.float32]:
    """Rows `start:stop` of B·A in tiles small enough to be computed on this thread.

    The tiles begin at fixed rows and are computed whole: the last bit of an element depends on the shape of the product
    that it is computed in, and a conversion and its verification read different ranges of rows.
    """
    rank, columns = a.shape
    width = min(columns, max(1, _SINGLE_THREADED // rank))
    height = max(1, _SINGLE_THREADED // (rank * width))
    product = np.empty((stop - start, columns), dtype=np.float32)
    for top in range(start // height * height, stop, height):
        rows = b[top : top + height]
        first, last = max(top, start), min(top + len(rows), stop)
        for left in range(0, columns, width):
            tile = np.matmul(rows, a[:, left : left + width])
            product[first - start : last - start, left : left + width] = tile[first - top : last - top]
    return product


@dataclass(frozen=True)
class MergedRows:
    """`source` tuned by `pair`, in float32. A and B are read with the first rows, maybe by several threads."""

    source: Rows
    pair: LowRank
    step: int = field(default=1)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the base weight, which merging keeps."""
        return self.source.shape

    @cached_property
    def _factors(self) -> LowRankFactors:
        a, b = self.pair.factors()
        with np.errstate(over="ignore"):
            return LowRankFactors(a, b * np.float32(self.pair.scale), self.pair.magnitudes())

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Rows `start:stop` of the merged weight, float32."""
        return self._factors.merge(self.source.read(start, stop).astype(np.float32, copy=False), start)
