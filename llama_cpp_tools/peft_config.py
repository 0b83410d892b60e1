"""adapter_config.json of a PEFT adapter: what it says of the merge, and the settings that a merge cannot follow.

A setting of a later PEFT that this file does not know may change the arithmetic, so it is refused by its name and not
skipped.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llama_cpp_tools.config import read_json, short
from llama_cpp_tools.errors import AdapterError, ModelError

FILE = "adapter_config.json"

# Settings that change the arithmetic in ways a merged matrix cannot hold, or that we have no formula for.
_REFUSED = {
    "use_qalora": "QALoRA changes the quantised weights' zero points",
    "alora_invocation_tokens": "an activated LoRA applies only after its invocation tokens",
    "megatron_config": "a Megatron adapter is sharded",
    "layer_replication": "layer_replication repeats layers the base does not have",
    "trainable_token_indices": "it retrained single rows of the embedding",
    "target_parameters": "it adapts bare parameters",
    "lora_bias": "it adds a bias to B, for which most bases have no place",
    "kasa_config": "KaSA changed the base weights",
    "monteclora_config": "MonteCLoRA samples its matrices",
    "velora_config": "VeLoRA keeps tensors of its own beside A and B",
    "use_bdlora": "its matrices are block-diagonal",
    "arrow_config": "Arrow routes between adapters",
    "enable_lora": "it adapts parts of fused matrices",
}
# Settings that chose what was trained or how; the adapter's tensors show the outcome.
_HARMLESS = frozenset(
    "alpha_pattern auto_mapping base_model_name_or_path bias corda_config ensure_weight_tying eva_config "
    "exclude_modules fan_in_fan_out inference_mode init_lora_weights layers_pattern layers_to_transform loftq_config "
    "lora_alpha lora_dropout lora_ga_config megatron_core merge_weights modules_to_save peft_type peft_version "
    "qalora_group_size r rank_pattern revision runtime_config target_modules task_type use_dora use_rslora".split()
)
# Ways to begin A and B that leave the base weights as they are; others (PiSSA, OLoRA, CorDA, LoftQ …) change them.
_PLAIN_STARTS = frozenset(("true", "false", "none", "gaussian", "eva", "orthogonal", "mica"))
_VOCABULARY = ("embed_tokens", "lm_head")
"""Modules that "all-linear" leaves out: an embedding, and the head."""

_LEAST, _MOST = 1e-18, 1e18
"""Of a rank or α. Beyond, s times a weight or another α leaves what float32 holds, and a GGUF would hold α = 0."""

INSTEAD = "merge it with PEFT's own merge_and_unload and convert the result"


@dataclass(frozen=True)
class PeftConfig:
    """The settings of one adapter, checked."""

    path: Path
    values: Mapping[str, Any]

    @classmethod
    def load(cls, directory: Path) -> PeftConfig:
        """Read the settings of the adapter in `directory`.

        Raises `AdapterError` when they are missing, are not LoRA's, or set what cannot be merged.
        """
        path = directory / FILE
        try:
            config = cls(path, read_json(path))
        except ModelError as error:
            raise AdapterError(f"{error} (an adapter folder saved by PEFT)") from error
        config._check()
        return config

    def _check(self) -> None:
        kind = self.values.get("peft_type")
        if kind is None:
            raise AdapterError(
                f"{self.path}: names no peft_type, so PEFT did not save it; bring it into PEFT's form first"
            )
        if kind != "LORA":
            raise AdapterError(f"{self.path}: the adapter is {kind!r}; only LoRA can be merged into the weights")
        for setting, value in self.values.items():
            if value and setting in _REFUSED:
                raise AdapterError(f"{self.path}: {setting} is set: {_REFUSED[setting]}; {INSTEAD}")
            if value and setting not in _HARMLESS:
                raise AdapterError(
                    f"{self.path}: {setting} is set, which is not known here and may change the merge; {INSTEAD}"
                )
        start = str(self.values.get("init_lora_weights", True)).lower()
        if start not in _PLAIN_STARTS:
            raise AdapterError(
                f"{self.path}: init_lora_weights is {start!r}, which changed the base weights before training; "
                + INSTEAD
            )

    @property
    def base_name(self) -> str:
        """What the adapter calls the model it was trained on; empty where it does not say."""
        return str(self.values.get("base_model_name_or_path") or "")

    @property
    def dora(self) -> bool:
        """Whether the adapter has DoRA's magnitudes."""
        return bool(self.values.get("use_dora"))

    @property
    def alpha(self) -> float:
        """lora_alpha, the α of modules without one of their own. Raises `AdapterError` when it is not a number."""
        return self._number("lora_alpha", self.values.get("lora_alpha"))

    def rank(self, module: str) -> float:
        """The rank that A and B of `module` must have. Raises `AdapterError` when it is not a number."""
        return self._number("r", self._by_pattern("rank_pattern", module, self.values.get("r")))

    def scale(self, module: str, rank: int) -> float:
        """s of `module`: α/r, or α/√r for rsLoRA. Raises `AdapterError` when α is not a number."""
        alpha = self._number("lora_alpha", self._by_pattern("alpha_pattern", module, self.values.get("lora_alpha")))
        return alpha / (math.sqrt(rank) if self.values.get("use_rslora") else rank)

    @property
    def states_targets(self) -> bool:
        """Whether it says what was adapted; the earliest versions of PEFT could leave it to the base's type."""
        return self.values.get("target_modules") is not None

    def targets(self, module: str) -> bool:
        """Whether PEFT adapts the module of this name in the base: it passes over the tensors of any other.

        Raises `AdapterError` when a setting is of another type than PEFT writes, or a pattern cannot be parsed.
        """
        excluded, targets = (self._names(setting) for setting in ("exclude_modules", "target_modules"))
        if self._is_among(module, excluded, "exclude_modules") or self.saves(module):
            return False
        if isinstance(targets, str) and targets.lower() == "all-linear":
            return module.rpartition(".")[2] not in _VOCABULARY
        found = self._is_among(module, targets, "target_modules")
        return found and (isinstance(targets, str) or self._is_in_layers(module))

    def saves(self, module: str) -> bool:
        """Whether PEFT trains and saves the module of this name as a whole (modules_to_save)."""
        kept = self._names("modules_to_save")
        return any(
            self._match(r"(?:.*\.)?{}(?:\.|$)", name, module, "modules_to_save") is not None
            for name in ([kept] if isinstance(kept, str) else kept)
        )

    def _is_among(self, module: str, names: str | list[str], setting: str) -> bool:
        """Whether a pattern matches all of a module's name, or a list holds its last parts."""
        if isinstance(names, str):
            return bool(names) and self._match(None, names, module, setting) is not None
        return any(module == name or module.endswith(f".{name}") for name in names)

    def _is_in_layers(self, module: str) -> bool:
        """Whether a module is in one of layers_to_transform, the first number behind one of layers_pattern."""
        layers = self.values.get("layers_to_transform")
        if layers is None or layers == []:
            return True
        wanted = layers if isinstance(layers, list) else [layers]
        if not all(isinstance(layer, int) for layer in wanted):
            raise AdapterError(
                f"{self.path}: layers_to_transform is {short(layers)}, no numbers; copy the adapter again"
            )
        named = self._names("layers_pattern")
        patterns = [named] if isinstance(named, str) and named else named or [r"[^.]*"]
        for pattern in patterns:
            if match := self._match(r"(?:.*?\.)??{}\.(?P<layer>\d+)\.", pattern, module, "layers_pattern"):
                return int(match["layer"]) in wanted
        return False

    def _names(self, setting: str) -> str | list[str]:
        value = self.values.get(setting) or []
        if isinstance(value, str) or (isinstance(value, list) and all(isinstance(name, str) for name in value)):
            return value
        raise AdapterError(f"{self.path}: {setting} is {value!r}, no list of names; copy the adapter again")

    def _match(self, form: str | None, pattern: str, module: str, setting: str) -> re.Match[str] | None:
        """How a module's name begins with `form`, {} in it the pattern; None: the pattern is all of it."""
        try:
            if form is None:
                return re.fullmatch(pattern, module)
            return re.match(form.replace("{}", f"(?:{pattern})"), module)
        except (re.error, OverflowError, RecursionError) as error:
            raise AdapterError(
                f"{self.path}: {setting} has the pattern {pattern!r} ({error}); copy the adapter again"
            ) from error

    def _by_pattern(self, setting: str, module: str, default: Any) -> Any:
        """`default`, or the value of the first pattern that matches the end of the module's name, as in PEFT."""
        patterns = self.values.get(setting) or {}
        if not isinstance(patterns, Mapping):
            raise AdapterError(f"{self.path}: {setting} is {patterns!r}, not an object; copy the adapter again")
        for pattern, value in patterns.items():
            if self._match(r"(?:.*\.)?{}$", pattern, module, setting):
                return value
        return default

    def _number(self, setting: str, value: Any) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool) or not _LEAST < value < _MOST:
            raise AdapterError(
                f"{self.path}: {setting} is {short(value)}, not a positive number; copy the adapter again"
            )
        return value
