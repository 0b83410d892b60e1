"""Read a GGUF file's metadata and tensor index, checking every length against the file.

`gguf.GGUFReader` makes several numpy views of each token, which takes twenty seconds on a vocabulary of 150,000 and
ends in an arbitrary exception on a damaged file; this reads the same in a fraction of a second.
Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
"""

from __future__ import annotations

import math
import mmap
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import numpy.typing as npt

from llama_cpp_tools.errors import GGUFError
from llama_cpp_tools.quantize import QType, byte_count

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_UINT32, _STRING, _ARRAY = 4, 8, 9
_DIMENSIONS = 4


@dataclass(frozen=True)
class StoredGGUFTensor:
    """A tensor in the file: `shape` in numpy order, `offset` in bytes from the start of the file."""

    name: str
    shape: tuple[int, ...]
    qtype: gguf.GGMLQuantizationType
    offset: int

    @property
    def bytes(self) -> int:
        """Size of the tensor's data in the file."""
        return byte_count(self.shape, self.qtype)


def _checked_alignment(value: Any, kind: int) -> int:
    """The alignment that a file gives itself. Raises ValueError for one that llama.cpp does not take."""
    if kind != _UINT32 or value == 0 or value & (value - 1):
        raise ValueError(f"its alignment is {value!r}, no power of two")
    return int(value)


class GGUFFile:
    """An open GGUF file. `metadata`: key -> value (arrays as lists). `tensors` by name, in the file's order.

    Without `arrays`, arrays are stepped over and their length is in `metadata`: a vocabulary then costs next to
    nothing.

    Raises `GGUFError` when the file is missing, cut short, damaged, big-endian or of another version: whatever
    llama.cpp's own reader (ggml/src/gguf.cpp) would refuse.
    """

    def __init__(self, path: Path, *, arrays: bool = True) -> None:
        self.path = path
        self._arrays = arrays
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise GGUFError(f"{path}: cannot be read ({error}); give the path of a GGUF file") from error
        try:
            self._position = 0
            self._read()
        except (struct.error, IndexError, ValueError, TypeError, RecursionError, ArithmeticError) as error:
            self.close()
            raise GGUFError(f"{path}: cut short or damaged ({error}); convert or download it again") from error
        except BaseException:
            self.close()
            raise

    def _read(self) -> None:
        if self._map[:4] != b"GGUF":
            raise GGUFError(f"{self.path}: not a GGUF file; give the path of one")
        self._position = 4
        self.version = self._scalar("I")
        if self.version not in (2, 3):
            raise GGUFError(f"{self.path}: GGUF version {self.version} (or big-endian); versions 2 and 3 are read")
        tensor_count, key_count = self._scalar("Q"), self._scalar("Q")
        self.metadata: dict[str, Any] = {}
        alignment = gguf.GGUF_DEFAULT_ALIGNMENT
        for _ in range(key_count):
            key, kind = self._string(), self._scalar("I")
            if not key or key in self.metadata:
                raise ValueError(f"the key {key!r} is empty or stands in it twice")
            self.metadata[key] = self._value(kind)
            if key == gguf.Keys.General.ALIGNMENT:
                alignment = _checked_alignment(self.metadata[key], kind)
        found = [self._tensor() for _ in range(tensor_count)]
        self._place(found, self._position + -self._position % alignment, alignment)

    def _place(self, found: Sequence[StoredGGUFTensor], data_start: int, alignment: int) -> None:
        """Keep the tensors with their places in the file, each behind the one before it: llama.cpp loads no others."""
        self.tensors: dict[str, StoredGGUFTensor] = {}
        end = 0
        for tensor in found:
            if tensor.name in self.tensors:
                raise ValueError(f"there are two tensors {tensor.name!r}")
            if tensor.offset != end:
                raise ValueError(f"tensor {tensor.name!r} begins at {tensor.offset:,} of the data and not at {end:,}")
            placed = replace(tensor, offset=data_start + end)
            if placed.offset + placed.bytes > len(self._map):
                raise ValueError(
                    f"tensor {tensor.name!r} ends at {placed.offset + placed.bytes:,}, the file at {len(self._map):,}"
                )
            self.tensors[tensor.name] = placed
            end += placed.bytes + -placed.bytes % alignment

    def _scalar(self, form: str) -> Any:
        value = struct.unpack_from(f"<{form}", self._map, self._position)[0]
        self._position += struct.calcsize(f"<{form}")
        return value

    def _string(self) -> str:
        length = self._scalar("Q")
        if length > len(self._map) - self._position:
            raise ValueError("a text runs past the end")
        text = self._map[self._position : self._position + length].decode("utf-8", errors="replace")
        self._position += length
        return text

    def _value(self, kind: int) -> Any:
        if kind == _STRING:
            return self._string()
        if kind != _ARRAY:
            if kind not in _SCALARS:
                raise ValueError(f"metadata of unknown type {kind}")
            return self._scalar(_SCALARS[kind])
        element, count = self._scalar("I"), self._scalar("Q")
        if count > len(self._map) - self._position:
            raise ValueError("an array runs past the end")
        if not self._arrays:
            self._step_over(element, count)
            return count
        if element in _SCALARS:
            values = list(struct.unpack_from(f"<{count}{_SCALARS[element]}", self._map, self._position))
            self._position += struct.calcsize(f"<{count}{_SCALARS[element]}")
            return values
        return [self._value(element) for _ in range(count)]

    def _step_over(self, element: int, count: int) -> None:
        if element in _SCALARS:
            self._position += count * struct.calcsize(f"<{_SCALARS[element]}")
        elif element == _STRING:
            for _ in range(count):
                length = self._scalar("Q")
                self._position += length
        else:
            for _ in range(count):
                self._value(element)

    def _tensor(self) -> StoredGGUFTensor:
        """The next entry of the index; its offset still counts from where the data begins."""
        name = self._string()
        dimensions = self._scalar("I")
        if dimensions > _DIMENSIONS:
            raise ValueError(f"tensor {name!r} has {dimensions} dimensions")
        shape = tuple(self._scalar("Q") for _ in range(dimensions))[::-1]
        kind, offset = self._scalar("I"), self._scalar("Q")
        try:
            qtype = QType(kind)
        except ValueError as error:
            raise GGUFError(
                f"{self.path}: a tensor of unknown type {kind}; pip install --upgrade gguf, or another file"
            ) from error
        if (shape[-1] if shape else 1) % gguf.GGML_QUANT_SIZES[qtype][0]:
            raise ValueError(f"the rows of tensor {name!r}, {list(shape)}, are not whole blocks of {qtype.name}")
        return StoredGGUFTensor(name, shape, qtype, offset)

    def raw(self, name: str, start: int = 0, stop: int | None = None) -> npt.NDArray[np.uint8]:
        """The bytes of rows `start:stop` of a tensor, one row of the result each (a vector is one row)."""
        tensor = self.tensors[name]
        rows = math.prod(tensor.shape[:-1])
        row = tensor.bytes // max(rows, 1)
        stop = rows if stop is None else min(stop, rows)
        data = np.frombuffer(self._map, np.uint8, (stop - start) * row, tensor.offset + start * row).copy()
        return data.reshape(stop - start, row)

    def rows(self, name: str, start: int = 0, stop: int | None = None) -> npt.NDArray[np.float32]:
        """Rows `start:stop` of a tensor, dequantised. Raises `GGUFError` for a type the gguf package cannot read."""
        raw = self.raw(name, start, stop)
        try:
            values: npt.NDArray[np.float32] = gguf.quants.dequantize(raw, self.tensors[name].qtype)
        except NotImplementedError as error:
            raise GGUFError(f"{self.path}: tensor {name!r}: {error}") from error
        return values

    def __enter__(self) -> GGUFFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the memory map of the file."""
        self._map.close()


def plain(metadata: Mapping[str, Any], longest: int = 16) -> dict[str, Any]:
    """Metadata for people: long arrays as their length and first entries."""
    return {
        key: f"[{len(value):,} entries] {value[:3]}…" if isinstance(value, list) and len(value) > longest else value
        for key, value in metadata.items()
    }
