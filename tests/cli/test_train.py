"""`ragft train` as a user runs it, on a tiny random base."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ragft.dataset.store import HELD_OUT, TRAIN, write_rows
from tests.train.conftest import make_row, tiny_base  # noqa: F401  a fixture


def ragft(*arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "ragft.cli.main", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    return done


@pytest.fixture
def options(tiny_base: Path, tmp_path: Path) -> list[str]:  # noqa: F811
    folder = tmp_path / "ws" / "datasets" / "set"
    write_rows(folder / TRAIN, [make_row(i) for i in range(6)])
    write_rows(folder / HELD_OUT, [make_row(100)])
    return ["-d", "set", "-b", str(tiny_base), "-w", str(tmp_path / "ws"), "--accumulation", "2", "--device", "cpu"]


@pytest.mark.slow
def test_train_prints_the_report_and_keeps_the_terminal_clean(options: list[str], tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text("[train]\nmax_steps = 5\nrank = 4\n")
    done = ragft("train", *options, "--preset", "gentle", "-c", str(tmp_path / "run.toml"), "--max-steps", "2",
                 "--run", "first", "--json")  # fmt: skip
    report = json.loads(done.stdout)
    fields = {"run", "adapter", "steps", "tokens", "train_loss", "eval_loss", "best_step", "scale", "forgetting"}
    assert fields <= report.keys()
    assert report["steps"] == 2
    asked = json.loads((tmp_path / "ws/runs/first/train.json").read_text())["settings"]
    assert (asked["rank"], asked["learning_rate"], asked["max_steps"]) == (4, 5e-5, 2)
    assert all(line.startswith(("training", "reading", "loading", "measuring")) for line in done.stderr.splitlines()), (
        done.stderr
    )
    (line,) = (line for line in done.stderr.splitlines() if "validation" in line)
    assert re.fullmatch(r"training step 2/2: loss \d\.\d{4}, validation \d\.\d{4}, grounded \d\.\d{4}", line)
    again = ragft("train", *options, "--run", "first", "--rank", "8", code=2)
    assert "--restart" in again.stderr


@pytest.mark.slow
def test_the_preview_marks_the_answer(options: list[str]) -> None:
    done = ragft("train", *options, "--preview")
    assert "⟦Low-rank adapters keep the weights frozen. [1]<|im_end|>" in done.stdout
    assert "in the loss" in done.stderr


@pytest.mark.slow
def test_a_workspace_with_brackets_in_its_name_is_shown_as_it_is(options: list[str], tmp_path: Path) -> None:
    place = tmp_path / "[bold]a [" / "x]"
    place.parent.mkdir()
    (tmp_path / "ws").rename(place)
    options[options.index("-w") + 1] = str(place)
    done = ragft("train", *options, "--run", "first", "--max-steps", "1")
    assert "[bold]a[/x]" in "".join(done.stdout.split())
    assert "training first on cpu; if stopped, it resumes with --run first" in done.stderr


@pytest.mark.parametrize("name", ["latest", "é", "../out", "-x"])
def test_a_run_that_could_not_be_named_again_is_refused(options: list[str], tmp_path: Path, name: str) -> None:
    done = ragft("train", *options, f"--run={name}", code=2)
    assert "cannot be the name of a run" in done.stderr
    assert not (tmp_path / "ws" / "runs").exists()
