"""The record of a training run: what was requested, the progress, the result.

A killed run goes on where its last checkpoint stands; a finished one is known by its report and by the digest of the
adapter that the report was written for.
"""

from __future__ import annotations

import dataclasses
import math
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragft.run_folder import ADAPTER_WEIGHTS, RunFolder
from ragft.train.base import TrainingResult, TrainReport
from ragft.typed_json import parsed
from ragft.workspace import digest_file, digest_json, write_json

# What the next step depends on. transformers passes over those that are missing, and the run would go on otherwise
# than it would have without a break; it writes trainer_state.json last.
_NEEDED = (ADAPTER_WEIGHTS, "optimizer.pt", "scheduler.pt")
_RANDOM = "rng_state.pth", "rng_state_0.pth"
"""Of one process, or of the first of several: one of them must be there."""


@dataclass(frozen=True)
class Checkpoint:
    """A whole checkpoint; `over` where the loop ended with it: trained on, it would take a step too many."""

    folder: Path
    over: bool


def last_checkpoint(run_dir: Path) -> Checkpoint | None:
    """The youngest whole checkpoint; one that was cut, or lacks a file, is skipped."""
    whole = {}
    for folder in RunFolder(run_dir).checkpoints.glob("checkpoint-*"):
        state = _read(folder / "trainer_state.json")
        complete = all((folder / name).is_file() for name in _NEEDED)
        complete = complete and any((folder / name).is_file() for name in _RANDOM)
        if state is not None and complete and folder.name.rpartition("-")[2].isdecimal():
            whole[folder] = state
    if not whole:
        return None
    folder = max(whole, key=lambda path: int(path.name.rpartition("-")[2]))
    control = whole[folder].get("stateful_callbacks", {}).get("TrainerControl", {}).get("args", {})
    return Checkpoint(folder, over=bool(control.get("should_training_stop")))


def changes(run_dir: Path, asked: Mapping[str, Any]) -> list[str]:
    """What differs from what the run was begun with; nothing where there is no progress to lose."""
    files = RunFolder(run_dir)
    if not (last_checkpoint(run_dir) or files.train_report.is_file()):
        return []
    before = _read(files.train_settings)
    if before is None:
        return [f"{files.train_settings.name} is missing or damaged"]
    # A folder may have been moved; what counts is what lies in it.
    return [name for name in _differences(before, asked) if not name.endswith(".path")]


def finished_report(run_dir: Path) -> TrainReport | None:
    """The report of a run that is done and whose adapter is the one it trained."""
    files = RunFolder(run_dir)
    data = _read(files.train_report)
    if data is None or data.pop("adapter_digest", None) != adapter_digest(files):
        return None
    measured: dict[str, Any] = {name: math.nan if value is None else value for name, value in data.items()}
    try:
        return TrainReport(**{**measured, "adapter": files.adapter, "base": Path(data["base"])})
    except (KeyError, TypeError):  # not written by us
        return None


def write_train_report(run_dir: Path, report: TrainReport) -> None:
    """Write the report, and with it which adapter it is of."""
    files = RunFolder(run_dir)
    write_json(files.train_report, {**dataclasses.asdict(report), "adapter_digest": adapter_digest(files)})


def write_outcome(stage: RunFolder, outcome: TrainingResult) -> None:
    """Write what a stage came to that another follows, and with it which adapter it left."""
    write_json(stage.outcome, {**dataclasses.asdict(outcome), "adapter_digest": adapter_digest(stage)})


def read_outcome(stage: RunFolder) -> TrainingResult | None:
    """What the stage came to, where it is done and its adapter is the one it left; of its time, nothing is counted."""
    data = _read(stage.outcome)
    if data is None or data.pop("adapter_digest", None) != adapter_digest(stage):
        return None
    try:
        return dataclasses.replace(TrainingResult(**data), timed_tokens=0, seconds=0.0)
    except TypeError:  # not written by us
        return None


def clear(run_dir: Path) -> None:
    """Take away what a run left, and nothing else."""
    files = RunFolder(run_dir)
    for file in (files.train_settings, files.train_curve, files.train_report, files.loss_picture, files.teacher):
        file.unlink(missing_ok=True)
    for folder in (files.checkpoints, files.adapter, files.supervised.path, files.preference.path, files.launch):
        shutil.rmtree(folder, ignore_errors=True)


def adapter_digest(run: RunFolder) -> str:
    """`sha256:…` over the adapter's weights and configuration; of those files that are there."""
    files = (run.adapter_weights, run.adapter_config)
    return digest_json({file.name: digest_file(file) for file in files if file.is_file()})


def _differences(before: Any, after: Any, prefix: str = "") -> list[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        names = sorted({*before, *after})
        return [d for n in names for d in _differences(before.get(n), after.get(n), f"{prefix}.{n}" if prefix else n)]
    return [] if before == after else [prefix]


def _read(path: Path) -> dict[str, Any] | None:
    """The JSON object in `path`; None where there is none, or half of one."""
    try:
        return parsed(dict[str, Any], path.read_bytes())
    except (OSError, ValueError):
        return None
