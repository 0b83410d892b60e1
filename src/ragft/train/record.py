"""What a run's folder says of itself: what was asked, how far it came, what came of it.

A killed run goes on where its last checkpoint stands; a finished one is known by its report and by the digest of the
adapter that the report was written for.
"""

from __future__ import annotations

import dataclasses
import json
import math
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragft.train.base import TrainReport
from ragft.workspace import digest_file, digest_json, write_json

SETTINGS, CURVE, REPORT, PICTURE = "train.json", "train.jsonl", "training.json", "loss.png"
CHECKPOINTS, ADAPTER = "checkpoints", "adapter"
WEIGHTS, CONFIG = "adapter_model.safetensors", "adapter_config.json"
"""What PEFT calls the files of an adapter."""


# What the next step depends on. transformers passes over those that are missing, and the run would go on otherwise
# than it would have without a break; it writes trainer_state.json last.
_NEEDED = (WEIGHTS, "optimizer.pt", "scheduler.pt", "rng_state.pth")


@dataclass(frozen=True)
class Checkpoint:
    """A whole checkpoint; `over` where the loop ended with it: trained on, it would take a step too many."""

    folder: Path
    over: bool


def last_checkpoint(run_dir: Path) -> Checkpoint | None:
    """The youngest whole checkpoint; one that was cut, or lacks a file, is passed over."""
    whole = {}
    for folder in (run_dir / CHECKPOINTS).glob("checkpoint-*"):
        state = _read(folder / "trainer_state.json")
        complete = all((folder / name).is_file() for name in _NEEDED)
        if state is not None and complete and folder.name.rpartition("-")[2].isdecimal():
            whole[folder] = state
    if not whole:
        return None
    folder = max(whole, key=lambda path: int(path.name.rpartition("-")[2]))
    control = whole[folder].get("stateful_callbacks", {}).get("TrainerControl", {}).get("args", {})
    return Checkpoint(folder, over=bool(control.get("should_training_stop")))


def changes(run_dir: Path, asked: Mapping[str, Any]) -> list[str]:
    """What differs from what the run was begun with; nothing where there is no progress to lose."""
    if not (last_checkpoint(run_dir) or (run_dir / REPORT).is_file()):
        return []
    before = _read(run_dir / SETTINGS)
    if before is None:
        return [f"{SETTINGS} is missing or damaged"]
    # A folder may have been moved; what counts is what lies in it.
    return [name for name in _differences(before, asked) if not name.endswith(".path")]


def finished(run_dir: Path) -> TrainReport | None:
    """The report of a run that is done and whose adapter is the one it trained."""
    data = _read(run_dir / REPORT)
    if data is None or data.get("adapter_digest") != _adapter_digest(run_dir / ADAPTER):
        return None
    names = {field.name for field in dataclasses.fields(TrainReport)}
    measured: dict[str, Any] = {name: math.nan if data[name] is None else data[name] for name in names & data.keys()}
    try:
        return TrainReport(**{**measured, "adapter": run_dir / ADAPTER, "base": Path(data["base"])})
    except (KeyError, TypeError):  # not written by us
        return None


def write_report(run_dir: Path, report: TrainReport) -> None:
    """Write the report, and with it which adapter it is of."""
    write_json(run_dir / REPORT, {**dataclasses.asdict(report), "adapter_digest": _adapter_digest(run_dir / ADAPTER)})


def clear(run_dir: Path) -> None:
    """Take away what a run left, and nothing else."""
    for name in (SETTINGS, CURVE, REPORT, PICTURE):
        (run_dir / name).unlink(missing_ok=True)
    for name in (CHECKPOINTS, ADAPTER):
        shutil.rmtree(run_dir / name, ignore_errors=True)


def _adapter_digest(adapter: Path) -> str:
    """`sha256:…` over the adapter's weights and configuration; of those files that are there."""
    files = [adapter / name for name in (WEIGHTS, CONFIG)]
    return digest_json({file.name: digest_file(file) for file in files if file.is_file()})


def _differences(before: Any, after: Any, prefix: str = "") -> list[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        names = sorted({*before, *after})
        return [d for n in names for d in _differences(before.get(n), after.get(n), f"{prefix}.{n}" if prefix else n)]
    return [] if before == after else [prefix]


def _read(path: Path) -> dict[str, Any] | None:
    """The JSON object in `path`; None where there is none, or half of one."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None
