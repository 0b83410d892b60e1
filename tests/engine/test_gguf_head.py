"""The head of a GGUF file: read right when whole, refused in one line when not."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ragft.engine.gguf_head import read_head
from ragft.errors import InputError
from tests.engine.gguf_maker import write_gguf


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_gguf(tmp_path_factory.mktemp("gguf") / "m.gguf", tensors=3, template="<think></think>{{ messages }}")


def test_what_a_file_says_of_its_model(whole: Path) -> None:
    head = read_head(whole)
    assert head.architecture == "llama"
    assert head.context_length == 1024
    assert head.quantization == "Q8_0"
    assert head.template == "<think></think>{{ messages }}"
    assert (head.tensors, head.parameters) == (3, 3 * 64)
    assert head.metadata["tokenizer.ggml.tokens"] == 3
    assert not head.is_adapter


def test_an_adapter_is_distinguished_from_a_model(tmp_path: Path) -> None:
    assert read_head(write_gguf(tmp_path / "a.gguf", kind="adapter")).is_adapter


def test_a_real_model(smollm2: Path) -> None:
    head = read_head(smollm2)
    assert (head.architecture, head.quantization, head.context_length) == ("llama", "Q4_1", 8192)
    assert head.parameters == 134_515_008


def test_a_file_cut_short_anywhere_is_refused(whole: Path, tmp_path: Path) -> None:
    data = whole.read_bytes()
    cut = tmp_path / "cut.gguf"
    for length in [*range(0, len(data) - 256, 7), len(data) - 1]:
        cut.write_bytes(data[:length])
        with pytest.raises(InputError):
            read_head(cut)


def test_a_tensor_of_a_newer_type_is_no_damage(whole: Path, tmp_path: Path) -> None:
    data = bytearray(whole.read_bytes())
    name = b"blk.0.weight"
    struct.pack_into("<I", data, data.index(name) + len(name) + 4 + 2 * 8, 999)  # after the number of its two sizes
    newer = tmp_path / "newer.gguf"
    newer.write_bytes(data)
    with pytest.raises(InputError, match="unknown type 999"):
        read_head(newer)


def test_what_is_no_gguf_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.gguf").write_text("<html>Not found</html>")
    with pytest.raises(InputError, match="not a GGUF file"):
        read_head(tmp_path / "x.gguf")
    with pytest.raises(InputError, match="no file"):
        read_head(tmp_path / "none.gguf")
    os.mkfifo(tmp_path / "pipe.gguf")
    for name in ("pipe.gguf", "."):
        with pytest.raises(InputError, match="is not a file"):
            read_head(tmp_path / name)
    with pytest.raises(InputError):
        read_head(tmp_path)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(4, 400), st.integers(0, 255)), min_size=1, max_size=8))
def test_flipped_bytes_never_raise_anything_else(whole: Path, tmp_path: Path, flips: list[tuple[int, int]]) -> None:
    data = bytearray(whole.read_bytes())
    for place, value in flips:
        data[place] = value
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(data)
    try:
        head = read_head(damaged)
    except InputError:
        return
    assert head.context_length >= 0
