"""Our encoders give gguf's bytes, and llama.cpp's fallbacks where blocks do not fit."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from llama_cpp_tools.convert import convert
from llama_cpp_tools.errors import ConversionError
from llama_cpp_tools.gguf_file import GGUFFile
from llama_cpp_tools.quantize import OUT_TYPES, NotFiniteError, QType, encode, out_type
from tests.llama_cpp_tools.tiny import random_tensor, write_model

OURS = [QType.F32, QType.F16, QType.BF16, QType.Q8_0]
# Blocks whose scale would be subnormal quantise to undefined bytes in ggml itself; none occur in a model.
FLOATS = st.one_of(st.just(0.0), st.floats(2.0**-99, 6e4, width=32), st.floats(-6e4, -(2.0**-99), width=32))


@settings(max_examples=60)
@given(arrays(np.float32, (3, 64), elements=FLOATS))
def test_equals_gguf_bit_for_bit(rows: np.ndarray) -> None:
    for qtype in OURS:
        expected = np.ascontiguousarray(gguf.quants.quantize(rows, qtype)).reshape(-1).view(np.uint8)
        np.testing.assert_array_equal(encode(rows.copy(), qtype), expected, err_msg=qtype.name)


def test_halves_round_away_from_zero() -> None:
    """With a largest value of 127 the scale is 1, so halves are exact."""
    row = np.zeros((1, 32), np.float32)
    row[0, :9] = [127, 0.5, -0.5, 1.5, -1.5, 2.5, 0.49999997, -0.49999997, 126.5]
    encoded = encode(row, QType.Q8_0)[2:].view(np.int8)
    assert encoded[:9].tolist() == [127, 1, -1, 2, -2, 3, 0, 0, 127]


@pytest.mark.parametrize("qtype", OURS)
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_not_finite_is_refused(qtype: int, value: float) -> None:
    rows = np.zeros((2, 32), np.float32)
    rows[1, 31] = value
    with pytest.raises(NotFiniteError):
        encode(rows, qtype)


def test_values_that_round_to_infinity_are_refused() -> None:
    for qtype in (*OURS[1:], QType.Q4_0, QType.Q4_1, QType.Q5_0, QType.Q5_1, QType.TQ1_0, QType.TQ2_0):
        with pytest.raises(NotFiniteError):
            encode(np.full((1, 256), np.finfo(np.float32).max), qtype)
        encode(np.full((1, 256), 1e4, np.float32), qtype)


@pytest.mark.parametrize("outtype", OUT_TYPES)
def test_every_outtype_loses_no_more_than_its_step(outtype: str, tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "qwen3")
    convert(model, tmp_path / "out.gguf", outtype=outtype)
    steps = {"f32": 0, "f16": 1e-3, "bf16": 8e-3, "q8_0": 0.01, "q5_1": 0.05, "q5_0": 0.07, "q4_1": 0.08, "q4_0": 0.12}
    with GGUFFile(tmp_path / "out.gguf") as file:
        assert file.metadata["general.file_type"] == OUT_TYPES[outtype].file_type
        assert file.tensors["blk.0.ffn_up.weight"].qtype == (
            QType.F16 if outtype.startswith("tq") else OUT_TYPES[outtype].matrices
        )  # 64 is no multiple of 256
        expected = random_tensor("model.layers.0.mlp.up_proj.weight", (80, 64))
        error = np.linalg.norm(file.rows("blk.0.ffn_up.weight") - expected) / np.linalg.norm(expected)
        assert error <= steps.get(outtype, 1e-3)


def test_rows_that_are_no_whole_blocks_become_float16(tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "qwen3")
    convert(model, tmp_path / "out.gguf", outtype="q8_0")
    with GGUFFile(tmp_path / "out.gguf") as file:
        types = {name: tensor.qtype for name, tensor in file.tensors.items()}
    assert types["blk.0.ffn_down.weight"] == QType.F16  # rows of 80
    assert types["blk.0.ffn_up.weight"] == QType.Q8_0
    assert types["blk.0.attn_norm.weight"] == types["output_norm.weight"] == QType.F32


def test_an_unknown_outtype_lists_the_known() -> None:
    with pytest.raises(ConversionError, match=r"q4_k.*choose one of f32, f16, bf16, q8_0"):
        out_type("q4_k")
