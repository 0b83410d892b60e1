"""Qwen 2 and 2.5: llama's blocks with biases on query, key and value, and no reordering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import gguf

from llama_cpp_tools.arch.base import Architecture


class Qwen2(Architecture):
    """Qwen 2 and 2.5 (`Qwen2ForCausalLM`)."""

    gguf_arch = gguf.MODEL_ARCH.QWEN2
    biases: ClassVar[Sequence[str]] = ("attn_q", "attn_k", "attn_v")
    defaults: ClassVar[Mapping[str, Any]] = {"rms_norm_eps": 1e-6, "max_position_embeddings": 32768}

    def check(self) -> None:
        super().check()
        if self.config.get("use_sliding_window", False) and self.config.get("sliding_window"):
            self.warn_of_window(self.config.integer("sliding_window"))
