"""What every architecture shares: names, hyperparameters, rotary scaling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import gguf

from llama_cpp_tools.config import ModelConfig, Settings
from llama_cpp_tools.errors import ModelError, WeightsError
from llama_cpp_tools.rows import Rows
from llama_cpp_tools.tokenizer import Vocabulary, read_vocabulary

# What every block of a pre-norm transformer with a gated feed-forward has: GGUF names without "blk.N." and suffix.
SEPARATE_QKV = ("attn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_norm", "ffn_gate", "ffn_up", "ffn_down")

# Far beyond any model: what is larger is a damaged config, and would have us fill the memory with names.
_MOST_LAYERS, _MOST_TOKENS = 10_000, 1 << 24


class Architecture:
    """One network: how its settings and tensors are spelt in GGUF.

    `defaults` are the values transformers' config class takes where config.json is silent, only those we use.
    `blocks` are the weights each block must have, `biases` those of them that have a bias whatever the config says.
    `scalings` are the kinds of rotary scaling that can be written. `copies` are tensors that need not be written, as
    long as each is equal to the other one named. `stated` is config.json without the defaults.
    """

    gguf_arch: ClassVar[Any]
    defaults: ClassVar[Mapping[str, Any]] = {}
    activations: ClassVar[frozenset[str]] = frozenset({"silu"})
    blocks: ClassVar[Sequence[str]] = SEPARATE_QKV
    biases: ClassVar[Sequence[str]] = ()
    scalings: ClassVar[frozenset[str]] = frozenset({"default", "linear", "yarn"})
    copies: ClassVar[Mapping[str, str]] = {}

    def __init__(self, config: ModelConfig) -> None:
        self.stated = config.values
        self.config = config.with_defaults(self.defaults)
        self.block_count = self.config.integer("num_hidden_layers", most=_MOST_LAYERS)
        self.warnings: list[str] = []
        self._names = gguf.get_tensor_name_map(self.gguf_arch, self.block_count)
        self.check()

    @property
    def vocab_size(self) -> int | None:
        """Rows of the embedding, where the config tells."""
        return (
            self.config.integer("vocab_size", most=_MOST_TOKENS) if self.config.get("vocab_size") is not None else None
        )

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
        if activation is not None and str(activation) not in self.activations:
            raise self.refuse(f"the activation is {activation!r}")

    def warn_of_window(self, window: int) -> None:
        """Tell of a sliding window that llama.cpp leaves out for this architecture."""
        self.warnings.append(
            f"sliding_window {window} is not computed by llama.cpp for this architecture: answers "
            f"equal the trained model's within {window} tokens of context"
        )

    # --- tensors -----------------------------------------------------------------------------------------------------

    def keep(self, name: str) -> str | None:
        """The checkpoint's tensor name in its plain spelling, or None for a tensor the text model does not need."""
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
        parts = [*(f"{part}.weight" for part in self.blocks), *(f"{part}.bias" for part in self._biased())]
        return names | {f"blk.{i}.{part}" for i in range(self.block_count) for part in parts}

    def _biased(self) -> set[str]:
        """The parts of a block that must have a bias."""
        attention = ("attn_q", "attn_k", "attn_v", "attn_output") if self.config.get("attention_bias") else ()
        feed_forward = ("ffn_gate", "ffn_up", "ffn_down") if self.config.get("mlp_bias") else ()
        return {*self.biases, *attention, *feed_forward} & set(self.blocks)

    def shape_of(self, name: str, rows: int) -> tuple[int, ...]:
        """The shape that the GGUF tensor `name` must have by the config; `rows` are those of the embedding.

        Raises `KeyError` for a tensor that is not of the network itself, as computed ones are.
        """
        if name in ("token_embd.weight", "output.weight"):
            return rows, self.config.integer("hidden_size")
        part, _, kind = name.rpartition(".")
        shape = self._shapes()[part.rpartition(".")[2]]
        return shape[:1] if kind == "bias" else shape

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        """Shapes of the weights by their GGUF names without "blk.N." and suffix, in numpy order."""
        config = self.config
        hidden, feed = config.integer("hidden_size"), config.integer("intermediate_size")
        queries, keys = config.heads * config.head_dim, config.kv_heads * config.head_dim
        norms = ("output_norm", "attn_norm", "ffn_norm", "post_attention_norm", "post_ffw_norm")
        return {
            "attn_q": (queries, hidden),
            "attn_k": (keys, hidden),
            "attn_v": (keys, hidden),
            "attn_qkv": (queries + 2 * keys, hidden),
            "attn_output": (hidden, queries),
            "attn_q_norm": (config.head_dim,),
            "attn_k_norm": (config.head_dim,),
            "ffn_gate": (feed, hidden),
            "ffn_up": (feed, hidden),
            "ffn_down": (hidden, feed),
            **dict.fromkeys(norms, (hidden,)),
        }

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

    def add_rope(self, writer: gguf.GGUFWriter, rope: Settings) -> None:
        """Write rotary base and scaling. Raises `ModelError` for a scaling that cannot be written."""
        kind = str(rope.get("rope_type", "default"))
        if kind not in self.scalings:
            raise self.refuse(f"the rotary scaling is {kind!r}")
        if kind == "linear":
            writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
            writer.add_rope_scaling_factor(rope.number("factor"))
        elif kind == "yarn":
            self._add_yarn(writer, rope)
        writer.add_rope_freq_base(rope.number("rope_theta", 10000.0))

    def _add_yarn(self, writer: gguf.GGUFWriter, rope: Settings) -> None:
        for name in ("mscale", "mscale_all_dim"):
            if rope.get(name) is not None:
                raise self.refuse(f"the rotary scaling has {name}")
        original = self.config.integer("max_position_embeddings")
        writer.add_rope_scaling_type(gguf.RopeScalingType.YARN)
        writer.add_rope_scaling_factor(rope.number("factor"))
        writer.add_rope_scaling_orig_ctx_len(rope.integer("original_max_position_embeddings", original))
        for name, add in (
            ("extrapolation_factor", writer.add_rope_scaling_yarn_ext_factor),
            ("attention_factor", writer.add_rope_scaling_yarn_attn_factor),
            ("beta_fast", writer.add_rope_scaling_yarn_beta_fast),
            ("beta_slow", writer.add_rope_scaling_yarn_beta_slow),
        ):
            if rope.get(name) is not None:
                add(rope.number(name))

    # --- vocabulary --------------------------------------------------------------------------------------------------

    def vocabulary(self, model_dir: Path) -> Vocabulary:
        """The tokenizer of `model_dir`, padded to the embedding's rows. Raises `TokenizerError`."""
        return read_vocabulary(model_dir, self.vocab_size)

    def add_vocabulary(self, writer: gguf.GGUFWriter, vocabulary: Vocabulary) -> None:
        """Write the metadata of the vocabulary into the GGUF file."""
        vocabulary.write(writer)
