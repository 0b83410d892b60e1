"""Decide every tensor of the output, its shape and type, before a byte is written."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np

from llama_cpp_tools.adapter import Adapter
from llama_cpp_tools.arch import Architecture
from llama_cpp_tools.errors import WeightsError
from llama_cpp_tools.merge import MergedRows
from llama_cpp_tools.output import TensorInfo
from llama_cpp_tools.quantize import OutType, QType, fitting_type
from llama_cpp_tools.rotary import check_frequencies, is_frequencies
from llama_cpp_tools.rows import FloatRows, Rows
from llama_cpp_tools.safetensors_io import Checkpoint, StoredTensor

_EMBEDDINGS = ("token_embd.weight", "output.weight")
_PIECE_ELEMENTS = 1 << 20


@dataclass(frozen=True)
class PlannedTensor:
    """A tensor of the output and where its rows come from. `origin` names it in messages."""

    info: TensorInfo
    rows: Rows
    origin: str


def plan_tensors(
    checkpoint: Checkpoint, arch: Architecture, out_type: OutType, adapter: Adapter | None
) -> list[PlannedTensor]:
    """All tensors in the order of llama.cpp's converter: computed ones, then the checkpoint's.

    Raises `WeightsError` when the checkpoint lacks a tensor or has one that fits nowhere, `AdapterError` when the
    adapter does not fit.
    """
    kept = kept_tensors(checkpoint, arch)
    if adapter is not None:
        check_adapter(adapter, kept, arch, checkpoint.directory)
    planned = [planned_tensor(name, rows, out_type, "config.json") for name, rows in arch.extra_tensors()]
    for name, stored in kept.items():
        rows = arch.transform(name, _tuned(name, stored, adapter))
        origin = f"{stored.file.path}: tensor {stored.name!r}"
        planned.append(planned_tensor(_used_name(name, stored, arch), rows, out_type, origin))
    _check_complete(planned, arch, checkpoint)
    return planned


def kept_tensors(checkpoint: Checkpoint, arch: Architecture) -> dict[str, StoredTensor]:
    """The checkpoint's tensors that the model needs, by their names in plain spelling.

    Raises `WeightsError` when two have one name, or one that is left out as a copy is not one.
    """
    kept: dict[str, StoredTensor] = {}
    for stored in checkpoint:
        if is_frequencies(stored.name):
            check_frequencies(stored, arch.config)
            continue
        if (name := arch.keep(stored.name)) is None:
            continue
        if name in kept:
            raise WeightsError(
                f"{stored.file.path}: {kept[name].name!r} and {stored.name!r} are both {name!r}; two models are mixed "
                "in the folder"
            )
        kept[name] = stored
    for copy, original in arch.copies.items():
        if copy in checkpoint.tensors and original in kept and not _equal(checkpoint.tensors[copy], kept[original]):
            raise WeightsError(
                f"{checkpoint.tensors[copy].file.path}: {copy!r} differs from {original!r}, and llama.cpp computes "
                f"{arch.name!r} models with the latter for both; the converted model would give other answers"
            )
    return kept


def _used_name(name: str, stored: StoredTensor, arch: Architecture) -> str:
    """The GGUF name of a tensor. Raises `WeightsError` for one that transformers would not use by the config."""
    found = arch.gguf_name(name)
    if found not in arch.required() and found != "output.weight":
        raise WeightsError(
            f"{stored.file.path}: tensor {stored.name!r} is not used by config.json, transformers would leave it out, "
            "and llama.cpp would not; add the setting that belongs to it (such as attention_bias) or remove the tensor"
        )
    return found


def _equal(one: StoredTensor, other: StoredTensor) -> bool:
    """Whether two tensors have the same values."""
    if one.shape != other.shape:
        return False
    first, second = FloatRows(one), FloatRows(other)
    pieces = row_ranges(0, one.shape[0], first, _PIECE_ELEMENTS)
    return all(np.array_equal(first.read(start, stop), second.read(start, stop)) for start, stop in pieces)


def check_adapter(adapter: Adapter, kept: Mapping[str, StoredTensor], arch: Architecture, base: Path) -> None:
    """Check that the adapter is one for these tensors. Raises `AdapterError`."""
    shapes = {name: stored.shape for name, stored in kept.items()}
    adapter.check_against(shapes, tied=bool(arch.config.get("tie_word_embeddings", False)), base=base)


def _tuned(name: str, stored: StoredTensor, adapter: Adapter | None) -> Rows:
    """The rows of a stored tensor with what the adapter does to them."""
    if adapter is None:
        return FloatRows(stored)
    below = FloatRows(adapter.replaced.get(name, stored))
    pair = adapter.low_rank.get(name)
    return below if pair is None else MergedRows(below, pair)


def planned_tensor(name: str, rows: Rows, out_type: OutType, origin: str) -> PlannedTensor:
    """A tensor named `name` (GGUF) in the type it gets under `out_type`."""
    return PlannedTensor(TensorInfo(name, rows.shape, _type_of(name, rows.shape, out_type)), rows, origin)


def _type_of(name: str, shape: tuple[int, ...], out_type: OutType) -> gguf.GGMLQuantizationType:
    """Vectors and norms stay float32 (ggml's kernels want them so); matrices get the wanted type where it fits."""
    if len(shape) <= 1 or name.endswith("_norm.weight") or not name.endswith((".weight", ".lora_a", ".lora_b")):
        return QType.F32
    return fitting_type(out_type.embeddings if name in _EMBEDDINGS else out_type.matrices, shape[-1])


def _check_complete(planned: list[PlannedTensor], arch: Architecture, checkpoint: Checkpoint) -> None:
    names = [tensor.info.name for tensor in planned]
    if missing := sorted(arch.required() - set(names)):
        raise WeightsError(
            f"{checkpoint.directory}: the weights lack {missing[0]!r} ({len(missing)} tensors missing); "
            "a shard is absent or config.json belongs to a larger model"
        )
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise WeightsError(
            f"{checkpoint.directory}: two tensors are both {twice!r}; two models are mixed in the folder"
        )
    rows = next(tensor.info.shape[0] for tensor in planned if tensor.info.name == "token_embd.weight")
    for tensor in planned:
        with suppress(KeyError):  # of those that are computed
            wanted = arch.shape_of(tensor.info.name, rows)
            if tensor.info.shape != wanted:
                raise WeightsError(
                    f"{tensor.origin} is {list(tensor.info.shape)} and by config.json {list(wanted)}; "
                    "config.json and weights belong to different models"
                )


def row_ranges(start: int, stop: int, rows: Rows, elements: int) -> Iterator[tuple[int, int]]:
    """Cut rows `start:stop` into ranges of about `elements` elements, each a whole number of `rows.step`."""
    size = max(rows.step, elements // max(math.prod(rows.shape[1:]), 1) // rows.step * rows.step)
    for first in range(start, stop, size):
        yield first, min(first + size, stop)
