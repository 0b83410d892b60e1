"""Training end to end on a tiny random llama."""

from __future__ import annotations

import json
import resource
import shutil
import sys
from pathlib import Path

import pytest

from ragft.dataset.store import HELD_OUT, TRAIN, write_rows
from ragft.errors import DatasetError, DiskFull, MissingExtra, TrainingError, UsageError
from ragft.setting_sections import TrainSettings
from ragft.train.lora import choose_device, train
from ragft.train.record import Checkpoint, last_checkpoint
from ragft.train.supervised import limit_replay
from tests.train.conftest import make_row
from tests.train.killing import train_until

SETTINGS = TrainSettings(accumulation=2, epochs=2, learning_rate=5e-3, save_steps=2, device="cpu")


def curve(run: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (run / "train.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def undisturbed(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A data set and a finished run on it."""
    folder = tmp_path_factory.mktemp("undisturbed")
    dataset = folder / "dataset"
    write_rows(dataset / TRAIN, [make_row(i, length=1 + i % 3) for i in range(12)])
    write_rows(dataset / HELD_OUT, [make_row(100), make_row(101, "refusal")])
    train(dataset, tiny_base, folder / "run", SETTINGS)
    return dataset, folder / "run"


def test_the_loss_falls_and_the_curve_is_written(undisturbed: tuple[Path, Path]) -> None:
    points = curve(undisturbed[1])
    losses = [p["loss"] for p in points if "loss" in p]
    assert len(losses) == 12
    assert losses[-1] < losses[0]
    evaluations = [p for p in points if "eval_loss" in p]
    assert [p["step"] for p in evaluations] == [6, 12]
    assert {"eval_grounded_loss", "eval_refusal_loss"} <= evaluations[0].keys()


def test_the_report_and_every_setting_are_written(undisturbed: tuple[Path, Path]) -> None:
    run = undisturbed[1]
    report = json.loads((run / "training.json").read_text())
    assert report["steps"] == 12
    assert report["tokens"] > 0
    assert report["eval_loss"] == min(p["eval_loss"] for p in curve(run) if "eval_loss" in p)
    assert json.loads((run / "train.json").read_text())["settings"] == SETTINGS.model_dump(mode="json")
    assert (run / "loss.png").read_bytes().startswith(b"\x89PNG")
    assert not (run / "adapter" / "README.md").exists()


@pytest.mark.slow
def test_a_precision_changes_the_last_digits_alone(
    undisturbed: tuple[Path, Path], tiny_base: Path, tmp_path: Path
) -> None:
    dataset, _ = undisturbed
    losses = {}
    for precision in ("float32", "bfloat16"):
        train(dataset, tiny_base, tmp_path / precision, SETTINGS.model_copy(update={"precision": precision}))
        losses[precision] = [point["loss"] for point in curve(tmp_path / precision) if "loss" in point]
    assert losses["bfloat16"] != losses["float32"]
    assert losses["bfloat16"] == pytest.approx(losses["float32"], rel=0.02)
    records = {name: json.loads((tmp_path / name / "train.json").read_text())["precision"] for name in losses}
    assert records == {"float32": "float32", "bfloat16": "bfloat16"}


def test_a_finished_run_is_not_trained_again(undisturbed: tuple[Path, Path], tiny_base: Path) -> None:
    dataset, run = undisturbed
    before = (run / "train.jsonl").stat().st_mtime_ns
    assert train(dataset, tiny_base, run, SETTINGS).steps == 12
    assert (run / "train.jsonl").stat().st_mtime_ns == before


def test_other_settings_in_the_same_run_are_refused(undisturbed: tuple[Path, Path], tiny_base: Path) -> None:
    dataset, run = undisturbed
    with pytest.raises(UsageError, match=r"settings\.rank.*restart=True"):
        train(dataset, tiny_base, run, SETTINGS.model_copy(update={"rank": 4}), restart="never")


@pytest.mark.slow
def test_killed_and_resumed_it_ends_with_the_same_losses_and_the_same_adapter(
    undisturbed: tuple[Path, Path], tiny_base: Path, tmp_path: Path
) -> None:
    dataset, reference = undisturbed
    run = tmp_path / "run"
    train_until("checkpoints/checkpoint-4/trainer_state.json", dataset, tiny_base, run, SETTINGS)

    train(dataset, tiny_base, run, SETTINGS)

    assert curve(run) == curve(reference)
    assert (run / "adapter/adapter_model.safetensors").read_bytes() == (
        reference / "adapter/adapter_model.safetensors"
    ).read_bytes()


@pytest.mark.slow
def test_nothing_held_out_keeps_the_last_adapter(tiny_base: Path, tmp_path: Path) -> None:
    write_rows(tmp_path / "d" / TRAIN, [make_row(i) for i in range(4)])
    report = train(tmp_path / "d", tiny_base, tmp_path / "run", SETTINGS.model_copy(update={"max_steps": 2}))
    assert report.eval_loss != report.eval_loss
    assert report.best_step == 2
    assert json.loads((tmp_path / "run/training.json").read_text())["eval_loss"] is None
    assert (report.adapter / "adapter_model.safetensors").is_file()


@pytest.mark.slow
def test_a_diverging_run_stops_with_an_error_that_names_the_cure(
    dataset: Path, tiny_base: Path, tmp_path: Path
) -> None:
    wild = SETTINGS.model_copy(update={"learning_rate": 1e38, "max_steps": 6})
    with pytest.raises(TrainingError, match=r"not a number.*train.learning_rate"):
        train(dataset, tiny_base, tmp_path / "run", wild)


def test_an_empty_data_set_is_refused(tiny_base: Path, tmp_path: Path) -> None:
    write_rows(tmp_path / TRAIN, [])
    with pytest.raises(DatasetError, match="holds no row"):
        train(tmp_path, tiny_base, tmp_path / "run", SETTINGS)


def test_a_row_longer_than_max_length_is_named_before_the_first_step(tiny_base: Path, tmp_path: Path) -> None:
    write_rows(tmp_path / TRAIN, [make_row(0), make_row(1, length=40)])
    with pytest.raises(TrainingError, match=r"row 2 \(row1\).*max_length 256"):
        train(tmp_path, tiny_base, tmp_path / "run", SETTINGS.model_copy(update={"max_length": 256}))
    assert not (tmp_path / "run" / "checkpoints").exists()


def test_qlora_without_cuda_is_a_clear_error() -> None:
    with pytest.raises(UsageError, match="needs CUDA"):
        choose_device(TrainSettings(method="qlora", device="cpu"))


def test_qlora_without_its_package_names_the_extra(
    tiny_base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_rows(tmp_path / TRAIN, [make_row(0)])
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setitem(sys.modules, "bitsandbytes", None)
    with pytest.raises(MissingExtra, match=r"pip install 'ragft\[qlora\]'"):
        train(tmp_path, tiny_base, tmp_path / "run", SETTINGS.model_copy(update={"method": "qlora", "device": "auto"}))


def test_replay_rows_beyond_their_share_are_left_out() -> None:
    rows = [make_row(0), make_row(1, "replay"), make_row(2), make_row(3, "replay"), make_row(4, "replay")]
    assert limit_replay(rows, [50, 10, 50, 10, 10], 0.15) == [0, 1, 2]
    assert limit_replay(rows, [50, 10, 50, 10, 10], 0.5) == [0, 1, 2, 3, 4]
    assert limit_replay(rows, [50, 10, 50, 10, 10], 0.0) == [0, 2]


def test_a_finished_run_whose_adapter_was_changed_is_trained_again(
    undisturbed: tuple[Path, Path], tiny_base: Path
) -> None:
    dataset, run = undisturbed
    adapter = run / "adapter" / "adapter_model.safetensors"
    before = adapter.read_bytes()
    adapter.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
    train(dataset, tiny_base, run, SETTINGS)
    assert adapter.read_bytes() == before


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [{"max_steps": 5}, {"max_steps": 6, "patience": 1, "eval_steps": 1, "learning_rate": 0.5}],
    ids=["cut by train.max_steps", "stopped early"],
)
def test_killed_after_its_last_step_a_run_is_finished_without_one_more(
    dataset: Path, tiny_base: Path, tmp_path: Path, changed: dict[str, float]
) -> None:
    settings, run = SETTINGS.model_copy(update=changed), tmp_path / "run"
    first = train(dataset, tiny_base, run, settings)
    before = curve(run)
    (run / "training.json").unlink()
    again = train(dataset, tiny_base, run, settings)
    assert (again.steps, again.tokens, again.eval_loss) == (first.steps, first.tokens, first.eval_loss)
    assert curve(run) == before


@pytest.mark.slow
def test_killed_after_its_last_step_the_last_adapter_is_the_same(tiny_base: Path, tmp_path: Path) -> None:
    write_rows(tmp_path / "d" / TRAIN, [make_row(i) for i in range(8)])
    settings, run = SETTINGS.model_copy(update={"max_steps": 3}), tmp_path / "run"
    weights = train(tmp_path / "d", tiny_base, run, settings).adapter / "adapter_model.safetensors"
    before = weights.read_bytes()
    (run / "training.json").unlink()
    weights.unlink()
    train(tmp_path / "d", tiny_base, run, settings)
    assert weights.read_bytes() == before


@pytest.mark.parametrize("text", ["{", "[]", "{}"])
def test_a_damaged_train_json_is_a_run_that_may_not_be_gone_on_with(
    dataset: Path, tiny_base: Path, tmp_path: Path, text: str
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "train.json").write_text(text)
    (run / "training.json").write_text("{}")
    with pytest.raises(UsageError, match="restart=True"):
        train(dataset, tiny_base, run, SETTINGS, restart="never")


@pytest.mark.parametrize("targets", [("q_proj", "nonsense"), ("",), ("proj",)])
def test_a_target_that_the_base_lacks_is_named_with_those_it_has(
    dataset: Path, tiny_base: Path, tmp_path: Path, targets: tuple[str, ...]
) -> None:
    with pytest.raises(UsageError, match=rf"{targets[-1]!r} to adapt.*train.targets=down_proj,.*,v_proj"):
        train(dataset, tiny_base, tmp_path / "run", SETTINGS.model_copy(update={"targets": targets}))


def test_epochs_without_end_are_refused(dataset: Path, tiny_base: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"train\.max_steps"):
        train(dataset, tiny_base, tmp_path / "run", SETTINGS.model_copy(update={"epochs": float("inf")}))


@pytest.fixture(scope="module")
def interrupted(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A data set and a run that was killed after its second step of three."""
    folder = tmp_path_factory.mktemp("interrupted")
    write_rows(folder / "d" / TRAIN, [make_row(i) for i in range(8)])
    train(folder / "d", tiny_base, folder / "run", SETTINGS.model_copy(update={"max_steps": 3}))
    (folder / "run" / "training.json").unlink()
    shutil.rmtree(folder / "run" / "checkpoints" / "checkpoint-3")
    return folder / "d", folder / "run"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "size"),
    [("adapter_model.safetensors", 100), ("optimizer.pt", 0), ("rng_state.pth", 0), ("rng_state.pth", 5000),
     ("scheduler.pt", 100)],
)  # fmt: skip
def test_a_damaged_checkpoint_is_named(
    interrupted: tuple[Path, Path], tiny_base: Path, tmp_path: Path, name: str, size: int
) -> None:
    run = Path(shutil.copytree(interrupted[1], tmp_path / "run"))
    file = run / "checkpoints" / "checkpoint-2" / name
    file.write_bytes(file.read_bytes()[:size])
    with pytest.raises(TrainingError, match=r"checkpoint-2 is damaged.*restart=True"):
        train(interrupted[0], tiny_base, run, SETTINGS.model_copy(update={"max_steps": 3}))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["optimizer.pt", "scheduler.pt", "rng_state.pth", "adapter_model.safetensors"])
def test_a_checkpoint_that_lacks_a_file_is_not_gone_on_from(interrupted: tuple[Path, Path], name: str) -> None:
    """Without the optimiser's moments the run would end with another adapter, and nothing would say so."""
    folder = interrupted[1] / "checkpoints" / "checkpoint-2"
    (folder / name).rename(folder / "away")
    try:
        assert last_checkpoint(interrupted[1]) is None
    finally:
        (folder / "away").rename(folder / name)
    (interrupted[1] / "checkpoints" / "checkpoint-best").mkdir(exist_ok=True)
    assert last_checkpoint(interrupted[1]) == Checkpoint(folder, over=False)


@pytest.mark.slow
def test_on_a_full_disk_it_stops_and_goes_on_to_the_same_losses(
    undisturbed: tuple[Path, Path], tiny_base: Path, tmp_path: Path
) -> None:
    dataset, reference = undisturbed
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, limits[1]))  # bytes a file may have
    try:
        with pytest.raises(DiskFull):
            train(dataset, tiny_base, tmp_path / "run", SETTINGS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    train(dataset, tiny_base, tmp_path / "run", SETTINGS)
    assert curve(tmp_path / "run") == curve(reference)


@pytest.mark.parametrize("mistake", ["no rows", "no device"])
def test_a_mistake_in_a_restart_does_not_cost_the_run(tiny_base: Path, tmp_path: Path, mistake: str) -> None:
    write_rows(tmp_path / "d" / TRAIN, [] if mistake == "no rows" else [make_row(0)])
    weights = tmp_path / "run" / "adapter" / "adapter_model.safetensors"
    weights.parent.mkdir(parents=True)
    weights.write_bytes(b"weights")
    settings = SETTINGS if mistake == "no rows" else SETTINGS.model_copy(update={"method": "qlora"})
    with pytest.raises((DatasetError, UsageError)):
        train(tmp_path / "d", tiny_base, tmp_path / "run", settings, restart="always")
    assert weights.read_bytes() == b"weights"
