"""What Gemma 2 and 3 share: norms stored as weight - 1, four norms a block, some layers with a sliding window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import gguf

from llama_cpp_tools.arch.base import SEPARATE_QKV, Architecture
from llama_cpp_tools.rows import Rows, ShiftedRows
from llama_cpp_tools.tokenizer import Vocabulary


class Gemma(Architecture):
    """`period`: llama.cpp takes every period-th layer as one with full attention; the config must agree.

    `layers_of_27b`: the depth by which llama.cpp knows the largest model, whose attention is scaled otherwise.
    """

    activations = frozenset({"gelu_pytorch_tanh"})
    blocks: ClassVar[Sequence[str]] = (*SEPARATE_QKV, "post_attention_norm", "post_ffw_norm")
    period: ClassVar[int]
    layers_of_27b: ClassVar[int]
    defaults: ClassVar[Mapping[str, Any]] = {
        "rms_norm_eps": 1e-6,
        "head_dim": 256,
        "sliding_window": 4096,
        "query_pre_attn_scalar": 256,
        "hidden_activation": "gelu_pytorch_tanh",
        "tie_word_embeddings": True,
    }

    def check(self) -> None:
        super().check()
        config = self.config
        width = config.integer("hidden_size") // config.heads
        scale = width if self.block_count == self.layers_of_27b else config.head_dim
        if config.number("query_pre_attn_scalar") != scale:
            raise self.refuse(f"query_pre_attn_scalar is {config.get('query_pre_attn_scalar')} and not {scale}")
        if config.get("use_bidirectional_attention"):
            raise self.refuse("attention is bidirectional")
        kinds = config.texts("layer_types")
        if kinds and kinds != self.layer_types():
            raise self.refuse(f"layer_types differ from one full attention layer in {self.period}")

    def layer_types(self) -> list[str]:
        """The kind of each layer's attention as llama.cpp has it."""
        return [("sliding_attention", "full_attention")[(i + 1) % self.period == 0] for i in range(self.block_count)]

    def transform(self, name: str, rows: Rows) -> Rows:
        return ShiftedRows(rows, 1.0) if name.endswith("norm.weight") else rows

    def add_vocabulary(self, writer: gguf.GGUFWriter, vocabulary: Vocabulary) -> None:
        super().add_vocabulary(writer, vocabulary)
        if vocabulary.model == "llama":
            writer.add_add_space_prefix(False)
