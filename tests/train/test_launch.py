"""Two processes on a CPU share the steps of a run, over gloo, and take the same ones as a single process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import psutil
import pytest

from ragft.dataset.store import HELD_OUT, TRAIN, write_rows
from ragft.errors import TrainingError, UsageError
from ragft.setting_sections import TrainSettings
from ragft.train.launch import count_processes
from ragft.train.lora import train
from tests.train.conftest import make_row

SETTINGS = TrainSettings(
    accumulation=4, epochs=4, dropout=0, learning_rate=5e-3, save_steps=2, forgetting=0, device="cpu"
)
"""A dropped weight would be drawn anew by each process."""
TOLERANCE = 1e-4
"""Relative difference of losses and weights: the gradients of the processes are added up in another order."""


def points(run: Path) -> list[Mapping[str, float]]:
    return [json.loads(line) for line in (run / "train.jsonl").read_text().splitlines()]


def weights(run: Path) -> dict[str, list[float]]:
    from safetensors.numpy import load_file

    return {
        name: value.flatten().tolist() for name, value in load_file(run / "adapter/adapter_model.safetensors").items()
    }


def in_two(settings: TrainSettings = SETTINGS) -> TrainSettings:
    return settings.model_copy(update={"launch": 2})


@pytest.fixture(scope="module")
def alone(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A data set, and a run that one process made on it."""
    folder = tmp_path_factory.mktemp("alone")
    write_rows(folder / "dataset" / TRAIN, [make_row(i, length=1 + i % 3) for i in range(12)])
    write_rows(folder / "dataset" / HELD_OUT, [make_row(100), make_row(101, "refusal")])
    train(folder / "dataset", tiny_base, folder / "run", SETTINGS)
    return folder / "dataset", folder / "run"


def assert_same(run: Path, reference: Path) -> None:
    assert [sorted(point) for point in points(run)] == [sorted(point) for point in points(reference)]
    for point, expected in zip(points(run), points(reference), strict=True):
        assert point == pytest.approx(expected, rel=TOLERANCE)
    found, expected_weights = weights(run), weights(reference)
    assert found.keys() == expected_weights.keys()
    for name, values in found.items():
        assert values == pytest.approx(expected_weights[name], rel=TOLERANCE, abs=1e-5), name


@pytest.mark.slow
def test_two_processes_take_the_steps_of_one(alone: tuple[Path, Path], tiny_base: Path, tmp_path: Path) -> None:
    dataset, reference = alone
    seen: list[tuple[str, int, int]] = []
    report = train(dataset, tiny_base, tmp_path / "run", in_two(), lambda *step: seen.append(step))
    assert_same(tmp_path / "run", reference)
    assert report.steps == 12
    assert report.eval_loss == pytest.approx(json.loads((reference / "training.json").read_text())["eval_loss"], 1e-4)
    assert report.tokens == json.loads((reference / "training.json").read_text())["tokens"]
    assert ("training", 12, 12) in seen
    assert "num_processes: 2" in (tmp_path / "run" / "launch" / "accelerate.yaml").read_text()
    assert json.loads((tmp_path / "run" / "train.json").read_text()) == json.loads(
        (reference / "train.json").read_text()
    )


@pytest.mark.slow
def test_after_a_process_was_killed_the_run_goes_on(alone: tuple[Path, Path], tiny_base: Path, tmp_path: Path) -> None:
    dataset, reference = alone
    run = tmp_path / "run"
    killed: list[int] = []

    def kill(label: str, done: int, _total: int) -> None:
        if label == "training" and done == 3 and not killed:
            those = [one for one in psutil.Process().children(recursive=True) if "job.json" in " ".join(one.cmdline())]
            last = those[-1]
            killed.append(last.pid)
            last.kill()

    with pytest.raises(TrainingError, match="a process of the training was lost") as raised:
        train(dataset, tiny_base, run, in_two(), kill)
    assert raised.value.fix == "run the same command again: it goes on from the last checkpoint"
    assert killed
    train(dataset, tiny_base, run, in_two())
    assert_same(run, reference)


def test_one_process_is_none_to_launch() -> None:
    assert count_processes(SETTINGS, "cpu") == 1
    assert count_processes(in_two(), "cpu") == 2


def test_each_process_needs_a_gpu_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert count_processes(SETTINGS.model_copy(update={"launch": 0}), "cuda") == 2
    with pytest.raises(UsageError, match="4 processes need a GPU each, and this machine has 2"):
        count_processes(SETTINGS.model_copy(update={"launch": 4}), "cuda")
    with pytest.raises(UsageError, match="2 processes need a GPU each, and this machine has 1"):
        count_processes(in_two(), "mps")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"launch": 3}, "3 processes cannot share 4 batches"),
        ({"launch": 2, "distill": 0.5}, r"train\.distill trains in one process"),
        ({"launch": 2, "replay_target": "base"}, r"train\.replay_target=base trains in one process"),
        ({"launch": 2, "method": "qlora"}, r"train\.method=qlora trains in one process"),
    ],
)
def test_what_several_processes_cannot_share_is_refused(changes: Mapping[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        count_processes(SETTINGS.model_copy(update=dict(changes)), "cpu")
