"""Gemma 2: soft-capped logits, every other layer with a sliding window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import gguf

from llama_cpp_tools.arch.gemma import Gemma
from llama_cpp_tools.config import Settings


class Gemma2(Gemma):
    """How a Gemma 2 model (`Gemma2ForCausalLM`) is written to GGUF."""

    gguf_arch = gguf.MODEL_ARCH.GEMMA2
    period = 2
    layers_of_27b = 46
    copies: ClassVar[Mapping[str, str]] = {
        "lm_head.weight": "model.embed_tokens.weight"
    }  # llama.cpp has no head for it
    defaults: ClassVar[Mapping[str, Any]] = {
        **Gemma.defaults,
        "max_position_embeddings": 8192,
        "attn_logit_softcapping": 50.0,
        "final_logit_softcapping": 30.0,
    }

    def check(self) -> None:
        super().check()
        for name in ("attn_logit_softcapping", "final_logit_softcapping", "sliding_window"):
            if name in self.stated and not self.stated[name]:  # null or 0: llama.cpp's graph has no switch for it
                raise self.refuse(f"{name} is switched off")

    def keep(self, name: str) -> str | None:
        return None if name in self.copies else super().keep(name)

    def add_parameters(self, writer: gguf.GGUFWriter, file_type: Any) -> None:
        super().add_parameters(writer, file_type)
        writer.add_attn_logit_softcapping(self.config.number("attn_logit_softcapping"))
        writer.add_final_logit_softcapping(self.config.number("final_logit_softcapping"))
        writer.add_sliding_window(self.config.integer("sliding_window"))

    def add_rope(self, writer: gguf.GGUFWriter, rope: Settings) -> None:
        # llama.cpp's converter leaves the base at ggml's default, 10000, which is Gemma 2's; any other is written.
        if rope.get("rope_type") != "default" or rope.number("rope_theta", 10000.0) != 10000.0:
            super().add_rope(writer, rope)
