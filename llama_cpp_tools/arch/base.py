"""What every architecture shares: names, hyperparameters, rotary scaling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import gguf

from llama_cpp_tools.config import ModelConfig
from llama_cpp_tools.errors import ModelError, WeightsError
from llama_cpp_tools.rows import Rows
from llama_cpp_tools.tokenizer import Vocabulary, read_vocabulary

# What every block of a pre-norm transformer with a gated feed-forward has: GGUF names without "blk.N." and suffix.
SEPARATE_QKV = ("attn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_norm", "ffn_gate", "ffn_up", "ffn_down")


class Architecture:
    """One network: how its settings and tensors are spelt in GGUF.

    `defaults` are the values transformers' config class takes where config.json is silent, only those we use.
    `blocks` are the weights each block must have.
    """

    gguf_arch: ClassVar[Any]
    defaults: ClassVar[Mapping[str, Any]] = {}
    activations: ClassVar[frozenset[str]] = frozenset({"silu"})
    blocks: ClassVar[Sequence[str]] = SEPARATE_QKV

    def __init__(self, config: ModelConfig) -> None:
        self.config = config.with_defaults(self.defaults)
        self.block_count = self.config.integer("num_hidden_layers")
        self.warnings: list[str] = []
        self._names = gguf.get_tensor_name_map(self.gguf_arch, self.block_count)
        self.check()

    @property
    def name(self) -> str:
        """llama.cpp's name of the architecture, the prefix of its metadata keys."""
        return str(gguf.MODEL_ARCH_NAMES[self.gguf_arch])

    def refuse(self, what: str) -> ModelError:
        """An error for a setting that llama.cpp's graph of this architecture does not compute."""
        return ModelError(
            f"{self.config.path}: {what}, which llama.cpp does not compute for {self.name!r} models; "
            "the converted model would give other answers than the trained one, so nothing is written"
        )

    def check(self) -> None:
        """Refuse what llama.cpp would compute differently. Raises `ModelError`."""
        activation = self.config.get("hidden_activation") or self.config.get("hidden_act")
        if activation is not None and activation not in self.activations:
            raise self.refuse(f"the activation is {activation!r}")

    # --- tensors -----------------------------------------------------------------------------------------------------

    def keep(self, name: str) -> str | None:
        """The checkpoint's tensor name in its plain spelling, or None for a tensor the text model does not need."""
        if name.endswith((".rotary_emb.inv_freq", ".attention.bias", ".attention.masked_bias")):
            return None
        if "vision" in name or "multi_modal_projector" in name:
            return None
        plain = name.replace("language_model.", "")
        return plain if plain.startswith(("model.", "lm_head.")) else f"model.{plain}"

    def gguf_name(self, name: str) -> str:
        """The GGUF name of a tensor in plain spelling. Raises `WeightsError` for one the architecture does not have."""
        mapped = self._names.get_name(name, try_suffixes=(".weight", ".bias"))
        if mapped is None:
            raise WeightsError(
                f"{self.config.path.parent}: tensor {name!r} has no place in a {self.name!r} model of "
                f"{self.block_count} layers; config.json and weights belong to different models"
            )
        return str(mapped)

    def transform(self, name: str, rows: Rows) -> Rows:
        """The tensor `name` (plain spelling) as llama.cpp expects it; most stay as they are."""
        del name
        return rows

    def extra_tensors(self) -> Iterator[tuple[str, Rows]]:
        """Tensors that are computed from the config, under their GGUF names."""
        return iter(())

    def required(self) -> set[str]:
        """The GGUF tensors without which llama.cpp does not load the model."""
        names = {"token_embd.weight", "output_norm.weight"}
        if not self.config.get("tie_word_embeddings", False):
            names.add("output.weight")
        return names | {f"blk.{i}.{part}.weight" for i in range(self.block_count) for part in self.blocks}

    # --- metadata ----------------------------------------------------------------------------------------------------

    def add_parameters(self, writer: gguf.GGUFWriter, file_type: Any) -> None:
        """Write the hyperparameters and the file type, in the order of llama.cpp's converter."""
        config = self.config
        writer.add_block_count(self.block_count)
        writer.add_context_length(config.integer("max_position_embeddings"))
        writer.add_embedding_length(config.integer("hidden_size"))
        writer.add_feed_forward_length(config.integer("intermediate_size"))
        writer.add_head_count(config.heads)
        writer.add_head_count_kv(config.kv_heads)
        self.add_rope(writer, config.rope)
        writer.add_layer_norm_rms_eps(config.number("rms_norm_eps"))
        if config.get("head_dim") is not None:
            writer.add_key_length(config.head_dim)
            writer.add_value_length(config.head_dim)
        writer.add_file_type(file_type)

    def add_rope(self, writer: gguf.GGUFWriter, rope: Mapping[str, Any]) -> None:
        """Write rotary base and scaling. Raises `ModelError` for a scaling llama.cpp has no name for."""
        kind = str(rope.get("rope_type", "default"))
        if kind == "linear":
            writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
            writer.add_rope_scaling_factor(float(rope["factor"]))
        elif kind == "yarn":
            self._add_yarn(writer, rope)
        elif kind in ("longrope", "su"):
            writer.add_rope_scaling_type(gguf.RopeScalingType.LONGROPE)
        elif kind not in ("default", "llama3"):
            raise self.refuse(f"the rotary scaling is {kind!r}")
        writer.add_rope_freq_base(float(rope.get("rope_theta", 10000.0)))

    def _add_yarn(self, writer: gguf.GGUFWriter, rope: Mapping[str, Any]) -> None:
        original = rope.get("original_max_position_embeddings") or self.config.integer("max_position_embeddings")
        writer.add_rope_scaling_type(gguf.RopeScalingType.YARN)
        writer.add_rope_scaling_factor(float(rope["factor"]))
        writer.add_rope_scaling_orig_ctx_len(int(original))
        for name, add in (
            ("extrapolation_factor", writer.add_rope_scaling_yarn_ext_factor),
            ("attention_factor", writer.add_rope_scaling_yarn_attn_factor),
            ("beta_fast", writer.add_rope_scaling_yarn_beta_fast),
            ("beta_slow", writer.add_rope_scaling_yarn_beta_slow),
        ):
            if rope.get(name) is not None:
                add(float(rope[name]))

    # --- vocabulary --------------------------------------------------------------------------------------------------

    def vocabulary(self, model_dir: Path) -> Vocabulary:
        """The tokenizer of `model_dir`, padded to the embedding's rows. Raises `TokenizerError`."""
        return read_vocabulary(model_dir, self.config.get("vocab_size"))

    def add_vocabulary(self, writer: gguf.GGUFWriter, vocabulary: Vocabulary) -> None:
        """Write the vocabulary's metadata."""
        vocabulary.write(writer)
