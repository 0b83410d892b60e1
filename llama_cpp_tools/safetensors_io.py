"""Read safetensors row by row.

The format is eight bytes of header length, a JSON header, then the tensors' bytes. We read it ourselves rather than
through the `safetensors` package because we want the byte ranges: a few rows are read at a time, which, unlike a memory
map, leaves nothing behind in the process's resident memory.
Format: https://huggingface.co/docs/safetensors (section "Format").
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from llama_cpp_tools.errors import WeightsError
from llama_cpp_tools.machine import read_at

# Stored type -> (numpy type of the bytes, bytes each). bfloat16 has no numpy type: its bits are read as uint16.
DTYPES: Mapping[str, npt.DTypeLike] = {"F32": np.float32, "F16": np.float16, "BF16": np.uint16, "F64": np.float64}
_LONE_FILE = "model.safetensors"
_HEADER_LIMIT = 100_000_000  # the limit the safetensors library itself sets


@dataclass(frozen=True)
class StoredTensor:
    """Where one tensor lies: `shape` in numpy order, `offset` in bytes from the start of the file, `bytes` its size."""

    name: str
    file: SafetensorsFile
    dtype: str
    shape: tuple[int, ...]
    offset: int
    bytes: int

    @property
    def row_elements(self) -> int:
        """Elements in one step along the first axis."""
        return math.prod(self.shape[1:])

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Rows `start:stop` along the first axis: float32, or float16 and float64 as stored.

        Raises `WeightsError` when the file ends early (it was cut while we read it).
        """
        raw = np.empty((stop - start, *self.shape[1:]), dtype=DTYPES[self.dtype])
        self.file.read_into(raw, self.offset + start * self.row_elements * raw.itemsize)
        return widen_bfloat16(raw) if self.dtype == "BF16" else raw


def widen_bfloat16(bits: npt.NDArray[np.uint16]) -> npt.NDArray[np.float32]:
    """bfloat16 bits to float32: the sixteen bits are the upper half of the float32's."""
    wide = bits.astype(np.uint32)
    np.left_shift(wide, 16, out=wide)
    return wide.view(np.float32)


class SafetensorsFile:
    """One shard: its header checked against its size, its tensors by name (sorted), its bytes on request.

    The file stays open until `close()`; threads can share it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._handle = path.open("rb", buffering=0)
        except (OSError, ValueError) as error:  # a name of an index may hold a NUL
            raise WeightsError(f"{path}: cannot be opened ({error}); download or copy it again") from error
        try:
            self.tensors = self._read_header()
        except BaseException:
            self.close()
            raise

    def _read_header(self) -> dict[str, StoredTensor]:
        size = self._handle.seek(0, 2)
        length = int.from_bytes(self._bytes(8, 0), "little")
        if size < 8 or length > _HEADER_LIMIT:
            raise WeightsError(f"{self.path}: not a safetensors file; point to a folder saved by save_pretrained")
        if 8 + length > size:
            raise self._cut_short(8 + length, size)
        try:
            header = json.loads(self._bytes(length, 8).decode("utf-8"), object_pairs_hook=_without_twins)
            entries = {name: entry for name, entry in header.items() if name != "__metadata__"}
            tensors = {name: self._entry(name, entries[name], 8 + length) for name in sorted(entries)}
            end = _end_of(tensors.values(), 8 + length)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise WeightsError(f"{self.path}: its header is damaged ({error}); download or copy it again") from error
        if end > size:
            raise self._cut_short(end, size)
        if end < size:
            raise WeightsError(
                f"{self.path}: {size - end:,} bytes at its end belong to no tensor; download or copy it again"
            )
        return tensors

    def _entry(self, name: str, entry: Mapping[str, Any], data_start: int) -> StoredTensor:
        shape, (begin, end), dtype = tuple(entry["shape"]), entry["data_offsets"], str(entry["dtype"])
        if not all(type(n) is int and n >= 0 for n in (*shape, begin, end)) or begin > end:
            raise ValueError(f"tensor {name!r} has an impossible shape or offset")
        if dtype in DTYPES and math.prod(shape) * np.dtype(DTYPES[dtype]).itemsize != end - begin:
            raise ValueError(f"tensor {name!r} has {end - begin} bytes, its shape {list(shape)} needs another number")
        return StoredTensor(name, self, dtype, shape, data_start + begin, end - begin)

    def _cut_short(self, needed: int, size: int) -> WeightsError:
        return WeightsError(
            f"{self.path}: cut short: its header promises {needed:,} bytes and the file has "
            f"{size:,}; download or copy it again"
        )

    def read_into(self, target: npt.NDArray[Any], offset: int) -> None:
        """Fill `target` (C-contiguous) with the bytes from `offset`."""
        if not target.size:  # has no bytes that could be viewed
            return
        view = target.data.cast("B")
        done = 0
        while done < len(view):
            try:
                count = read_at(self._handle, view[done:], offset + done)
            except OSError as error:
                raise self._unreadable(error) from error
            if count == 0:
                raise self._cut_short(offset + len(view), offset + done)
            done += count

    def _bytes(self, count: int, offset: int) -> bytes:
        """A few bytes at `offset`, fewer where the file ends."""
        try:
            self._handle.seek(offset)
            return self._handle.read(count)
        except OSError as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: OSError) -> WeightsError:
        return WeightsError(
            f"{self.path}: cannot be read ({error.strerror or error}); check the disk, or download or copy it again"
        )

    def __enter__(self) -> SafetensorsFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; its tensors cannot be read afterwards."""
        self._handle.close()


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object as a dictionary. Raises ValueError where a name stands twice: one of them would be lost."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name!r} stands in it twice")
        found[name] = value
    return found


def _end_of(tensors: Iterable[StoredTensor], data_start: int) -> int:
    """Where the last tensor ends. Raises ValueError where tensors overlap or leave a gap, which the format forbids."""
    end = data_start
    for tensor in sorted(tensors, key=lambda tensor: (tensor.offset, tensor.bytes)):
        if tensor.offset != end:
            raise ValueError(
                f"tensor {tensor.name!r} begins at {tensor.offset:,} and the one before it ends at {end:,}"
            )
        end += tensor.bytes
    return end


class Checkpoint:
    """The weights of a model folder, sharded or not: an ordered mapping of name to `StoredTensor`.

    The order is llama.cpp's converter's: files by name, tensors by name within a file.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._files: list[SafetensorsFile] = []
        index = _weight_map(directory)
        names = sorted(set(index.values())) if index else _lone_files(directory)
        self.tensors: dict[str, StoredTensor] = {}
        try:
            for name in names:
                shard = SafetensorsFile(directory / name)
                self._files.append(shard)
                if twice := sorted(set(self.tensors) & set(shard.tensors)):
                    raise WeightsError(
                        f"{shard.path}: tensor {twice[0]!r} is in {self.tensors[twice[0]].file.path.name} too; "
                        "the files of two models are mixed, download the folder again"
                    )
                self.tensors.update(shard.tensors)
            if index:
                self._check_index(index)
        except BaseException:
            self.close()
            raise

    def _check_index(self, index: Mapping[str, str]) -> None:
        if missing := sorted(set(index) - set(self.tensors)):
            raise WeightsError(
                f"{self.directory / index[missing[0]]}: tensor {missing[0]!r} is in the index and not "
                f"in the file ({len(missing)} such); download or copy the folder again"
            )
        if extra := sorted(set(self.tensors) - set(index)):
            raise WeightsError(
                f"{self.tensors[extra[0]].file.path}: tensor {extra[0]!r} is in the file and not in the "
                "index; the shards of two models are mixed, download the folder again"
            )

    def __iter__(self) -> Iterator[StoredTensor]:
        return iter(self.tensors.values())

    def __enter__(self) -> Checkpoint:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every file of the checkpoint."""
        while self._files:
            self._files.pop().close()


def _weight_map(directory: Path) -> dict[str, str]:
    """File by tensor, of the index; empty where there is none, or one file has it all, which transformers prefers."""
    path = directory / "model.safetensors.index.json"
    found = _index(path) if path.is_file() else {}
    _refuse_left_over(directory, set(found.values()))
    return {} if (directory / _LONE_FILE).is_file() else found


def _index(path: Path) -> dict[str, str]:
    try:
        weight_map = json.loads(path.read_text("utf-8"))["weight_map"]
        return {str(tensor): Path(str(file)).name for tensor, file in weight_map.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise WeightsError(f"{path}: not a safetensors index ({error}); download or copy it again") from error


def _refuse_left_over(directory: Path, indexed: Set[str]) -> None:
    """Raise `WeightsError` where shards lie beside the weights that neither the index nor anything else names."""
    if not indexed and not (directory / _LONE_FILE).is_file():
        return
    others = sorted(path.name for path in directory.glob("model-*-of-*.safetensors") if path.name not in indexed)
    if others:
        raise WeightsError(
            f"{directory}: {others[0]} is beside the weights and would not be used; remove what does not belong to them"
        )


def _lone_files(directory: Path) -> list[str]:
    if (directory / _LONE_FILE).is_file():
        return [_LONE_FILE]
    names = sorted(path.name for path in directory.glob("model*.safetensors"))
    if names:
        return names
    if any(directory.glob("*.bin")) or any(directory.glob("*.pth")):
        raise WeightsError(
            f"{directory}: holds pickled weights only, which are not read because they can run code; "
            "save the model with save_pretrained, which writes safetensors"
        )
    raise WeightsError(f"{directory}: no model*.safetensors in it; point to a folder saved by save_pretrained")
