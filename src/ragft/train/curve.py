"""The loss curve: one JSON object a logged step in `train.jsonl`.

A training line holds `step, epoch, loss, grad_norm, learning_rate`; an evaluation line `step, epoch, eval_loss` and
`eval_<kind>_loss`. Lines of preference tuning begin with `"phase": "preference"`, count steps anew, and hold `accuracy,
margin, chosen_reward, rejected_reward` (with `eval_` before them in evaluations) beside the loss. No clock times: the
file of a resumed run equals that of an undisturbed one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragft.errors import DatasetError
from ragft.journal import append_line, cut_torn_line, write_lines
from ragft.json_lines import read_lines
from ragft.typed_json import typed


@dataclass(frozen=True)
class _Point:
    """What is read of a line."""

    step: int
    phase: str = ""
    loss: float | None = None
    eval_loss: float | None = None
    accuracy: float | None = None
    margin: float | None = None
    eval_accuracy: float | None = None
    eval_margin: float | None = None


def append_point(path: Path, point: Mapping[str, Any]) -> None:
    """Add one logged step.

    Raises:
        DiskFull, WorkspaceError: it could not be written.
    """
    append_line(path, point)


def rewind(path: Path, step: int, phase: str = "") -> None:
    """Drop what `phase` logged after `step`, and a last line cut short by a kill: training goes on from there.

    Raises:
        DatasetError: a line is damaged.
        DiskFull, WorkspaceError: it could not be written.
    """
    if not path.exists():
        return
    cut_torn_line(path)
    points = [(point, _checked(point, where)) for where, point in read_lines(path)]
    write_lines(path, (point for point, read in points if read.phase != phase or read.step <= step))


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

    def validation(self, step: int) -> float | None:
        """The loss on the held-out rows at `step`; None where it was not measured there."""
        return dict(self.held_out).get(step)

    def judged(self, step: int) -> PreferenceStep | None:
        """What the adapter of `step` did: on the held-out pairs, or where there are none on those of its own step."""
        return next((each for each in self.held_out_pairs or self.pairs if each.step == step), None)


def read_curve(path: Path) -> LossCurve:
    """The curve in a `train.jsonl`.

    Raises:
        NotFoundError, DatasetError: no such file, or a line is damaged.
    """
    points = [_checked(point, where) for where, point in read_lines(path)]
    rows = [point for point in points if not point.phase]
    pairs = [point for point in points if point.phase]
    return LossCurve(
        tuple((p.step, p.loss) for p in rows if p.loss is not None),
        tuple((p.step, p.eval_loss) for p in rows if p.eval_loss is not None),
        tuple(_steps((p.step, p.accuracy, p.margin) for p in pairs)),
        tuple(_steps((p.step, p.eval_accuracy, p.eval_margin) for p in pairs)),
    )


def _checked(point: Mapping[str, Any], where: str) -> _Point:
    try:
        return typed(_Point, point)
    except ValueError as error:
        raise DatasetError(f"{where} is damaged: {error}", fix="train the run again with restart=True") from error


def _steps(logged: Iterable[tuple[int, float | None, float | None]]) -> Iterator[PreferenceStep]:
    for step, accuracy, margin in logged:
        if accuracy is not None and margin is not None:
            yield PreferenceStep(step, accuracy, margin)
