"""The tuned weight as a stream of rows: base rows plus the adapter's product, nothing else held."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from llama_cpp_tools.adapter import LowRank, LowRankFactors, load_factors
from llama_cpp_tools.rows import Rows


@dataclass(frozen=True)
class MergedRows:
    """`source` tuned by `pair`, in float32. A and B are read once, on the first rows."""

    source: Rows
    pair: LowRank
    step: int = field(default=1)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.source.shape

    @cached_property
    def _factors(self) -> LowRankFactors:
        return load_factors(self.pair)

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        return self._factors.merge(self.source.read(start, stop).astype(np.float32, copy=False), start)
