"""float32 rows to ggml's types, bit for bit as ggml does it.

f32, f16, bf16 and q8_0 are ours, written to work in cache-sized pieces without temporaries; the other types come
from `gguf.quants`. Every function takes rows whose last axis holds whole blocks and returns the bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gguf
import numpy as np
import numpy.typing as npt

from llama_cpp_tools.errors import ConversionError, WeightsError

QType = gguf.GGMLQuantizationType
FileType = gguf.LlamaFileType


@dataclass(frozen=True)
class OutType:
    """An `--outtype`: the type of the large matrices, of embedding and output head, and the file type's number."""

    name: str
    matrices: gguf.GGMLQuantizationType
    embeddings: gguf.GGMLQuantizationType
    file_type: gguf.LlamaFileType


# Embedding and output head: tq1_0 and tq2_0 keep them in f16 as llama.cpp's converter does. llama.cpp's quantiser keeps
# them in q6_K below q8_0; the gguf package cannot write q6_K, so the next better type it can, q8_0, is used.
OUT_TYPES: Mapping[str, OutType] = {
    t.name: t
    for t in (
        OutType("f32", QType.F32, QType.F32, FileType.ALL_F32),
        OutType("f16", QType.F16, QType.F16, FileType.MOSTLY_F16),
        OutType("bf16", QType.BF16, QType.BF16, FileType.MOSTLY_BF16),
        OutType("q8_0", QType.Q8_0, QType.Q8_0, FileType.MOSTLY_Q8_0),
        OutType("q5_1", QType.Q5_1, QType.Q8_0, FileType.MOSTLY_Q5_1),
        OutType("q5_0", QType.Q5_0, QType.Q8_0, FileType.MOSTLY_Q5_0),
        OutType("q4_1", QType.Q4_1, QType.Q8_0, FileType.MOSTLY_Q4_1),
        OutType("q4_0", QType.Q4_0, QType.Q8_0, FileType.MOSTLY_Q4_0),
        OutType("tq2_0", QType.TQ2_0, QType.F16, FileType.MOSTLY_TQ2_0),
        OutType("tq1_0", QType.TQ1_0, QType.F16, FileType.MOSTLY_TQ1_0),
    )
}


def out_type(name: str) -> OutType:
    """The `OutType` of that name. Raises `ConversionError` listing the known ones."""
    try:
        return OUT_TYPES[name.lower()]
    except KeyError:
        raise ConversionError(f"unknown type {name!r}; choose one of {', '.join(OUT_TYPES)}") from None


def fitting_type(wanted: gguf.GGMLQuantizationType, row_length: int) -> gguf.GGMLQuantizationType:
    """`wanted`, or F16 where a row is not a whole number of its blocks (llama.cpp's fallback)."""
    block, _ = gguf.GGML_QUANT_SIZES[wanted]
    return wanted if row_length % block == 0 else QType.F16


def byte_count(shape: tuple[int, ...], qtype: gguf.GGMLQuantizationType) -> int:
    """Bytes of a tensor of `shape` (numpy order) in `qtype`."""
    block, size = gguf.GGML_QUANT_SIZES[qtype]
    count = size
    for n in shape:
        count *= n
    return int(count // block)


class NotFiniteError(ValueError):
    """NaN or infinity among the rows, before or after conversion; the caller knows the tensor's name."""


def encode(rows: npt.NDArray[Any], qtype: gguf.GGMLQuantizationType) -> npt.NDArray[np.uint8]:
    """The bytes of `rows` (float32 or float16) in `qtype`, as a flat array.

    Raises `NotFiniteError` on NaN or infinity, also where the value is finite and too large for the target type.
    """
    if qtype == QType.Q8_0:
        return _q8_0(_finite(rows).astype(np.float32, copy=False))
    if qtype == QType.F32:
        encoded: npt.NDArray[Any] = _finite(rows).astype(np.float32, copy=False)
    elif qtype == QType.F16:
        with np.errstate(over="ignore"):
            encoded = _finite(rows.astype(np.float16, copy=False))
    elif qtype == QType.BF16:
        encoded = _bf16(_finite(rows).astype(np.float32, copy=False))
    else:
        encoded = _of_gguf(_finite(rows).astype(np.float32, copy=False), qtype)
    return np.ascontiguousarray(encoded).reshape(-1).view(np.uint8)


def _of_gguf(rows: npt.NDArray[np.float32], qtype: gguf.GGMLQuantizationType) -> npt.NDArray[Any]:
    """The types that the gguf package writes. It lets a scale overflow, which shows when the bytes are read again."""
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            encoded: npt.NDArray[Any] = gguf.quants.quantize(rows, qtype)
            _finite(gguf.quants.dequantize(encoded, qtype))
    except (NotImplementedError, gguf.quants.QuantError) as error:
        raise WeightsError(f"cannot write {qtype.name}: {error}; choose another type") from error
    return encoded


def _finite(rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if not np.isfinite(rows).all():
        raise NotFiniteError
    return rows


def _bf16(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.uint16]:
    """Round to nearest, ties to even, as ggml_compute_fp32_to_bf16 does; finite values only."""
    bits = rows.view(np.uint32)
    rounded = (bits + (np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1)))) >> np.uint32(16)
    if ((rounded & np.uint32(0x7F80)) == 0x7F80).any():
        raise NotFiniteError
    return rounded.astype(np.uint16)


def _q8_0(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Blocks of 32: scale d = max|x| / 127 as float16, then round(x / d) as int8, halves away from zero.

    Source: quantize_row_q8_0_ref in ggml-quants.c. The sequence of float32 operations is ggml's, so the bits are.
    """
    blocks = rows.reshape(-1, 32)
    # Without its sign bit a float32 compares as an integer, and numpy's integer maximum is three times as fast.
    magnitude = np.bitwise_and(blocks.view(np.int32), 0x7FFFFFFF)
    scale = np.maximum.reduce(magnitude, axis=1).view(np.float32)
    scale /= np.float32(127)
    # A scale too large for float16 is found here; one that is too small becomes 0, as in ggml.
    with np.errstate(over="ignore"):
        stored = _finite(scale.astype(np.float16))
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        inverse = np.where(scale == 0, np.float32(0), np.float32(1) / scale)
        scaled = np.multiply(blocks, inverse[:, None], out=magnitude.view(np.float32))
        # round half away from zero without leaving float32: whole part + whole part of twice the exact remainder
        whole = np.trunc(scaled)
        scaled -= whole
        scaled += scaled
        np.trunc(scaled, out=scaled)
        whole += scaled
    encoded = np.empty((len(blocks), 34), dtype=np.uint8)
    encoded[:, :2] = stored.view(np.uint8).reshape(-1, 2)
    with np.errstate(invalid="ignore"):
        encoded[:, 2:].view(np.int8)[...] = whole.astype(np.int8)
    return encoded.reshape(-1)
