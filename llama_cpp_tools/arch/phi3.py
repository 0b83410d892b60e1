"""Phi 3 and 4: query, key and value in one matrix, gate and up in another, long-context rotary factors."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import gguf
import numpy as np

from llama_cpp_tools.arch.base import Architecture
from llama_cpp_tools.errors import ModelError
from llama_cpp_tools.rows import ConstantRows, Rows
from llama_cpp_tools.tokenizer import MarkedToken, Vocabulary, read_vocabulary

LONG = ("longrope", "su", "yarn")
"""Names that the one long-context scaling has had; transformers takes the last two for the first."""


class Phi3(Architecture):
    """Phi 3 and Phi 4 (`Phi3ForCausalLM`)."""

    gguf_arch = gguf.MODEL_ARCH.PHI3
    blocks: ClassVar[Sequence[str]] = ("attn_norm", "attn_qkv", "attn_output", "ffn_norm", "ffn_up", "ffn_down")
    defaults: ClassVar[Mapping[str, Any]] = {
        "rms_norm_eps": 1e-5,
        "max_position_embeddings": 4096,
        "original_max_position_embeddings": 4096,
    }

    def check(self) -> None:
        super().check()
        kind = self.config.rope.get("rope_type")
        if kind != "default" and kind not in LONG:
            raise self.refuse(f"the rotary scaling is {kind!r}")
        if kind in LONG and self._long_and_short() is None:
            raise self.refuse(f"the rotary scaling is {kind!r} without long_factor and short_factor")
        if self._window and self._window < self.config.integer("max_position_embeddings"):
            self.warn_of_window(self._window)

    @property
    def _window(self) -> int:
        """The sliding window, 0 for none."""
        return self.config.integer("sliding_window") if self.config.get("sliding_window") else 0

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        feed, hidden = self.config.integer("intermediate_size"), self.config.integer("hidden_size")
        return {**super()._shapes(), "ffn_up": (2 * feed, hidden)}

    def vocabulary(self, model_dir: Path) -> Vocabulary:
        return read_vocabulary(model_dir, self.vocab_size, added=MarkedToken)

    @property
    def rotated(self) -> int:
        """Elements of a head that are rotated."""
        share = self.config.rope.number("partial_rotary_factor", 1.0)
        return int(share * self.config.integer("hidden_size")) // self.config.heads

    def add_parameters(self, writer: gguf.GGUFWriter, file_type: Any) -> None:
        config = self.config
        writer.add_context_length(config.integer("max_position_embeddings"))
        writer.add_rope_scaling_orig_ctx_len(config.rope.integer("original_max_position_embeddings"))
        writer.add_embedding_length(config.integer("hidden_size"))
        writer.add_feed_forward_length(config.integer("intermediate_size"))
        writer.add_block_count(self.block_count)
        writer.add_head_count(config.heads)
        writer.add_head_count_kv(config.kv_heads)
        writer.add_layer_norm_rms_eps(config.number("rms_norm_eps"))
        writer.add_rope_dimension_count(self.rotated)
        writer.add_rope_freq_base(config.rope.number("rope_theta", 10000.0))
        writer.add_file_type(file_type)
        writer.add_sliding_window(self._window)  # zero tells Phi 4 from Phi 3
        if self._long_and_short() is not None:
            writer.add_rope_scaling_attn_factors(self._attention_factor())

    def _attention_factor(self) -> float:
        """How much longer contexts sharpen attention. Source: the LongRoPE paper (arXiv 2402.13753), section 3."""
        rope = self.config.rope
        if rope.get("attention_factor") is not None:
            return rope.number("attention_factor")
        original = rope.integer("original_max_position_embeddings")
        scale = self.config.integer("max_position_embeddings") / original
        return math.sqrt(1 + math.log(scale) / math.log(original)) if scale > 1.0 else 1.0

    def _long_and_short(self) -> tuple[list[float], list[float]] | None:
        rope = self.config.rope
        long, short = rope.numbers("long_factor"), rope.numbers("short_factor")
        if not long:
            return None
        if not short or not len(long) == len(short) == self.rotated // 2:
            raise ModelError(
                f"{self.config.path}: long_factor and short_factor must both have {self.rotated // 2} "
                "values; the config is incomplete, download it again"
            )
        return long, short

    def extra_tensors(self) -> Iterator[tuple[str, Rows]]:
        if (factors := self._long_and_short()) is not None:
            for name, values in zip(("rope_factors_long", "rope_factors_short"), factors, strict=True):
                yield f"{name}.weight", ConstantRows(np.array(values, dtype=np.float32))
