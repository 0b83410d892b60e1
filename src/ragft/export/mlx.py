"""Adapters that mlx-lm trained, brought into PEFT's form, which `ragft export` merges.

mlx-lm writes `adapters.safetensors` and `adapter_config.json`. For a weight W (out × in) it keeps `lora_a` (in × r) and
`lora_b` (r × out) and computes W + scale · (lora_a · lora_b)ᵀ. PEFT keeps the transposes of both, and scale as α/r. So
no number changes. What is not a plain LoRA of linear layers is refused by its name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragft.errors import ExportError, NotFoundError
from ragft.log import log
from ragft.run_folder import RunFolder
from ragft.typed_json import parsed
from ragft.workspace import atomic_writer, make_directory, write_json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WEIGHTS, CONFIG = "adapters.safetensors", "adapter_config.json"
_FACTOR = re.compile(r"(?P<module>.+)\.(?P<part>lora_a|lora_b)")
_QUANTISED = re.compile(r"\b[2-8]-?bit\b", re.IGNORECASE)
_LEAST, _MOST = 1e-12, 1e12
"""Of a scale: beyond, scale times rank, or that times a weight, is not a number of a merge."""
_COPY = "copy the adapter again"
_RETRAIN = "train it as a LoRA of linear layers (mlx_lm.lora --fine-tune-type lora)"


@dataclass(frozen=True)
class MlxLora:
    """The factors of one module: `a` (in × r), `b` (r × out)."""

    module: str
    a: NDArray[np.float32]
    b: NDArray[np.float32]


@dataclass(frozen=True)
class _LoraParameters:
    rank: int
    scale: float


@dataclass(frozen=True)
class _MlxConfig:
    """What is read of CONFIG."""

    fine_tune_type: str = "lora"
    lora_parameters: _LoraParameters | None = None
    model: str = ""


def import_mlx(folder: Path, base: Path, run_dir: Path) -> Path:
    """Write the adapter in `folder` as PEFT's into the run `run_dir`, over the model in the folder `base`.

    Returns:
        the adapter's folder.

    Raises:
        NotFoundError: a file is missing.
        ExportError: it is not a LoRA of linear layers, its files contradict each other, or the run has an adapter.
    """
    config_file, weights = folder / CONFIG, folder / WEIGHTS
    if missing := [path for path in (config_file, weights) if not path.is_file()]:
        raise NotFoundError(
            f"no file {missing[0]}", fix=f"name the folder in which mlx-lm wrote {WEIGHTS} and {CONFIG}"
        )
    files = RunFolder(run_dir)
    if files.adapter_config.is_file():
        raise ExportError(f"the run {run_dir.name} has an adapter already", fix="another run=NAME")
    config, parameters = _read_config(config_file)
    found = _read_factors(weights, parameters.rank)
    make_directory(files.adapter)
    _write_weights(files.adapter_weights, found)
    write_json(files.adapter_config, _peft_config(found, parameters, base))
    if _QUANTISED.search(config.model):
        log.warning(
            f"{folder} was trained over {config.model}, a quantised model: over {base} it behaves a little otherwise"
        )
    return files.adapter


def _read_config(path: Path) -> tuple[_MlxConfig, _LoraParameters]:
    try:
        config = parsed(_MlxConfig, path.read_bytes())
    except (OSError, ValueError) as error:
        raise ExportError(f"{path} cannot be used: {error}", fix=_COPY) from error
    kind, parameters = config.fine_tune_type, config.lora_parameters
    if kind != "lora":
        raise ExportError(f"{path}: the adapter is of type {kind!r}, and only lora is converted", fix=_RETRAIN)
    if parameters is None:
        raise ExportError(f"{path}: lora_parameters is missing", fix=_COPY)
    if parameters.rank < 1:
        raise ExportError(f"{path}: lora_parameters.rank is {parameters.rank}, which is below 1", fix=_COPY)
    if not _LEAST < parameters.scale < _MOST:
        raise ExportError(
            f"{path}: lora_parameters.scale is {parameters.scale}, not between {_LEAST} and {_MOST}", fix=_COPY
        )
    return config, parameters


def _read_factors(path: Path, rank: int) -> list[MlxLora]:
    import numpy as np

    from llama_cpp_tools.errors import WeightsError
    from llama_cpp_tools.rows import FloatRows
    from llama_cpp_tools.safetensors_io import SafetensorsFile

    pairs: dict[str, dict[str, NDArray[np.float32]]] = {}
    try:
        file = SafetensorsFile(path)
    except WeightsError as error:
        raise ExportError(str(error), fix=_COPY) from error
    try:
        for name, stored in file.tensors.items():
            match = _FACTOR.fullmatch(name)
            if match is None or len(stored.shape) != 2 or match["module"].endswith("embed_tokens"):
                raise ExportError(
                    f"{path}: {name!r} of shape {list(stored.shape)} is not a LoRA factor of a linear layer",
                    fix=_RETRAIN,
                )
            values = FloatRows(stored).read(0, stored.shape[0])
            if not np.isfinite(values).all():
                raise ExportError(
                    f"{path}: {name!r} holds NaN or infinity: the training diverged", fix="take an earlier checkpoint"
                )
            pairs.setdefault(match["module"], {})[match["part"]] = values.astype("float32", copy=False)
    except WeightsError as error:
        raise ExportError(str(error), fix=_COPY) from error
    finally:
        file.close()
    if not pairs:
        raise ExportError(f"{path} holds no tensor", fix=_COPY)
    return [_pair(module, parts, rank, path) for module, parts in sorted(pairs.items())]


def _pair(module: str, parts: Mapping[str, NDArray[np.float32]], rank: int, path: Path) -> MlxLora:
    if len(parts) < 2:
        lacking = "lora_b" if "lora_a" in parts else "lora_a"
        raise ExportError(f"{path}: {module!r} lacks {lacking}", fix=_COPY)
    a, b = parts["lora_a"], parts["lora_b"]
    if not a.shape[1] == b.shape[0] == rank:
        raise ExportError(
            f"{path}: {module!r} has lora_a {list(a.shape)} and lora_b {list(b.shape)}, and {CONFIG} says rank {rank}",
            fix="the two files belong to different adapters: copy both again",
        )
    return MlxLora(module, a, b)


def _write_weights(path: Path, found: list[MlxLora]) -> None:
    import numpy as np
    from safetensors.numpy import save

    tensors = {}
    for pair in found:
        tensors[f"base_model.model.{pair.module}.lora_A.weight"] = np.ascontiguousarray(pair.a.T)
        tensors[f"base_model.model.{pair.module}.lora_B.weight"] = np.ascontiguousarray(pair.b.T)
    with atomic_writer(path, "wb") as handle:
        handle.write(save(tensors, {"format": "pt"}))


def _peft_config(found: list[MlxLora], parameters: _LoraParameters, base: Path) -> dict[str, Any]:
    """Targets by their whole names: mlx-lm adapts some of the layers alone."""
    return {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": str(base),
        "r": parameters.rank,
        "lora_alpha": parameters.scale * parameters.rank,
        "lora_dropout": 0.0,
        "bias": "none",
        "inference_mode": True,
        "target_modules": [pair.module for pair in found],
    }
