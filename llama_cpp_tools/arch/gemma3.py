"""Gemma 3: two rotary bases, five sliding-window layers to one full, norms on query and key, no soft caps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import gguf

from llama_cpp_tools.arch.gemma import Gemma
from llama_cpp_tools.config import Settings
from llama_cpp_tools.rows import LeadingRows, Rows


class Gemma3(Gemma):
    """Gemma 3, the text part (`Gemma3ForCausalLM`, `Gemma3ForConditionalGeneration`)."""

    gguf_arch = gguf.MODEL_ARCH.GEMMA3
    blocks: ClassVar[Sequence[str]] = (*Gemma.blocks, "attn_q_norm", "attn_k_norm")
    period = 6
    layers_of_27b = 62
    defaults: ClassVar[Mapping[str, Any]] = {
        **Gemma.defaults,
        "max_position_embeddings": 131072,
        "num_attention_heads": 8,
        "num_key_value_heads": 4,
        "hidden_size": 2304,
        "intermediate_size": 9216,
        "num_hidden_layers": 26,
        "vocab_size": 262208,
    }

    def check(self) -> None:
        super().check()
        if self._sees:
            self.warnings.append("the part that reads images is left out: the converted model reads text alone")
        if self.config.get("attn_logit_softcapping"):
            raise self.refuse("attn_logit_softcapping is set")
        if not self.config.texts("layer_types"):  # without them transformers makes them of the older spelling
            for name in ("sliding_window_pattern", "_sliding_window_pattern"):
                pattern = self.config.get(name)
                if pattern is not None and pattern != self.period and self._windowed:
                    raise self.refuse(f"{name} is {pattern!r} and not {self.period}")

    @property
    def _sees(self) -> bool:
        return self.config.architecture == "Gemma3ForConditionalGeneration"

    def keep(self, name: str) -> str | None:
        images = self._sees and not {"vision_tower", "multi_modal_projector"}.isdisjoint(name.split("."))
        return None if images else super().keep(name)

    @property
    def _windowed(self) -> bool:
        """Whether there are layers with a sliding window; a pattern of one has full attention everywhere."""
        return bool(self.config.get("sliding_window_pattern") != 1)

    def layer_types(self) -> list[str]:
        return super().layer_types() if self._windowed else ["full_attention"] * self.block_count

    def transform(self, name: str, rows: Rows) -> Rows:
        if name.endswith("embed_tokens.weight"):
            # Rows past the vocabulary are padding for the image tokens, which the text model does not have.
            return LeadingRows(rows, self.config.integer("vocab_size"))
        return super().transform(name, rows)

    def add_parameters(self, writer: gguf.GGUFWriter, file_type: Any) -> None:
        super().add_parameters(writer, file_type)
        if self.config.get("final_logit_softcapping"):
            writer.add_final_logit_softcapping(self.config.number("final_logit_softcapping"))
        if self._windowed:
            writer.add_sliding_window(self.config.integer("sliding_window"))

    def add_rope(self, writer: gguf.GGUFWriter, rope: Settings) -> None:
        full, sliding = self._two_bases(rope)
        if (kind := sliding.get("rope_type", "default")) != "default":
            raise self.refuse(f"the rotary scaling of sliding-window layers is {kind!r}")
        super().add_rope(writer, full)
        writer.add_rope_freq_base_swa(sliding.number("rope_theta", 10000.0))

    def _two_bases(self, rope: Settings) -> tuple[Settings, Settings]:
        """Rotary settings of full and of sliding layers; older configs spell the second `rope_local_base_freq`."""
        if "full_attention" in rope.values:
            return rope.section("full_attention"), rope.section("sliding_attention")
        local = {"rope_theta": self.config.number("rope_local_base_freq", 10000.0)}
        return replace(rope, values={"rope_theta": 1_000_000.0, **rope.values}), replace(rope, values=local)
