"""The loss curve on disk and as pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ragft.errors import DatasetError, NotFoundError
from ragft.train.curve import PreferenceStep, append_point, read_curve, rewind

POINTS: list[dict[str, object]] = [
    {"step": 1, "loss": 2.0},
    {"step": 2, "loss": 1.5},
    {"step": 2, "eval_loss": 1.6, "eval_refusal_loss": 1.0},
    {"step": 3, "loss": 1.2},
]


@pytest.fixture
def curve(tmp_path: Path) -> Path:
    for point in POINTS:
        append_point(tmp_path / "train.jsonl", point)
    return tmp_path / "train.jsonl"


def test_both_losses_are_read(curve: Path) -> None:
    read = read_curve(curve)
    assert read.train == ((1, 2.0), (2, 1.5), (3, 1.2))
    assert read.held_out == ((2, 1.6),)


def test_a_validation_loss_is_known_where_it_was_measured(curve: Path) -> None:
    assert read_curve(curve).validation(2) == 1.6
    assert read_curve(curve).validation(3) is None


def test_rewinding_drops_what_came_later_and_a_line_cut_short(curve: Path) -> None:
    with curve.open("a", encoding="utf-8") as handle:
        handle.write('{"step": 4, "lo')
    rewind(curve, 2)
    assert read_curve(curve).train == ((1, 2.0), (2, 1.5))
    assert read_curve(curve).held_out == ((2, 1.6),)
    rewind(curve.with_name("absent.jsonl"), 2)


def test_points_of_another_phase_are_kept_apart(curve: Path) -> None:
    tuned = {"phase": "preference", "accuracy": 1.0}
    append_point(curve, {"phase": "preference", "step": 0, "eval_loss": 0.7, "eval_accuracy": 0.0, "eval_margin": 0.0})
    for step in (1, 2):
        append_point(curve, {**tuned, "step": step, "loss": 0.5, "margin": step / 2})
    read = read_curve(curve)
    assert len(read.train) == 3
    assert read.pairs == (PreferenceStep(1, 1.0, 0.5), PreferenceStep(2, 1.0, 1.0))
    assert read.judged(0) == PreferenceStep(0, 0.0, 0.0)
    rewind(curve, 1, "preference")
    assert read_curve(curve).pairs == read.pairs[:1]
    rewind(curve, -1, "preference")
    assert read_curve(curve) == replace(read, pairs=(), held_out_pairs=())


def test_a_curve_that_is_missing_or_broken_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        read_curve(tmp_path / "absent.jsonl")
    (tmp_path / "bad.jsonl").write_text("x\n")
    with pytest.raises(DatasetError, match="line 1"):
        read_curve(tmp_path / "bad.jsonl")


@pytest.mark.parametrize("line", ['{"loss": 2.0}', '{"step": "two", "loss": 2.0}', '{"step": 2, "loss": []}'])
def test_a_damaged_line_is_named_by_readers_and_by_a_run_that_goes_on(curve: Path, line: str) -> None:
    with curve.open("a", encoding="utf-8") as handle:
        handle.write(line + "\n")
    for read in (read_curve, lambda path: rewind(path, 2)):
        with pytest.raises(DatasetError, match="line 5 is damaged"):
            read(curve)
