"""Whatever PEFT's save_pretrained writes is merged as PEFT merges it, or refused by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from llama_cpp_tools.convert import convert
from llama_cpp_tools.errors import AdapterError
from llama_cpp_tools.gguf_file import GGUFFile
from llama_cpp_tools.verify import verify
from tests.llama_cpp_tools.tiny import write_model

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

ATTENTION = ["q_proj", "v_proj"]
MERGED: dict[str, tuple[str, dict[str, Any]]] = {
    "head": ("llama3", {"target_modules": ["q_proj", "lm_head"]}),
    "head, DoRA": ("llama3", {"target_modules": ["q_proj", "lm_head"], "use_dora": True}),
    "embedding": ("llama3", {"target_modules": ["q_proj", "embed_tokens"]}),
    "embedding and head": ("qwen2", {"target_modules": ["embed_tokens", "lm_head"], "use_rslora": True}),
    "whole modules": ("llama3", {"target_modules": ATTENTION, "modules_to_save": ["lm_head", "embed_tokens"]}),
    "whole norms": ("gemma2", {"target_modules": ATTENTION, "modules_to_save": ["norm", "input_layernorm"]}),
    "all biases": ("llama", {"target_modules": ["q_proj", "mlp.up_proj"], "bias": "all"}),
    "biases of LoRA": ("qwen2", {"target_modules": ATTENTION, "bias": "lora_only"}),
    "patterns": (
        "qwen3",
        {
            "target_modules": "all-linear",
            "rank_pattern": {"q_proj": 2, r"layers\.1\.mlp\.up_proj": 8},
            "alpha_pattern": {"k_proj": 32, "down_proj": 3},
        },
    ),
    "rsLoRA by pattern": ("mistral", {"target_modules": ATTENTION, "use_rslora": True, "rank_pattern": {"v_proj": 9}}),
    "DoRA": ("llama", {"target_modules": "all-linear", "use_dora": True}),
    "fan_in_fan_out": ("llama3", {"target_modules": ATTENTION, "fan_in_fan_out": True}),
    "some layers": ("llama3", {"target_modules": ATTENTION, "layers_to_transform": [1]}),
    "some modules": ("llama3", {"target_modules": ATTENTION, "exclude_modules": ["model.layers.0.self_attn.q_proj"]}),
    "a pattern of targets": ("llama3", {"target_modules": r".*layers\.1\..*(q|v)_proj"}),
    "a whole feed-forward part": ("llama3", {"target_modules": ATTENTION, "modules_to_save": ["mlp"]}),
    "fused matrices": ("phi3", {"target_modules": ["qkv_proj", "gate_up_proj"]}),
    "another beginning": ("gemma3", {"target_modules": ATTENTION, "init_lora_weights": "gaussian"}),
    "MiCA": ("llama3", {"target_modules": ATTENTION, "init_lora_weights": "mica"}),
}  # fmt: skip
REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "tied head": ("llama", {"target_modules": ["lm_head"]}, "'lm_head.weight', and the base's head and embedding"),
    "tied embedding": ("qwen3", {"target_modules": ["embed_tokens"]}, "embed_tokens.*tie_word_embeddings"),
    "tied, saved whole": ("llama", {"target_modules": ATTENTION, "modules_to_save": ["embed_tokens"]}, "one matrix"),
    "tied on purpose": (
        "llama",
        {"target_modules": ATTENTION, "modules_to_save": ["embed_tokens"], "ensure_weight_tying": True},
        "one matrix",
    ),
    "Gemma's head": ("gemma2", {"target_modules": ["lm_head"]}, "lm_head.* adapts a part of the base that is not"),
    "embedding with DoRA": ("llama3", {"target_modules": ["embed_tokens"], "use_dora": True}, "DoRA on the embedding"),
    "bias in B": ("qwen2", {"target_modules": ATTENTION, "lora_bias": True}, "lora_bias is set"),
    "single tokens": ("llama3", {"target_modules": ATTENTION, "trainable_token_indices": [1, 5]}, "trainable_token_i"),
    "bare parameters": ("llama3", {"target_modules": [], "target_parameters": ["mlp.up_proj.weight"]}, "target_param"),
    "PiSSA": ("llama3", {"target_modules": ATTENTION, "init_lora_weights": "pissa"}, "'pissa', which changed the base"),
    "OLoRA": ("llama3", {"target_modules": ATTENTION, "init_lora_weights": "olora"}, "'olora', which changed the base"),
    "repeated layers": ("llama3", {"target_modules": ATTENTION, "layer_replication": [[0, 2], [0, 2]]}, "repeats laye"),
}  # fmt: skip


def saved(base: Path, folder: Path, config: Any) -> Any:
    """A model adapted by PEFT, every trained tensor random; its adapter is saved to `folder`."""
    import torch
    from peft import get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(3)
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32), config)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.requires_grad or ".lora_" in name:
                weight.add_(0.1 * torch.randn_like(weight))
    model.save_pretrained(folder)
    return model


def lora(**settings: Any) -> Any:
    from peft import LoraConfig

    return LoraConfig(**{"r": 4, "lora_alpha": 8, "task_type": "CAUSAL_LM", **settings})


# The types are tried on those that read the base's tensors in ways of their own.
TYPED = [
    (what, dtype) for what in ("head", "embedding", "all biases", "DoRA", "whole norms") for dtype in ("BF16", "F16")
]


@pytest.mark.parametrize(("what", "dtype"), [*((what, "F32") for what in MERGED), *TYPED])
def test_equals_pefts_own_merge(what: str, dtype: str, tmp_path: Path) -> None:
    """PEFT merges in float32 whatever the base is stored in, as training on a CPU and `verify` do."""
    name, settings = MERGED[what]
    base = write_model(tmp_path / "base", name, dtype=dtype)
    model = saved(base, tmp_path / "adapter", lora(**settings))
    convert(base, tmp_path / "ours.gguf", outtype="f32", lora=tmp_path / "adapter")
    result = verify(tmp_path / "ours.gguf", base, tmp_path / "adapter")
    assert result.problems == ()
    convert(_folder_of(model.merge_and_unload(), base, tmp_path / "merged"), tmp_path / "theirs.gguf", outtype="f32")
    convert(base, tmp_path / "base.gguf", outtype="f32")
    with (
        GGUFFile(tmp_path / "ours.gguf") as ours,
        GGUFFile(tmp_path / "theirs.gguf") as theirs,
        GGUFFile(tmp_path / "base.gguf") as before,
    ):
        assert list(ours.tensors) == list(theirs.tensors)
        changed = 0
        for tensor in ours.tensors:
            # Gemma's norms are float16 + 1 in the type they are stored in, as llama.cpp's converter computes them.
            rough = dtype == "F16" and tensor.endswith("norm.weight")
            np.testing.assert_allclose(
                ours.rows(tensor), theirs.rows(tensor), atol=1e-3 if rough else 3e-6, rtol=2e-6, err_msg=tensor
            )
            changed += not np.array_equal(ours.rows(tensor), before.rows(tensor))
        assert changed >= 1


@pytest.mark.parametrize("what", REFUSED)
def test_what_a_merge_cannot_hold_is_refused_by_name(what: str, tmp_path: Path) -> None:
    name, settings, message = REFUSED[what]
    base = write_model(tmp_path / "base", name)
    saved(base, tmp_path / "adapter", lora(**settings))
    with pytest.raises(AdapterError, match=message):
        convert(base, tmp_path / "out.gguf", outtype="f32", lora=tmp_path / "adapter")
    assert not list(tmp_path.glob("out*"))


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("IA3", {"target_modules": ["k_proj", "v_proj"], "feedforward_modules": []}),
        ("Vera", {"target_modules": ["q_proj"], "r": 4}),
        ("LoHa", {"target_modules": ["q_proj"], "r": 4}),
        ("LoKr", {"target_modules": ["q_proj"], "r": 4}),
        ("AdaLora", {"target_modules": ["q_proj"], "total_step": 10}),
        ("LNTuning", {"target_modules": ["norm"]}),
        ("TrainableTokens", {"token_indices": [1], "target_modules": ["embed_tokens"]}),
    ],
)
def test_other_methods_than_lora_are_refused_by_name(kind: str, settings: dict[str, Any], tmp_path: Path) -> None:
    import peft

    config = getattr(peft, f"{kind}Config")(task_type="CAUSAL_LM", **settings)
    base = write_model(tmp_path / "base", "llama3")
    saved(base, tmp_path / "adapter", config)
    named = json.loads((tmp_path / "adapter" / "adapter_config.json").read_text())["peft_type"]
    with pytest.raises(AdapterError, match=f"'{named}'; only LoRA"):
        convert(base, tmp_path / "out.gguf", lora=tmp_path / "adapter")


def test_lora_on_a_norm_is_not_even_made_by_peft(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is not supported"):
        saved(write_model(tmp_path / "base", "llama3"), tmp_path / "adapter", lora(target_modules=["input_layernorm"]))


def _folder_of(merged: Any, base: Path, folder: Path) -> Path:
    """The merged model as a folder, with the base's tokenizer and its config as it was written."""
    merged.save_pretrained(folder)
    for file in base.iterdir():
        if file.suffix != ".safetensors":
            (folder / file.name).write_bytes(file.read_bytes())
    return folder
