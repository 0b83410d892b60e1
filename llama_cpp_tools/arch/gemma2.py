"""Gemma 2: norms stored as weight - 1, soft-capped logits, every other layer with a sliding window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import gguf

from llama_cpp_tools.arch.base import SEPARATE_QKV, Architecture
from llama_cpp_tools.rows import Rows, ShiftedRows
from llama_cpp_tools.tokenizer import Vocabulary

LAYERS_OF_27B = {"gemma2": 46, "gemma3": 62}


class Gemma2(Architecture):
    """`period`: llama.cpp takes every period-th layer as one with full attention; the config must agree."""

    gguf_arch = gguf.MODEL_ARCH.GEMMA2
    activations = frozenset({"gelu_pytorch_tanh"})
    blocks: ClassVar[Sequence[str]] = (*SEPARATE_QKV, "post_attention_norm", "post_ffw_norm")
    period: ClassVar[int] = 2
    defaults: ClassVar[Mapping[str, Any]] = {
        "rms_norm_eps": 1e-6,
        "max_position_embeddings": 8192,
        "head_dim": 256,
        "sliding_window": 4096,
        "attn_logit_softcapping": 50.0,
        "final_logit_softcapping": 30.0,
        "query_pre_attn_scalar": 256,
        "hidden_activation": "gelu_pytorch_tanh",
        "tie_word_embeddings": True,
    }

    def check(self) -> None:
        super().check()
        config = self.config
        width = config.integer("hidden_size") // config.heads
        scale = width if self.block_count == LAYERS_OF_27B[self.name] else config.head_dim
        if config.number("query_pre_attn_scalar") != scale:
            raise self.refuse(f"query_pre_attn_scalar is {config.get('query_pre_attn_scalar')} and not {scale}")
        if config.get("use_bidirectional_attention"):
            raise self.refuse("attention is bidirectional")
        kinds = config.get("layer_types")
        if config.get("sliding_window") and kinds and list(kinds) != self.layer_types():
            raise self.refuse(f"layer_types differ from one full attention layer in {self.period}")

    def layer_types(self) -> list[str]:
        """The kind of each layer's attention as llama.cpp has it."""
        return [("sliding_attention", "full_attention")[(i + 1) % self.period == 0] for i in range(self.block_count)]

    def keep(self, name: str) -> str | None:
        # The head is the embedding; checkpoints that store it again store a copy.
        return None if name == "lm_head.weight" else super().keep(name)

    def transform(self, name: str, rows: Rows) -> Rows:
        return ShiftedRows(rows, 1.0) if name.endswith("norm.weight") else rows

    def add_parameters(self, writer: gguf.GGUFWriter, file_type: Any) -> None:
        super().add_parameters(writer, file_type)
        writer.add_attn_logit_softcapping(self.config.number("attn_logit_softcapping"))
        writer.add_final_logit_softcapping(self.config.number("final_logit_softcapping"))
        writer.add_sliding_window(self.config.integer("sliding_window"))

    def add_rope(self, writer: gguf.GGUFWriter, rope: Any) -> None:
        # llama.cpp's converter leaves the base at ggml's default, 10000, which is Gemma 2's; any other is written.
        if rope.get("rope_type") != "default" or rope.get("rope_theta", 10000.0) != 10000.0:
            super().add_rope(writer, rope)

    def add_vocabulary(self, writer: gguf.GGUFWriter, vocabulary: Vocabulary) -> None:
        super().add_vocabulary(writer, vocabulary)
        if vocabulary.model == "llama":
            writer.add_add_space_prefix(False)
