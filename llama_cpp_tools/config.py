"""What config.json says, with the gaps filled the way transformers fills them.

A config lists only what differs from its class's defaults, in spellings that changed over the years; the rest of the
package sees one spelling and no gaps.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llama_cpp_tools.errors import ModelError


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in `path`. Raises `ModelError` when it is missing or not an object."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ModelError(f"{path}: missing; point to a folder saved by save_pretrained") from None
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: cannot be read ({error}); download or copy it again") from error
    if not isinstance(content, dict):
        raise ModelError(f"{path}: not a JSON object; download or copy it again")
    return content


def read_json_if_there(path: Path) -> dict[str, Any]:
    """The JSON object in `path`, empty when there is no such file."""
    return read_json(path) if path.is_file() else {}


@dataclass(frozen=True)
class ModelConfig:
    """A model's settings: the text part of config.json over the architecture's defaults."""

    path: Path
    architecture: str
    values: Mapping[str, Any]

    def get(self, name: str, default: Any = None) -> Any:
        """The setting `name`; `default` when it is absent or null."""
        value = self.values.get(name)
        return default if value is None else value

    def integer(self, name: str) -> int:
        """The setting `name`, which must be a positive whole number. Raises `ModelError`."""
        value = self.values.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
            raise ModelError(
                f"{self.path}: {name} is {value!r}, not a positive whole number; "
                "the config is incomplete, download it again"
            )
        return value

    def number(self, name: str) -> float:
        """The setting `name`, which must be a number. Raises `ModelError`."""
        value = self.values.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise ModelError(
                f"{self.path}: {name} is {value!r}, not a number; the config is incomplete, download it again"
            )
        return float(value)

    def with_defaults(self, defaults: Mapping[str, Any]) -> ModelConfig:
        """The same with `defaults` where this one is silent."""
        present = {name: value for name, value in self.values.items() if value is not None}
        return ModelConfig(self.path, self.architecture, {**defaults, **present})

    @property
    def heads(self) -> int:
        """Query heads."""
        return self.integer("num_attention_heads")

    @property
    def kv_heads(self) -> int:
        """Key and value heads; as many as query heads when the config is silent."""
        return self.integer("num_key_value_heads") if self.get("num_key_value_heads") is not None else self.heads

    @property
    def head_dim(self) -> int:
        """Width of one head: its own setting, or hidden size / heads."""
        if self.get("head_dim") is not None:
            return self.integer("head_dim")
        return self.integer("hidden_size") // self.heads

    @property
    def rope(self) -> dict[str, Any]:
        """Rotary settings in today's spelling: `rope_type`, `rope_theta`, and what the type needs besides.

        Older configs have `rope_theta` and `rope_scaling` with `type` in place of `rope_parameters`.
        """
        rope = dict(self.get("rope_parameters") or self.get("rope_scaling") or {})
        rope.setdefault("rope_type", rope.get("type", "default"))
        for name in ("rope_theta", "partial_rotary_factor", "original_max_position_embeddings"):
            if rope.get(name) is None and self.get(name) is not None:
                rope[name] = self.get(name)
        return rope


def load_config(model_dir: Path) -> ModelConfig:
    """Read `model_dir`/config.json. Raises `ModelError` when it is missing or names no architecture."""
    if not model_dir.is_dir():
        raise ModelError(f"{model_dir}: no such folder; point to a folder saved by save_pretrained")
    path = model_dir / "config.json"
    raw = read_json(path)
    text = raw.get("text_config") or {}
    architectures = text.get("architectures") or raw.get("architectures") or []
    if not architectures:
        raise ModelError(
            f'{path}: names no architecture; add "architectures": ["LlamaForCausalLM"] or whatever the model is'
        )
    if (quantised := raw.get("quantization_config")) is not None:
        method = quantised.get("quant_method", "some way") if isinstance(quantised, dict) else quantised
        raise ModelError(
            f"{path}: the weights are quantised ({method}); convert the unquantised model, or remove "
            "quantization_config if they have been dequantised"
        )
    return ModelConfig(path, str(architectures[0]), {**raw, **text})
