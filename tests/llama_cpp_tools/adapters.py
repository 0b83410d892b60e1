"""LoRA adapter folders written by hand, in PEFT's layout."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from llama_cpp_tools.convert import convert
from llama_cpp_tools.errors import AdapterError
from llama_cpp_tools.lora import convert_lora
from tests.llama_cpp_tools.tiny import (
    FEED,
    HEADS,
    HIDDEN,
    KV_HEADS,
    WIDTH,
    random_tensor,
    write_model,
    write_safetensors,
)

_FACTOR = re.compile(r"(?:base_model\.model\.)?(.+?)\.(?:lora_|base_layer\.)")
PROJECTIONS = {
    "self_attn.q_proj": (HEADS * WIDTH, HIDDEN),
    "self_attn.k_proj": (KV_HEADS * WIDTH, HIDDEN),
    "self_attn.v_proj": (KV_HEADS * WIDTH, HIDDEN),
    "self_attn.o_proj": (HIDDEN, HEADS * WIDTH),
    "mlp.gate_proj": (FEED, HIDDEN),
    "mlp.up_proj": (FEED, HIDDEN),
    "mlp.down_proj": (HIDDEN, FEED),
}


def assert_refused(message: str, folder: Path, **settings: Any) -> None:
    """Assert that an adapter of these settings is neither merged nor converted, and that nothing is written."""
    base = write_model(folder / "base", "llama")
    adapter = write_adapter(folder / "adapter", **settings)
    for attempt in (
        lambda: convert(base, folder / "out.gguf", lora=adapter),
        lambda: convert_lora(adapter, base, folder / "out.gguf"),
    ):
        with pytest.raises(AdapterError, match=message):
            attempt()
    assert [file for file in folder.iterdir() if file.is_file()] == []


def write_adapter(
    folder: Path,
    *,
    rank: int = 4,
    layers: Sequence[int] = (0, 1),
    dora: bool = False,
    ranks: Mapping[str, int] | None = None,
    extra: Mapping[str, np.ndarray] | None = None,
    **config: Any,
) -> Path:
    """An adapter on all seven projections of `layers`; `ranks` by projection, `extra` tensors and settings besides.

    Its targets are the modules that it has factors of, unless `config` says otherwise.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tensors = dict(extra or {})
    for layer in layers:
        for name, (out, width) in PROJECTIONS.items():
            r = (ranks or {}).get(name.rpartition(".")[2], rank)
            prefix = f"base_model.model.model.layers.{layer}.{name}"
            tensors[f"{prefix}.lora_A.weight"] = random_tensor(f"{prefix}A", (r, width))
            tensors[f"{prefix}.lora_B.weight"] = random_tensor(f"{prefix}B", (out, r))
            if dora:
                tensors[f"{prefix}.lora_magnitude_vector"] = 1 + random_tensor(f"{prefix}m", (out,))
    write_safetensors(folder / "adapter_model.safetensors", tensors, "F32")
    (folder / "adapter_config.json").write_text(
        json.dumps(
            {
                "peft_type": "LORA",
                "base_model_name_or_path": "base",
                "r": rank,
                "lora_alpha": 8,
                "use_dora": dora,
                "target_modules": sorted({found[1] for name in tensors if (found := _FACTOR.match(name))}),
                **config,
            }
        )
    )
    return folder
