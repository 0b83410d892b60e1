"""The tuned weights a second time, straight from the files: for `verify`, so that it can disagree with `convert`.

Nothing of the converter's reading of an adapter or of its merge is used here. It goes the other way round: for each
tensor of the base it looks for the keys under which PEFT saves what it does to that tensor, and computes in float64.
Keys that no tensor of the base asked for are listed by `unused`.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from llama_cpp_tools.errors import AdapterError, WeightsError
from llama_cpp_tools.rows import FloatRows, Rows
from llama_cpp_tools.safetensors_io import SafetensorsFile, StoredTensor

_WRAPPERS = frozenset(("base_model", "model", "language_model"))
_BARE = ("lora_embedding_A", "lora_embedding_B", "lora_magnitude_vector")


class Recomputed:
    """The tensors of a base as the adapter in `directory` tunes them; each may be asked for once."""

    def __init__(self, directory: Path) -> None:
        try:
            self._config = json.loads((directory / "adapter_config.json").read_text("utf-8"))
            self._file = SafetensorsFile(directory / "adapter_model.safetensors")
        except (OSError, ValueError, WeightsError) as error:
            raise AdapterError(f"{directory}: cannot be read ({error}); copy the adapter again") from error
        self._left: dict[str, StoredTensor] = {}
        self._twice: list[str] = []
        for name, stored in self._file.tensors.items():
            if self._left.setdefault(_key_of(name), stored) is not stored:
                self._twice.append(name)

    def __enter__(self) -> Recomputed:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def rows(self, stored: StoredTensor) -> Rows:
        """The tensor `stored` of the base with what the adapter does to it."""
        module, _, kind = _key_of(stored.name).rpartition(".")
        whole = self._left.pop(f"{module}.base_layer.{kind}", None) or self._left.pop(f"{module}.{kind}", None)
        below = FloatRows(whole or stored)
        if kind != "weight":
            return below
        a, b = (self._left.pop(f"{module}.lora_{part}.weight", None) for part in "AB")
        if a is not None and b is not None:
            return Tuned(below, a, b, self._scale(a), self._left.pop(f"{module}.lora_magnitude_vector", None))
        a, b = (self._left.pop(f"{module}.lora_embedding_{part}", None) for part in "AB")
        return below if a is None or b is None else Tuned(below, a, b, self._scale(a), None, transposed=True)

    def unused(self) -> list[str]:
        """Names of the adapter's tensors that no tensor of the base has asked for."""
        return sorted([*self._twice, *(stored.name for stored in self._left.values())])

    def _scale(self, a: StoredTensor) -> float:
        """s by the settings and the rank that A really has."""
        module = re.sub(r"^base_model\.model\.|\.lora_.*$", "", a.name)
        patterns = (self._config.get("alpha_pattern") or {}).items()
        own = (value for pattern, value in patterns if re.search(rf"(?:^|\.)(?:{pattern})$", module))
        alpha = float(next(own, self._config["lora_alpha"]))
        return alpha / math.sqrt(a.shape[0]) if self._config.get("use_rslora") else alpha / a.shape[0]


@dataclass(frozen=True)
class Tuned:
    """W + s·B·A, in rows; `transposed`: (B·A)ᵀ, as for an embedding."""

    below: Rows
    a: StoredTensor
    b: StoredTensor
    scale: float
    magnitude: StoredTensor | None
    transposed: bool = False
    step: int = 1

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the weight below, which merging keeps."""
        return self.below.shape

    @cached_property
    def _factors(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        a, b = (stored.read(0, stored.shape[0]).astype(np.float64) for stored in (self.a, self.b))
        return (a.T, b.T) if self.transposed else (b, a)

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Rows `start:stop` of the merged weight, computed in float64, returned as float32."""
        left, right = self._factors
        rows = self.below.read(start, stop).astype(np.float64) + self.scale * (left[start:stop] @ right)
        if self.magnitude is not None:
            magnitude = self.magnitude.read(0, self.magnitude.shape[0]).astype(np.float64).reshape(-1)
            rows *= (magnitude[start:stop] / np.linalg.norm(rows, axis=1))[:, None]
        return rows.astype(np.float32)


def _key_of(name: str) -> str:
    """A tensor's name without what wraps it: PEFT's and transformers' outer modules, and the adapter's own name."""
    parts = [part for part in name.split(".") if part not in _WRAPPERS]
    for place, part in enumerate(parts):
        if part in _BARE:
            return ".".join(parts[: place + 1])
        if part in ("lora_A", "lora_B"):
            return ".".join([*parts[: place + 1], parts[-1]])
        if part == "modules_to_save":
            return ".".join([*parts[:place], parts[-1]])
    return ".".join(parts)
