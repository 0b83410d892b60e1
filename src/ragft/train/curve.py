"""The loss curve: one JSON object a logged step in `train.jsonl`.

A training line holds `step, epoch, loss, grad_norm, learning_rate`; an evaluation line `step, epoch, eval_loss` and
`eval_<kind>_loss`. Lines of preference tuning begin with `"phase": "preference"`, count steps anew, and hold `accuracy,
margin, chosen_reward, rejected_reward` (with `eval_` before them in evaluations) beside the loss. No clock times: the
file of a resumed run equals that of an undisturbed one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragft.journal import append_line, whole_lines, write_lines
from ragft.json_lines import read_lines


def append_point(path: Path, point: Mapping[str, Any]) -> None:
    """Add one logged step.

    Raises:
        DiskFull, WorkspaceError: it could not be written.
    """
    append_line(path, point)


def rewind(path: Path, step: int, phase: str = "") -> None:
    """Drop what `phase` logged after `step`, and a last line cut short by a kill: training goes on from there."""
    if not path.exists():
        return
    points = [json.loads(line) for _, line in whole_lines(path)]
    write_lines(path, (point for point in points if point.get("phase", "") != phase or point["step"] <= step))


@dataclass(frozen=True)
class PreferenceStep:
    """What a step of preference tuning did: the share of pairs judged rightly, and the margin (nats, times beta)."""

    step: int
    accuracy: float
    margin: float


@dataclass(frozen=True)
class LossCurve:
    """Training and validation losses as (step, nats per completion token); of preference tuning, what it did."""

    train: tuple[tuple[int, float], ...]
    held_out: tuple[tuple[int, float], ...]
    pairs: tuple[PreferenceStep, ...] = ()
    held_out_pairs: tuple[PreferenceStep, ...] = ()

    def judged(self, step: int) -> PreferenceStep | None:
        """What the adapter of `step` did: on the held-out pairs, or where there are none on those of its own step."""
        return next((each for each in self.held_out_pairs or self.pairs if each.step == step), None)


def read_curve(path: Path) -> LossCurve:
    """The curve in a `train.jsonl`.

    Raises:
        NotFoundError, DatasetError: no such file, or a line that is not JSON.
    """
    points = [point for _, point in read_lines(path)]
    rows = [point for point in points if "phase" not in point]
    pairs = [point for point in points if "phase" in point]
    return LossCurve(
        tuple((p["step"], p["loss"]) for p in rows if "loss" in p),
        tuple((p["step"], p["eval_loss"]) for p in rows if "eval_loss" in p),
        tuple(PreferenceStep(p["step"], p["accuracy"], p["margin"]) for p in pairs if "margin" in p),
        tuple(PreferenceStep(p["step"], p["eval_accuracy"], p["eval_margin"]) for p in pairs if "eval_margin" in p),
    )
