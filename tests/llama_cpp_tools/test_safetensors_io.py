"""A safetensors file is read by the rules of the format, or refused: no tensor is taken for another or left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from llama_cpp_tools.convert import convert
from llama_cpp_tools.errors import WeightsError
from llama_cpp_tools.safetensors_io import Checkpoint, SafetensorsFile
from tests.llama_cpp_tools.tiny import write_model, write_safetensors

Header = dict[str, dict[str, Any]]
TENSORS = {"a": np.ones((2, 3), np.float32), "b": np.full((3,), 2, np.float32)}


def rewritten(path: Path, change: Callable[[Header], str | None], data: Callable[[bytes], bytes] = bytes) -> Path:
    """The file with its header changed in place, or replaced by the text that `change` returns."""
    content = path.read_bytes()
    begin = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:begin])
    text = (change(header) or json.dumps(header)).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data(content[begin:]))
    return path


def set_shape(*shape: Any) -> Callable[[Header], None]:
    return lambda header: header["a"].update(shape=list(shape))


def set_place(name: str, begin: Any, end: Any) -> Callable[[Header], None]:
    return lambda header: header[name].update(data_offsets=[begin, end])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (set_shape(float("inf"), 3), "impossible shape"),
        (set_shape(2.0, 3.0), "impossible shape"),
        (set_shape("2", "3"), "impossible shape"),
        (set_shape(True, 6), "impossible shape"),
        (set_shape(-2, -3), "impossible shape"),
        (set_shape(2, 4), "its shape .* needs another number"),
        (set_place("a", "0", 24), "impossible shape or offset"),
        (set_place("b", 0, 12), "'b' begins at .* and the one before it ends at|'a' begins at"),
        (set_place("b", 28, 40), "'b' begins at"),
        (lambda header: json.dumps(header)[:-1] + f', "a": {json.dumps(header["a"])}}}', "'a' stands in it twice"),
    ],
)
def test_a_header_that_lies_is_refused(change: Callable[[Header], str | None], message: str, tmp_path: Path) -> None:
    write_safetensors(tmp_path / "x.safetensors", TENSORS, "F32")
    with pytest.raises(WeightsError, match=f"header is damaged .*({message})"):
        SafetensorsFile(rewritten(tmp_path / "x.safetensors", change))


def test_bytes_that_belong_to_no_tensor_are_an_error(tmp_path: Path) -> None:
    write_safetensors(tmp_path / "x.safetensors", TENSORS, "F32")
    with pytest.raises(WeightsError, match="5 bytes at its end belong to no tensor"):
        SafetensorsFile(rewritten(tmp_path / "x.safetensors", lambda _: None, lambda data: data + b"extra"))


def test_a_tensor_of_another_type_may_not_reach_past_the_end_either(tmp_path: Path) -> None:
    write_safetensors(tmp_path / "x.safetensors", {"a": TENSORS["a"]}, "F32")

    def change(header: Header) -> None:
        header["a"] |= {"dtype": "I64", "data_offsets": [0, 48]}

    with pytest.raises(WeightsError, match="cut short"):
        SafetensorsFile(rewritten(tmp_path / "x.safetensors", change))


@pytest.mark.parametrize("name", ["model.embed_tokens.weight", "model.layers.0.self_attn.q_proj.weight"])
def test_a_single_number_in_the_place_of_a_matrix_is_an_error(name: str, tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "llama3")
    with Checkpoint(model) as checkpoint:
        tensors = {stored.name: stored.read(0, stored.shape[0]) for stored in checkpoint}
    write_safetensors(model / "model.safetensors", {**tensors, name: np.float32(1)}, "F32")  # type: ignore[dict-item]
    with pytest.raises(WeightsError, match=f"{name}' is a single number"):
        convert(model, tmp_path / "out.gguf")
    assert not list(tmp_path.glob("out*"))


def test_a_file_name_of_an_index_that_no_disk_has_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": "b\0c"}}))
    with pytest.raises(WeightsError, match="cannot be opened"):
        Checkpoint(tmp_path)
