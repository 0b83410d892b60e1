"""A PEFT LoRA adapter, checked against the base it is to be applied to.

For each adapted weight W (out × in) an adapter holds A (r × in) and B (out × r); the tuned weight is W + s·B·A with
s = α/r, or α/√r for rsLoRA. DoRA keeps a magnitude per output row besides. Formulas: arXiv 2106.09685, 2312.03732,
2402.09353; where the papers leave room, `peft.tuners.lora` decides, for it did the training.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from llama_cpp_tools.config import read_json
from llama_cpp_tools.errors import AdapterError, ModelError, WeightsError
from llama_cpp_tools.safetensors_io import SafetensorsFile, StoredTensor

_PREFIX = "base_model.model."
_PART = re.compile(r"\.(lora_A|lora_B|lora_magnitude_vector|lora_embedding_A|lora_embedding_B)(\.\w+)?(\.weight)?$")

# Settings that change the arithmetic in ways a merged matrix cannot hold, or that we have no formula for.
_REFUSED = {
    "use_qalora": "QALoRA changes the quantised weights' zero points",
    "alora_invocation_tokens": "an activated LoRA applies only after its invocation tokens",
    "megatron_config": "a Megatron adapter is sharded",
    "layer_replication": "layer_replication repeats layers the base does not have",
    "trainable_token_indices": "it retrained single rows of the embedding",
    "target_parameters": "it adapts bare parameters",
    "lora_bias": "it adds a bias to B, for which the base has no place",
    "kasa_config": "KaSA changed the base weights",
    "monteclora_config": "MonteCLoRA samples its matrices",
    "use_bdlora": "its matrices are block-diagonal",
    "arrow_config": "Arrow routes between adapters",
}


@dataclass(frozen=True)
class LowRank:
    """The adapter of one weight: `a` and `b` stored, `scale` = s, `magnitude` for DoRA."""

    name: str
    a: StoredTensor
    b: StoredTensor
    scale: float
    magnitude: StoredTensor | None = None

    @property
    def rank(self) -> int:
        return self.a.shape[0]

    @property
    def shape(self) -> tuple[int, int]:
        """The shape of the weight it belongs to."""
        return self.b.shape[0], self.a.shape[1]

    def factors(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """A and B in float32, refused when not finite."""
        return _whole(self.a), _whole(self.b)

    def magnitudes(self) -> npt.NDArray[np.float32] | None:
        """DoRA's magnitudes (out,) in float32, refused when not finite; None for a plain LoRA."""
        return None if self.magnitude is None else _whole(self.magnitude).reshape(-1)


class Adapter:
    """An adapter folder: `low_rank` by the base tensor's name, `replaced` tensors (modules_to_save) likewise."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.config_path = directory / "adapter_config.json"
        try:
            self.config = read_json(self.config_path)
        except ModelError as error:
            raise AdapterError(f"{error} (an adapter folder saved by PEFT)") from error
        self._check_kind()
        path = directory / "adapter_model.safetensors"
        if not path.is_file():
            raise AdapterError(f"{path}: missing; save the adapter with save_pretrained, which writes safetensors")
        try:
            self._file = SafetensorsFile(path)
        except WeightsError as error:
            raise AdapterError(str(error)) from error
        try:
            self.low_rank: dict[str, LowRank] = {}
            self.replaced: dict[str, StoredTensor] = {}
            self._collect()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Adapter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check_kind(self) -> None:
        kind = self.config.get("peft_type")
        if kind != "LORA":
            raise AdapterError(f"{self.config_path}: the adapter is {kind!r}; only LoRA can be merged into the weights")
        for setting, why in _REFUSED.items():
            if self.config.get(setting):
                raise AdapterError(
                    f"{self.config_path}: {setting} is set: {why}; merge it with PEFT's own "
                    "merge_and_unload and convert the result"
                )
        start = str(self.config.get("init_lora_weights", True)).lower()
        if start.startswith(("pissa", "olora", "corda", "loftq", "lora_ga")):
            raise AdapterError(
                f"{self.config_path}: init_lora_weights is {start!r}, which changed the base weights "
                "before training; merge it with PEFT's own merge_and_unload and convert the result"
            )

    # --- reading -----------------------------------------------------------------------------------------------------

    def _collect(self) -> None:
        parts: dict[str, dict[str, StoredTensor]] = {}
        for key, stored in self._file.tensors.items():
            name = key.removeprefix(_PREFIX)
            if (match := _PART.search(name)) is None:
                self.replaced[name.replace(".base_layer.", ".").replace(".modules_to_save.", ".")] = stored
            else:
                parts.setdefault(name[: match.start()], {})[match.group(1)] = stored
        if not parts and not self.replaced:
            raise AdapterError(f"{self._file.path}: holds no LoRA matrices; train the adapter again or copy it whole")
        for module, found in parts.items():
            self.low_rank[f"{module}.weight"] = self._pair(module, found)

    def _pair(self, module: str, found: Mapping[str, StoredTensor]) -> LowRank:
        if "lora_embedding_A" in found or "lora_embedding_B" in found:
            raise AdapterError(
                f"{self._file.path}: {module!r} adapts the embedding, which is not merged; leave "
                "embed_tokens out of target_modules"
            )
        if "lora_A" not in found or "lora_B" not in found:
            raise AdapterError(
                f"{self._file.path}: {module!r} has only one of lora_A and lora_B; copy the adapter again"
            )
        a, b = found["lora_A"], found["lora_B"]
        rank = self._by_pattern("rank_pattern", module, self.config.get("r"))
        if len(a.shape) != 2 or len(b.shape) != 2 or not a.shape[0] == b.shape[1] == rank:
            raise AdapterError(
                f"{self._file.path}: {module!r} has A {list(a.shape)} and B {list(b.shape)}, and "
                f"{self.config_path.name} says rank {rank}; the two files belong to different adapters"
            )
        alpha = float(self._by_pattern("alpha_pattern", module, self.config.get("lora_alpha")))
        scale = alpha / (math.sqrt(rank) if self.config.get("use_rslora") else rank)
        magnitude = found.get("lora_magnitude_vector")
        if bool(self.config.get("use_dora")) != (magnitude is not None):
            raise AdapterError(
                f"{self._file.path}: {module!r} {'lacks' if magnitude is None else 'has'} a DoRA "
                f"magnitude, unlike {self.config_path.name}; the two files belong to different adapters"
            )
        return LowRank(f"{module}.weight", a, b, scale, magnitude)

    def _by_pattern(self, setting: str, module: str, default: Any) -> Any:
        """`default`, or the value of the first pattern that matches the end of the module's name, as in PEFT."""
        for pattern, value in (self.config.get(setting) or {}).items():
            if re.match(rf"(.*\.)?({pattern})$", module):
                return value
        if not isinstance(default, int | float) or isinstance(default, bool) or default <= 0:
            raise AdapterError(
                f"{self.config_path}: r is {self.config.get('r')!r} and lora_alpha is "
                f"{self.config.get('lora_alpha')!r}; copy the adapter again"
            )
        return default

    # --- against the base --------------------------------------------------------------------------------------------

    def check_against(self, shapes: Mapping[str, tuple[int, ...]], *, tied: bool, base: Path) -> None:
        """Check that every adapted tensor is in the base, with the same shape; `tied`: the head is the embedding.

        Raises `AdapterError` naming the first that does not fit.
        """
        wanted: dict[str, tuple[int, ...]] = {name: pair.shape for name, pair in self.low_rank.items()}
        wanted |= {name: stored.shape for name, stored in self.replaced.items()}
        for name, shape in wanted.items():
            if tied and name.endswith(("embed_tokens.weight", "lm_head.weight")):
                raise AdapterError(
                    f"{self._file.path}: adapts {name!r}, and the base's head and embedding are one "
                    "matrix (tie_word_embeddings): merging would change both. Leave both out of "
                    "target_modules and modules_to_save"
                )
            if name not in shapes:
                raise AdapterError(
                    f"{self._file.path}: adapts {name!r}, which {base} does not have; the adapter was "
                    f"trained on another base ({self.config.get('base_model_name_or_path')})"
                )
            if shapes[name] != shape:
                raise AdapterError(
                    f"{self._file.path}: {name!r} is {list(shape)} there and {list(shapes[name])} in "
                    f"{base}; the adapter was trained on another base "
                    f"({self.config.get('base_model_name_or_path')})"
                )


def other_base_warning(adapter: Adapter, base: Path) -> tuple[str, ...]:
    """A warning where the adapter names another model than the folder it is applied to, which shapes do not tell."""
    named = str(adapter.config.get("base_model_name_or_path") or "")
    last = Path(named).name
    # A folder of the Hub's cache has the name higher up, as models--owner--name.
    if not last or any(part == last or part.endswith(f"--{last}") for part in base.resolve().parts):
        return ()
    return (
        f"{adapter.config_path}: it was trained on {named!r} and is applied to {base}, whose shapes are the same; "
        "make sure that this is the model",
    )


def _whole(stored: StoredTensor) -> npt.NDArray[np.float32]:
    """A small stored tensor in float32. Raises `AdapterError` when it holds NaN or infinity."""
    values = stored.read(0, stored.shape[0]).astype(np.float32, copy=False)
    if not np.isfinite(values).all():
        raise AdapterError(
            f"{stored.file.path}: tensor {stored.name!r} holds NaN or infinity; the training diverged, "
            "take an earlier checkpoint"
        )
    return values
