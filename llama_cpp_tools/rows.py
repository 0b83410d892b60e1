"""Tensors as streams of rows.

A `Rows` has a shape and gives any rows of itself; nothing is held between two reads. What llama.cpp wants done to a
tensor (another order of rows, an offset, fewer rows, a merged adapter) is a `Rows` wrapped round another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from llama_cpp_tools.errors import WeightsError


class Rows(Protocol):
    """A tensor read along its first axis.

    `step`: reads must start at a multiple of it (and stop at one, or at the end).
    """

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the whole tensor."""
        ...

    @property
    def step(self) -> int:
        """Reads must start at a multiple of this many rows."""
        ...

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Rows `start:stop`, float32 or float16, a new array the caller may change."""
        ...


class StoredRows(Protocol):
    """What `safetensors_io.StoredTensor` offers; a Protocol so that this module needs no files."""

    @property
    def name(self) -> str:
        """Name of the tensor in its file."""
        ...

    @property
    def dtype(self) -> str:
        """Stored type, as safetensors writes it ("F32", "BF16", …)."""
        ...

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the stored tensor."""
        ...

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Rows `start:stop`, a new array."""
        ...


@dataclass(frozen=True)
class FloatRows:
    """A stored tensor as float32 (float16 stays: llama.cpp's converter computes on it as it is)."""

    stored: StoredRows
    step: int = 1

    def __post_init__(self) -> None:
        if self.stored.dtype not in ("F32", "F16", "BF16", "F64"):
            raise WeightsError(
                f"tensor {self.stored.name!r} is stored as {self.stored.dtype}; only F32, F16, BF16 and "
                "F64 weights are converted: dequantise the model first"
            )
        if not self.stored.shape:
            raise WeightsError(f"tensor {self.stored.name!r} is a single number, which no model here has a place for")

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the stored tensor."""
        return self.stored.shape

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Rows `start:stop`, float32 (float16 where stored so)."""
        rows = self.stored.read(start, stop)
        return rows.astype(np.float32) if rows.dtype == np.float64 else rows


@dataclass(frozen=True)
class ConstantRows:
    """A small tensor that is computed, not stored (rotary frequency factors)."""

    values: npt.NDArray[np.float32]
    step: int = 1

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of `values`, as a tensor that is stored would have it."""
        return self.values.shape

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """A copy of rows `start:stop`."""
        return self.values[start:stop].copy()


@dataclass(frozen=True)
class PermutedRows:
    """Query and key rows from the half-split rotary layout to the interleaved one ggml's llama graph uses.

    Within each head of `step` rows, row i of the first half and row i of the second become neighbours.
    """

    source: Rows
    step: int

    def __post_init__(self) -> None:
        if self.source.shape[0] % self.step or self.step % 2:
            raise WeightsError(
                f"a query or key matrix of {self.source.shape[0]} rows cannot be cut into heads of "
                f"{self.step}; config.json and weights belong to different models"
            )

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of `source`: only the order of rows changes."""
        return self.source.shape

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Rows `start:stop` in the interleaved order; both bounds are multiples of `step`."""
        rows = self.source.read(start, stop)
        halves = rows.reshape((stop - start) // self.step, 2, self.step // 2, *rows.shape[1:])
        return np.ascontiguousarray(halves.swapaxes(1, 2)).reshape(rows.shape)


@dataclass(frozen=True)
class _Wrapped:
    """Another tensor read in the same steps, of the same shape where a subclass says no other."""

    source: Rows

    @property
    def step(self) -> int:
        return self.source.step

    @property
    def shape(self) -> tuple[int, ...]:
        return self.source.shape


@dataclass(frozen=True)
class ShiftedRows(_Wrapped):
    """Every element plus `shift`, in the type it is stored in (Gemma keeps its norms as weight - 1)."""

    shift: float

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Rows `start:stop` with `shift` added."""
        rows = self.source.read(start, stop)
        rows += rows.dtype.type(self.shift)
        return rows


@dataclass(frozen=True)
class LeadingRows(_Wrapped):
    """The first `count` rows: an embedding without the rows no token uses."""

    count: int

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of `source` with at most `count` rows."""
        return (min(self.count, self.source.shape[0]), *self.source.shape[1:])

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """The rows from `start` up to `stop`, as the source has them."""
        return self.source.read(start, stop)


@dataclass(frozen=True)
class ScaledRows(_Wrapped):
    """Every element times `factor`, in float32."""

    factor: float

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Rows `start:stop` times `factor`, float32."""
        rows = self.source.read(start, stop).astype(np.float32, copy=False)
        with np.errstate(over="ignore"):  # what is not finite is found when it is encoded
            rows *= np.float32(self.factor)
        return rows
