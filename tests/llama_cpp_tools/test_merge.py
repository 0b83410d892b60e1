"""Merging while streaming gives what PEFT's merge_and_unload gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from llama_cpp_tools.convert import convert
from llama_cpp_tools.errors import AdapterError
from llama_cpp_tools.gguf_file import GGUFFile
from llama_cpp_tools.lora import convert_lora
from llama_cpp_tools.merge import LowRankFactors
from tests.llama_cpp_tools.adapters import assert_refused, write_adapter
from tests.llama_cpp_tools.engine import LlamaCpp
from tests.llama_cpp_tools.test_logits import IDS
from tests.llama_cpp_tools.tiny import random_tensor, write_model

VARIANTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "rslora": {"use_rslora": True},
    "patterns": {
        "ranks": {"q_proj": 2, "up_proj": 8},
        "rank_pattern": {"q_proj": 2, r"layers\.\d+\.mlp\.up_proj": 8},
        "alpha_pattern": {"k_proj": 32},
    },
    "dora": {"dora": True},
    "one layer": {"layers": (1,)},
}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("variant", VARIANTS)
def test_equals_pefts_merge(variant: str, tmp_path: Path) -> None:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    base = write_model(tmp_path / "base", "llama3")
    adapter = write_adapter(tmp_path / "adapter", **VARIANTS[variant])
    convert(base, tmp_path / "ours.gguf", outtype="f32", lora=adapter)
    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32), adapter)
    merged = model.merge_and_unload()
    for file in base.iterdir():
        if file.suffix != ".safetensors":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    merged.save_pretrained(tmp_path)
    convert(tmp_path, tmp_path / "theirs.gguf", outtype="f32")
    with GGUFFile(tmp_path / "ours.gguf") as ours, GGUFFile(tmp_path / "theirs.gguf") as theirs:
        assert list(ours.tensors) == list(theirs.tensors)
        for name in ours.tensors:
            np.testing.assert_allclose(ours.rows(name), theirs.rows(name), atol=2e-6, rtol=1e-6, err_msg=name)


def test_merge_by_hand_from_bfloat16_is_done_in_float32(tmp_path: Path) -> None:
    base = write_model(tmp_path / "base", "qwen3", dtype="BF16")
    adapter = write_adapter(tmp_path / "adapter")
    convert(base, tmp_path / "out.gguf", outtype="f32", lora=adapter)
    weight = random_tensor("model.layers.0.mlp.up_proj.weight", (80, 64))
    stored = (weight.view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32)
    prefix = "base_model.model.model.layers.0.mlp.up_proj"
    expected = stored + 2.0 * random_tensor(f"{prefix}B", (80, 4)) @ random_tensor(f"{prefix}A", (4, 64))
    with GGUFFile(tmp_path / "out.gguf") as file:
        np.testing.assert_allclose(file.rows("blk.0.ffn_up.weight"), expected, atol=1e-6)
        assert not np.array_equal(file.rows("blk.0.ffn_up.weight"), stored)


@pytest.mark.parametrize(("rank", "columns"), [(16, 576), (8, 1536), (3, 4_000)])
@pytest.mark.parametrize("start", [0, 1, 113, 1024, 1535])
@pytest.mark.parametrize("dora", [False, True], ids=["lora", "dora"])
def test_rows_are_the_same_bits_whatever_range_they_are_merged_in(
    dora: bool, start: int, rank: int, columns: int
) -> None:
    magnitude = random_tensor("M", (1536,)) if dora else None
    factors = LowRankFactors(random_tensor("A", (rank, columns)), random_tensor("B", (1536, rank)), magnitude)
    base = random_tensor("W", (1536, 1)).repeat(columns, axis=1)
    whole = factors.merge(base, 0)
    part = factors.merge(base[start : start + 113], start)
    assert part.tobytes() == whole[start : start + 113].tobytes()


def test_a_whole_replaced_module_is_taken_over(tmp_path: Path) -> None:
    base = write_model(tmp_path / "base", "llama3")
    with GGUFFile(Path(convert(base, tmp_path / "base.gguf", outtype="f32").path)) as file:
        rows = file.tensors["output.weight"].shape[0]
    head = random_tensor("new head", (rows, 64))
    adapter = write_adapter(
        tmp_path / "adapter", extra={"base_model.model.lm_head.weight": head}, modules_to_save=["lm_head"]
    )
    convert(base, tmp_path / "out.gguf", outtype="f32", lora=adapter)
    with GGUFFile(tmp_path / "out.gguf") as file:
        np.testing.assert_array_equal(file.rows("output.weight"), head)


HEAD = {
    f"base_model.model.lm_head.lora_{part}.weight": random_tensor(part, shape)
    for part, shape in (("A", (4, 64)), ("B", (267, 4)))
}
NARROW = {
    "base_model.model.model.layers.0.mlp.up_proj.lora_A.weight": np.ones((4, 32), np.float32),
    "base_model.model.model.layers.0.mlp.up_proj.lora_B.weight": np.ones((80, 4), np.float32),
}
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "another base": ({"layers": (0, 7)}, "trained on another base"),
    "another width": ({"layers": (), "extra": NARROW}, r"is \[80, 32\] there and \[80, 64\] in .*another base"),
    "wrong rank": ({"r": 8}, "says rank 8"),
    "not LoRA": ({"peft_type": "IA3"}, "only LoRA"),
    "tied head": ({"extra": HEAD}, "lm_head.*(tie_word_embeddings|embedding and head)"),
    "PiSSA": ({"init_lora_weights": "pissa"}, "changed the base weights"),
    "lora_bias": ({"lora_bias": True}, "no place"),
    "DoRA without magnitudes": ({"use_dora": True}, "lacks a DoRA"),
    "alpha missing": ({"lora_alpha": None}, "lora_alpha is None"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_an_adapter_that_does_not_fit_is_refused(what: str, tmp_path: Path) -> None:
    settings, message = REFUSED[what]
    assert_refused(message, tmp_path, **settings)


def test_an_adapter_with_a_nan_is_refused_by_name(tmp_path: Path) -> None:
    base = write_model(tmp_path / "base", "llama")
    broken = {
        "base_model.model.model.layers.1.mlp.up_proj.lora_A.weight": np.full((4, 64), np.nan, np.float32),
        "base_model.model.model.layers.1.mlp.up_proj.lora_B.weight": np.ones((80, 4), np.float32),
    }
    adapter = write_adapter(tmp_path / "adapter", layers=(0,), extra=broken)
    with pytest.raises(AdapterError, match=r"layers\.1\.mlp\.up_proj\.lora_A\.weight' holds NaN"):
        convert(base, tmp_path / "out.gguf", lora=adapter)
    assert not list(tmp_path.glob("out*"))


def test_an_adapter_that_names_another_base_of_the_same_shapes_is_warned_of(tmp_path: Path) -> None:
    adapter = write_adapter(tmp_path / "adapter")  # it names "base"
    one, other = write_model(tmp_path / "base", "llama"), write_model(tmp_path / "another", "llama")
    assert convert(one, tmp_path / "out.gguf", lora=adapter).warnings == ()
    for result in (
        convert(other, tmp_path / "out.gguf", lora=adapter),
        convert_lora(adapter, other, tmp_path / "adapter.gguf"),
    ):
        (warning,) = result.warnings
        assert "was trained on 'base' and is applied to" in warning


def test_dora_cannot_be_a_gguf_adapter(tmp_path: Path) -> None:
    base = write_model(tmp_path / "base", "llama")
    adapter = write_adapter(tmp_path / "adapter", dora=True)
    with pytest.raises(AdapterError, match="DoRA scales rows"):
        convert_lora(adapter, base, tmp_path / "out.gguf")


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["plain", "rslora", "patterns"])
def test_the_gguf_adapter_over_the_base_answers_as_the_merged_model(variant: str, tmp_path: Path) -> None:
    base = write_model(tmp_path / "base", "llama3")
    adapter = write_adapter(tmp_path / "adapter", **VARIANTS[variant])
    vocab_size = 256 + 8 + 3
    convert(base, tmp_path / "base.gguf", outtype="f32")
    convert(base, tmp_path / "merged.gguf", outtype="f32", lora=adapter)
    convert_lora(adapter, base, tmp_path / "adapter.gguf", outtype="f32")
    with LlamaCpp(tmp_path / "merged.gguf") as engine:
        merged = engine.log_probabilities(IDS, vocab_size)
    with LlamaCpp(tmp_path / "base.gguf", lora=tmp_path / "adapter.gguf") as engine:
        beside = engine.log_probabilities(IDS, vocab_size)
    with LlamaCpp(tmp_path / "base.gguf") as engine:
        untuned = engine.log_probabilities(IDS, vocab_size)
    np.testing.assert_allclose(beside, merged, atol=5e-5)
    assert np.abs(untuned - merged).max() > 0.01
