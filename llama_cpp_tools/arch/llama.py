"""Llama and what shares its graph: Llama 2 and 3, SmolLM2, Mistral."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import gguf

from llama_cpp_tools.arch.base import Architecture
from llama_cpp_tools.config import ModelConfig, read_json_if_there
from llama_cpp_tools.rotary import llama3_rope_factors
from llama_cpp_tools.rows import ConstantRows, PermutedRows, Rows
from llama_cpp_tools.tokenizer import Vocabulary

# SmolLM2 and Granite took over StarCoder's vocabulary; their texts do not begin with a bos token, and nothing in their
# tokenizer files says so.
_STARCODER_SIZE = 49152
_ROTATED = ("q_proj.weight", "q_proj.bias", "k_proj.weight", "k_proj.bias")


class Llama(Architecture):
    """Rotary query and key rows are reordered: ggml rotates neighbours, transformers rotates halves."""

    gguf_arch = gguf.MODEL_ARCH.LLAMA
    scalings: ClassVar[frozenset[str]] = Architecture.scalings | {"llama3"}
    defaults: ClassVar[Mapping[str, Any]] = {"rms_norm_eps": 1e-6, "max_position_embeddings": 2048}

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config.with_defaults({"head_dim": config.head_dim}))

    def check(self) -> None:
        super().check()
        config = self.config
        if config.rope.number("partial_rotary_factor", 1.0) != 1.0:
            raise self.refuse("only part of each head is rotated (partial_rotary_factor)")
        if config.architecture == "MistralForCausalLM" and config.get("sliding_window"):
            window = config.integer("sliding_window")
            if window < config.integer("max_position_embeddings"):
                self.warn_of_window(window)

    def transform(self, name: str, rows: Rows) -> Rows:
        return PermutedRows(rows, self.config.head_dim) if name.endswith(_ROTATED) else rows

    def extra_tensors(self) -> Iterator[tuple[str, Rows]]:
        rope = self.config.rope
        if rope.get("rope_type") == "llama3":
            yield "rope_freqs.weight", ConstantRows(llama3_rope_factors(rope, self.config.head_dim))

    def add_parameters(self, writer: gguf.GGUFWriter, file_type: Any) -> None:
        super().add_parameters(writer, file_type)
        writer.add_vocab_size(self.config.integer("vocab_size"))
        writer.add_rope_dimension_count(self.config.head_dim)

    def vocabulary(self, model_dir: Path) -> Vocabulary:
        flag = read_json_if_there(model_dir / "tokenizer_config.json").get("add_prefix_space")
        vocabulary = super().vocabulary(model_dir)
        return replace(vocabulary, add_space_prefix=flag) if isinstance(flag, bool) else vocabulary

    def add_vocabulary(self, writer: gguf.GGUFWriter, vocabulary: Vocabulary) -> None:
        super().add_vocabulary(writer, vocabulary)
        if len(vocabulary.tokens) == _STARCODER_SIZE and not vocabulary.special.added.get("bos", False):
            writer.add_add_bos_token(False)
