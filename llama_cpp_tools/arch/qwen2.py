"""Qwen 2 and 2.5: llama's blocks with biases on query, key and value, and no reordering."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import gguf

from llama_cpp_tools.arch.base import Architecture


class Qwen2(Architecture):
    gguf_arch = gguf.MODEL_ARCH.QWEN2
    defaults: ClassVar[Mapping[str, Any]] = {"rms_norm_eps": 1e-6, "max_position_embeddings": 32768}

    def check(self) -> None:
        super().check()
        config = self.config
        if config.get("use_sliding_window", False) and config.get("sliding_window"):
            window = config.get("sliding_window")
            self.warnings.append(
                f"sliding_window {window} is not computed by llama.cpp for this architecture: answers "
                f"equal the trained model's within {window} tokens of context"
            )
