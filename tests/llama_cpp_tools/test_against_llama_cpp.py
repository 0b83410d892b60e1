"""Tensors and tokenizer arrays equal llama.cpp's own converter, bit for bit.

The digests in data/golden.json were made by that converter from the models of tiny.py; the file names its version. Its
pre-tokenizer hash knows published vocabularies only, so for the tiny byte-level vocabularies it was told the name.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llama_cpp_tools.convert import convert
from tests.llama_cpp_tools.digests import digests
from tests.llama_cpp_tools.tiny import DATA, MODELS, write_model

GOLDEN = json.loads((DATA / "golden.json").read_text())["digests"]


@pytest.mark.parametrize("name", MODELS)
def test_equals_llama_cpps_converter(name: str, tmp_path: Path) -> None:
    for dtype in ("BF16", "F16", "F32"):
        model = write_model(tmp_path / dtype, name, dtype=dtype)
        for outtype, expected in GOLDEN[name][dtype].items():
            convert(model, tmp_path / "out.gguf", outtype=outtype)
            found = digests(tmp_path / "out.gguf")
            assert found["tensors"] == expected, (dtype, outtype)
            assert found["tokenizer"] == GOLDEN[name]["tokenizer"], (dtype, outtype)


def test_shards_give_the_same_tensors(tmp_path: Path) -> None:
    whole = write_model(tmp_path / "whole", "qwen3", dtype="BF16")
    parts = write_model(tmp_path / "parts", "qwen3", dtype="BF16", shards=3)
    convert(whole, tmp_path / "whole.gguf", outtype="q8_0")
    convert(parts, tmp_path / "parts.gguf", outtype="q8_0")
    from llama_cpp_tools.inspect import diff

    assert [d for d in diff(tmp_path / "whole.gguf", tmp_path / "parts.gguf") if d.kind != "metadata"] == []


def test_the_result_does_not_depend_on_the_number_of_threads(tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "llama3")
    one = convert(model, tmp_path / "one.gguf", threads=1)
    five = convert(model, tmp_path / "five.gguf", threads=5)
    assert one.sha256 == five.sha256
