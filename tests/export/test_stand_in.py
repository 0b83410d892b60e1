"""A stand-in is a small file of the base's architecture with its tokenizer and chat template."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_cpp_tools.gguf_file import GGUFFile
from ragft.errors import ExportError
from ragft.export.convert import convert
from ragft.export.stand_in import LAYERS, make_stand_in
from tests.llama_cpp_tools.tiny import MODELS, write_model


@pytest.mark.parametrize("name", MODELS)
def test_every_architecture_has_one(name: str, tmp_path: Path) -> None:
    base = write_model(tmp_path / "base", name)
    made, whole = make_stand_in(base, tmp_path / "small.gguf"), tmp_path / "whole.gguf"
    convert(base, whole, outtype="f16")
    with GGUFFile(made) as small, GGUFFile(whole) as large:
        kept = {key for key in large.metadata if key.startswith("tokenizer.")} | {"general.architecture"}
        assert {key: small.metadata[key] for key in kept} == {key: large.metadata[key] for key in kept}


def test_its_size_does_not_follow_the_base(tiny_base: Path, tmp_path: Path) -> None:
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(tiny_base)
    config.num_hidden_layers, config.hidden_size, config.num_attention_heads = 80, 8192, 64
    config.intermediate_size, config.num_key_value_heads, config.head_dim = 28672, 8, 128
    config.save_pretrained(tiny_base_copy := tmp_path / "base")
    for file in tiny_base.glob("*token*"):
        (tiny_base_copy / file.name).write_bytes(file.read_bytes())
    gguf = make_stand_in(tiny_base_copy, tmp_path / "small.gguf")
    assert gguf.stat().st_size < 5_000_000
    with GGUFFile(gguf) as file:
        assert file.metadata["llama.block_count"] == LAYERS


def test_an_architecture_that_cannot_be_exported_is_refused(tiny_base: Path, tmp_path: Path) -> None:
    import json
    import shutil

    base = Path(shutil.copytree(tiny_base, tmp_path / "base"))
    config = json.loads((base / "config.json").read_text()) | {
        "model_type": "gpt2",
        "architectures": ["GPT2LMHeadModel"],
    }
    (base / "config.json").write_text(json.dumps(config))
    with pytest.raises(ExportError):
        make_stand_in(base, tmp_path / "small.gguf")
    assert not (tmp_path / "small.gguf").exists()
