"""Prompt distillation end to end on a tiny random llama."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ragft.dataset.store import HELD_OUT, TRAIN, write_rows
from ragft.setting_sections import TrainSettings
from ragft.train.lora import train
from tests.train.conftest import make_row

SETTINGS = TrainSettings(
    accumulation=2, epochs=2, learning_rate=5e-3, save_steps=2, device="cpu", distill=1.0, forgetting=0, replay=0.4
)


def points(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / "train.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def undisturbed(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A data set and a finished run on it."""
    folder = tmp_path_factory.mktemp("distill")
    write_rows(folder / "d" / TRAIN, [*(make_row(i) for i in range(6)), *(make_row(i, "replay") for i in (6, 7))])
    write_rows(folder / "d" / HELD_OUT, [make_row(100)])
    train(folder / "d", tiny_base, folder / "run", SETTINGS)
    return folder / "d", folder / "run"


def test_the_model_comes_nearer_to_what_the_base_says_with_help(undisturbed: tuple[Path, Path]) -> None:
    losses = [point["loss"] for point in points(undisturbed[1]) if "loss" in point]
    assert len(losses) == 8
    assert 0 < losses[-1] < losses[0]
    lines = (undisturbed[1] / "teacher.jsonl").read_text().splitlines()
    assert len(lines) == 1 + 8


def test_a_killed_run_goes_on_with_what_the_teacher_said(
    undisturbed: tuple[Path, Path], tiny_base: Path, tmp_path: Path
) -> None:
    dataset, reference = undisturbed
    run = tmp_path / "run"
    run.mkdir()
    lines = (reference / "teacher.jsonl").read_bytes().splitlines(keepends=True)
    (run / "teacher.jsonl").write_bytes(b"".join(lines[:4]) + lines[4][:50])
    train(dataset, tiny_base, run, SETTINGS)
    assert points(run) == points(reference)
    assert (run / "teacher.jsonl").read_bytes() == (reference / "teacher.jsonl").read_bytes()


def test_replay_rows_can_teach_what_the_base_holds_likely(
    undisturbed: tuple[Path, Path], tiny_base: Path, tmp_path: Path
) -> None:
    """They begin with nothing to learn: the model is the base. The other rows teach their answers."""
    settings = SETTINGS.model_copy(
        update={"distill": 0.0, "replay_target": "base", "dropout": 0.0, "accumulation": 1, "learning_rate": 1e-9}
    )
    train(undisturbed[0], tiny_base, tmp_path / "run", settings)
    losses = [point["loss"] for point in points(tmp_path / "run") if point["epoch"] <= 1 and "loss" in point]
    assert sorted(loss < 1e-3 for loss in losses) == [False] * 6 + [True] * 2
    assert len((tmp_path / "run" / "teacher.jsonl").read_text().splitlines()) == 1 + 2


@pytest.mark.slow
def test_a_share_of_nothing_would_be_the_ordinary_loss(
    undisturbed: tuple[Path, Path], tiny_base: Path, tmp_path: Path
) -> None:
    """The nearer the share to 0, the nearer the curve to that of training on the rows."""
    mixed = SETTINGS.model_copy(update={"distill": 1e-6, "dropout": 0.0})
    plain = SETTINGS.model_copy(update={"distill": 0.0, "dropout": 0.0})
    train(undisturbed[0], tiny_base, tmp_path / "mixed", mixed)
    train(undisturbed[0], tiny_base, tmp_path / "plain", plain)
    first, second = ([p["loss"] for p in points(tmp_path / name) if "loss" in p] for name in ("mixed", "plain"))
    assert first == pytest.approx(second, abs=1e-3)
