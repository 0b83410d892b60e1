"""What config.json says, with the gaps filled the way transformers fills them.

A config lists only what differs from its class's defaults, in spellings that changed over the years; the rest of the
package sees one spelling and no gaps.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from llama_cpp_tools.errors import ModelError


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in `path`. Raises `ModelError` when it is missing or not an object."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ModelError(f"{path}: missing; point to a folder saved by save_pretrained") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{path}: cannot be read ({error}); download or copy it again") from error
    if not isinstance(content, dict):
        raise ModelError(f"{path}: not a JSON object; download or copy it again")
    return content


def read_json_if_there(path: Path) -> dict[str, Any]:
    """The JSON object in `path`, empty when there is no such file."""
    return read_json(path) if path.is_file() else {}


_REQUIRED: Any = object()


def short(value: Any) -> str:
    """A value for a message, cut where it is long."""
    text = repr(value)
    return text if len(text) <= 80 else text[:79] + "…"


@dataclass(frozen=True)
class Settings:
    """A JSON object of the file `path`, its values asked for by kind. `within` names the part of the file it is."""

    path: Path
    values: Mapping[str, Any]
    within: str = ""

    def get(self, name: str, default: Any = None) -> Any:
        """The setting `name` as it is; `default` when it is absent or null."""
        value = self.values.get(name)
        return default if value is None else value

    def integer(self, name: str, default: Any = _REQUIRED, *, most: int = (1 << 31) - 1) -> int:
        """The setting `name`, which must be a positive whole number, `most` at most. Raises `ModelError`."""
        value = self._value(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= most:
            raise self._wrong(name, value, "a positive whole number")
        return value

    def number(self, name: str, default: Any = _REQUIRED) -> float:
        """The setting `name`, which must be a finite number. Raises `ModelError`."""
        value = self._value(name, default)
        if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
            raise self._wrong(name, value, "a number")
        return float(value)

    def numbers(self, name: str) -> list[float]:
        """The setting `name`, which must be a list of numbers; empty when it is absent. Raises `ModelError`."""
        value = self.get(name, [])
        if not isinstance(value, list) or not all(isinstance(n, int | float) for n in value):
            raise self._wrong(name, value, "a list of numbers")
        return [float(n) for n in value]

    def texts(self, name: str) -> list[str]:
        """The setting `name`, which must be a list of texts; empty when it is absent. Raises `ModelError`."""
        value = self.get(name, [])
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise self._wrong(name, value, "a list of texts")
        return value

    def objects(self, name: str) -> list[Settings]:
        """The setting `name`, which must be a list of objects; empty when it is absent. Raises `ModelError`."""
        value = self.get(name, [])
        if not isinstance(value, list) or not all(isinstance(entry, Mapping) for entry in value):
            raise self._wrong(name, value, "a list of objects")
        return [Settings(self.path, entry, f"{self.within}{name}[{i}].") for i, entry in enumerate(value)]

    def section(self, name: str) -> Settings:
        """The setting `name`, which must be an object; empty when it is absent. Raises `ModelError`."""
        value = self.get(name, {})
        if not isinstance(value, Mapping):
            raise self._wrong(name, value, "an object")
        return Settings(self.path, value, f"{self.within}{name}.")

    def _value(self, name: str, default: Any) -> Any:
        return self.get(name, None if default is _REQUIRED else default)

    def _wrong(self, name: str, value: Any, wanted: str) -> ModelError:
        return ModelError(
            f"{self.path}: {self.within}{name} is {short(value)}, not {wanted}; the file is incomplete or damaged, "
            "download it again"
        )


@dataclass(frozen=True)
class ModelConfig(Settings):
    """A model's settings: the text part of config.json over the architecture's defaults."""

    architecture: str = ""

    def with_defaults(self, defaults: Mapping[str, Any]) -> ModelConfig:
        """The same with `defaults` where this one is silent."""
        present = {name: value for name, value in self.values.items() if value is not None}
        return replace(self, values={**defaults, **present})

    @property
    def heads(self) -> int:
        """The number of query heads of an attention layer."""
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
    def rope(self) -> Settings:
        """Rotary settings in today's spelling: `rope_type`, `rope_theta`, and what the type needs besides.

        Older configs have `rope_theta` and `rope_scaling` with `type` in place of `rope_parameters`.
        """
        found = self.section("rope_parameters" if self.get("rope_parameters") else "rope_scaling")
        rope = {"rope_type": found.get("type", "default"), **found.values}
        for name in ("rope_theta", "partial_rotary_factor", "original_max_position_embeddings"):
            if rope.get(name) is None and self.get(name) is not None:
                rope[name] = self.get(name)
        return replace(found, values=rope)


def load_config(model_dir: Path) -> ModelConfig:
    """Read `model_dir`/config.json. Raises `ModelError` when it is missing or names no architecture."""
    if not model_dir.is_dir():
        raise ModelError(f"{model_dir}: no such folder; point to a folder saved by save_pretrained")
    path = model_dir / "config.json"
    raw = Settings(path, read_json(path))
    text = raw.section("text_config")
    architectures = text.texts("architectures") or raw.texts("architectures")
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
    return ModelConfig(path, {**raw.values, **text.values}, architecture=architectures[0])
