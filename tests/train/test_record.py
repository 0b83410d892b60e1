"""A run's folder is read whatever is in it: a report, half of one, or what a kill left."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from ragft.run_folder import RunFolder
from ragft.train.base import TrainReport
from ragft.train.record import finished_report, last_checkpoint, write_train_report


@pytest.fixture
def run(tmp_path: Path) -> Path:
    (tmp_path / "adapter").mkdir()
    (tmp_path / "adapter" / "adapter_model.safetensors").write_bytes(b"weights")
    report = TrainReport(
        run=tmp_path.name, adapter=tmp_path / "adapter", base=Path("base"), steps=2, tokens=9, tokens_per_second=3.0,
        train_loss=1.5, eval_loss=math.nan, best_step=2, seconds=3.0, device="cpu", scale=0.5, forgetting=0.04,
    )  # fmt: skip
    write_train_report(tmp_path, report)
    return tmp_path


def changed(run: Path, **values: Any) -> None:
    data = json.loads((RunFolder(run).train_report).read_text())
    (RunFolder(run).train_report).write_text(json.dumps({k: v for k, v in {**data, **values}.items() if v != "gone"}))


def test_a_report_comes_back_as_it_was_written(run: Path) -> None:
    report = finished_report(run)
    assert report is not None
    assert (report.steps, report.scale, report.forgetting, report.base) == (2, 0.5, 0.04, Path("base"))
    assert math.isnan(report.eval_loss)
    assert math.isnan(report.divergence)


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_a_damaged_report_is_none(run: Path, text: str) -> None:
    (RunFolder(run).train_report).write_text(text)
    assert finished_report(run) is None


@pytest.mark.parametrize("change", [{"steps": "gone"}, {"another": 1}])
def test_a_report_of_another_shape_is_none(run: Path, change: dict[str, Any]) -> None:
    changed(run, **change)
    assert finished_report(run) is None


def test_a_checkpoint_that_was_cut_is_passed_over(tmp_path: Path) -> None:
    for step, state in ((2, "{}"), (10, '{"global_step"')):
        folder = tmp_path / "checkpoints" / f"checkpoint-{step}"
        folder.mkdir(parents=True)
        for name in ("adapter_model.safetensors", "optimizer.pt", "scheduler.pt", "rng_state.pth"):
            (folder / name).touch()
        (folder / "trainer_state.json").write_text(state)
    found = last_checkpoint(tmp_path)
    assert found is not None
    assert found.folder.name == "checkpoint-2"
    assert not found.over
