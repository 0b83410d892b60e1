"""Named sets of training settings. A TOML run file is laid over a preset, and flags over that."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ragft.errors import NotFoundError, UsageError

PRESETS: Mapping[str, Mapping[str, Any]] = {
    # The experiment this project is modelled on: rank 16, all seven projections, 3 epochs at 2e-4. No replay.
    "seed": {"replay": 0.0, "forgetting": 0.0},
    # What its author would do differently: one epoch, a quarter of the learning rate.
    "gentle": {"replay": 0.0, "epochs": 1.0, "learning_rate": 5e-5},
    # PEFT's method comparison: MLP-only at a low rank learns as much and forgets less than attention at a high one.
    "mlp": {"replay": 0.0, "rank": 10, "alpha": 20, "targets": ("gate_proj", "up_proj", "down_proj")},
    # The experiment's settings, with general rows that the base model answered itself mixed in.
    "replay": {"replay": 0.15},
    # Prompt distillation: the base teaches itself what it says with instructions and examples in its prompt.
    "distill": {"distill": 1.0},
}


def preset(name: str) -> Mapping[str, Any]:
    """The settings a preset changes.

    Raises:
        UsageError: no preset of that name.
    """
    if name not in PRESETS:
        raise UsageError(f"no preset {name!r}", fix=f"one of {', '.join(PRESETS)}")
    return PRESETS[name]


def run_file(path: Path) -> dict[str, Any]:
    """The settings of a TOML run file, from its [train] table or, without one, its top level.

    Raises:
        NotFoundError: no such file.
        UsageError: it does not parse, or has settings outside its [train] table, where nothing would read them.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NotFoundError(f"no run file {path}") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path} cannot be read as TOML: {error}", fix=f"edit {path}") from error
    table = data.get("train", data)
    if not isinstance(table, dict):
        raise UsageError(f"{path}: train is not a table", fix=f"edit {path}")
    if "train" in data and (stray := [name for name, value in data.items() if not isinstance(value, dict)]):
        raise UsageError(f"{path}: {', '.join(stray)} is outside [train]", fix="put it below [train]")
    return dict(table)
