"""Gemma 3: two rotary bases, five sliding-window layers to one full, norms on query and key, no soft caps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import gguf

from llama_cpp_tools.arch.base import Architecture
from llama_cpp_tools.arch.gemma2 import Gemma2
from llama_cpp_tools.rows import LeadingRows, Rows


class Gemma3(Gemma2):
    gguf_arch = gguf.MODEL_ARCH.GEMMA3
    blocks: ClassVar[Sequence[str]] = (*Gemma2.blocks, "attn_q_norm", "attn_k_norm")
    period: ClassVar[int] = 6
    defaults: ClassVar[Mapping[str, Any]] = {
        "rms_norm_eps": 1e-6,
        "max_position_embeddings": 131072,
        "head_dim": 256,
        "num_attention_heads": 8,
        "num_key_value_heads": 4,
        "hidden_size": 2304,
        "intermediate_size": 9216,
        "num_hidden_layers": 26,
        "sliding_window": 4096,
        "query_pre_attn_scalar": 256,
        "vocab_size": 262208,
        "hidden_activation": "gelu_pytorch_tanh",
        "tie_word_embeddings": True,
    }

    def check(self) -> None:
        super().check()
        if self.config.get("attn_logit_softcapping"):
            raise self.refuse("attn_logit_softcapping is set")

    def keep(self, name: str) -> str | None:
        return Architecture.keep(self, name)

    def transform(self, name: str, rows: Rows) -> Rows:
        if name.endswith("embed_tokens.weight"):
            # Rows past the vocabulary are padding for the image tokens, which the text model does not have.
            return LeadingRows(rows, self.config.integer("vocab_size"))
        return super().transform(name, rows)

    def add_parameters(self, writer: gguf.GGUFWriter, file_type: Any) -> None:
        Architecture.add_parameters(self, writer, file_type)
        if cap := self.config.get("final_logit_softcapping"):
            writer.add_final_logit_softcapping(float(cap))
        if self.config.get("sliding_window_pattern") != 1:
            writer.add_sliding_window(self.config.integer("sliding_window"))

    def add_rope(self, writer: gguf.GGUFWriter, rope: Any) -> None:
        full, sliding = self._two_bases(rope)
        Architecture.add_rope(self, writer, full)
        writer.add_rope_freq_base_swa(float(sliding.get("rope_theta", 10000.0)))

    def _two_bases(self, rope: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Rotary settings of full and of sliding layers; older configs spell the second `rope_local_base_freq`."""
        if "full_attention" in rope:
            return rope["full_attention"], rope.get("sliding_attention", {})
        return {"rope_theta": 1_000_000.0, **rope}, {"rope_theta": self.config.get("rope_local_base_freq", 10000.0)}
