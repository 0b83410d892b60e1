"""Preference tuning end to end on a tiny random llama."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ragft.dataset.preference import Preference
from ragft.dataset.store import HELD_OUT, PREFERENCES, TRAIN, write_preferences, write_rows
from ragft.errors import DatasetError, TrainingError, UsageError
from ragft.setting_sections import TrainSettings
from ragft.train.lora import train
from ragft.train.quiet import quiet
from tests.train.conftest import SENTENCES, make_row
from tests.train.killing import train_until

SETTINGS = TrainSettings(
    accumulation=2, epochs=1, learning_rate=5e-3, save_steps=2, device="cpu", preference="dpo", preference_epochs=3,
    preference_learning_rate=5e-3, forgetting=0,
)  # fmt: skip


def make_pair(number: int, document: str = "") -> Preference:
    """A cited answer against the same sentence twice and without a key."""
    row = make_row(number)
    said = SENTENCES[number % len(SENTENCES)]
    worse = {"role": "assistant", "content": f"{said} {said}"}
    return Preference(row.prompt, row.completion, (worse,), document_ids=(document,) if document else ())


def write_set(folder: Path, pairs: Sequence[Preference]) -> Path:
    write_rows(folder / TRAIN, [make_row(i) for i in range(8)])
    write_rows(folder / HELD_OUT, [replace(make_row(100), document_ids=("unseen",)), make_row(101, "refusal")])
    write_preferences(folder / PREFERENCES, pairs)
    return folder


def points(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / "train.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def undisturbed(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A data set and a finished run on it."""
    folder = tmp_path_factory.mktemp("preference")
    pairs = [make_pair(i) for i in range(6)] + [make_pair(i, "unseen") for i in (20, 21)]
    write_set(folder / "dataset", pairs)
    train(folder / "dataset", tiny_base, folder / "run", SETTINGS)
    return folder / "dataset", folder / "run"


def test_rewards_begin_at_nothing_and_rise(undisturbed: tuple[Path, Path]) -> None:
    tuned = [point for point in points(undisturbed[1]) if point.get("phase") == "preference"]
    start, *later = [point for point in tuned if "eval_loss" in point]
    assert start["step"] == 0
    assert start["eval_margin"] == pytest.approx(0, abs=1e-4)
    assert later[-1]["eval_margin"] > 0
    assert later[-1]["eval_accuracy"] == 1
    steps = [point for point in tuned if "loss" in point]
    assert [point["step"] for point in steps] == list(range(1, 10))
    assert steps[-1]["margin"] > steps[1]["margin"]
    assert {"accuracy", "chosen_reward", "rejected_reward", "grad_norm", "learning_rate"} <= steps[0].keys()


def test_the_report_counts_both_stages(undisturbed: tuple[Path, Path]) -> None:
    run = undisturbed[1]
    report = json.loads((run / "training.json").read_text())
    evaluated = [point for point in points(run) if "eval_margin" in point]
    assert report["steps"] == 4 + 9
    assert report["pairs"] == 8
    assert report["best_step"] == min(evaluated, key=lambda point: point["eval_loss"])["step"]
    assert report["margin"] == next(p["eval_margin"] for p in evaluated if p["step"] == report["best_step"])
    assert report["accuracy"] == 1
    assert math.isfinite(report["eval_loss"])
    assert (run / "loss.png").read_bytes().startswith(b"\x89PNG")


def test_one_adapter_comes_out_and_it_is_not_the_one_of_the_rows(undisturbed: tuple[Path, Path]) -> None:
    run = undisturbed[1]
    assert sorted(path.name for path in (run / "adapter").iterdir()) == [
        "adapter_config.json",
        "adapter_model.safetensors",
    ]
    assert weights(run / "adapter") != weights(run / "supervised" / "adapter")
    assert not list((run / "preference" / "checkpoints").glob("*/ref"))


def test_the_reference_is_the_model_that_the_rows_made(undisturbed: tuple[Path, Path], tiny_base: Path) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from ragft.dataset.store import read_preferences
    from ragft.train.examples import encode
    from ragft.train.pairs import PreferencePair, log_probabilities

    dataset, run = undisturbed
    with quiet():
        plain = AutoModelForCausalLM.from_pretrained(tiny_base)
        model = PeftModel.from_pretrained(plain, run / "supervised" / "adapter").eval()
    first = read_preferences(dataset / PREFERENCES)[0]
    tokenizer = AutoTokenizer.from_pretrained(tiny_base)
    encoded = encode([first.as_row(first.chosen), first.as_row(first.rejected)], tokenizer, max_length=2048)
    expected = log_probabilities(model, PreferencePair.of(first.id, *encoded), together=True)
    lines = [json.loads(line) for line in (run / "preference" / "reference.jsonl").read_text().splitlines()]
    assert len(lines) == 1 + 8
    kept = next(line for line in lines[1:] if line["id"] == first.id)
    assert (kept["ref_chosen_logps"], kept["ref_rejected_logps"]) == pytest.approx(expected, abs=1e-4)


def test_trl_would_encode_the_pair_alike(undisturbed: tuple[Path, Path], tiny_base: Path) -> None:
    """What is overridden of its trainer is where it would encode the pairs; it must not come to train on others."""
    from datasets import Dataset
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from trl import DPOConfig, DPOTrainer

    from ragft.dataset.store import read_preferences
    from ragft.train.examples import encode
    from ragft.train.pairs import PreferencePair

    pairs = read_preferences(undisturbed[0] / PREFERENCES)
    tokenizer = AutoTokenizer.from_pretrained(tiny_base)
    rows = [{"prompt": list(p.prompt), "chosen": list(p.chosen), "rejected": list(p.rejected)} for p in pairs]
    with quiet():
        trainer = DPOTrainer(
            AutoModelForCausalLM.from_pretrained(tiny_base),
            args=DPOConfig(str(undisturbed[1] / "unused"), use_cpu=True, bf16=False, report_to="none"),
            train_dataset=Dataset.from_list(rows),
            processing_class=tokenizer,
        )
    for pair, theirs in zip(pairs, trainer.train_dataset, strict=True):
        encoded = encode([pair.as_row(pair.chosen), pair.as_row(pair.rejected)], tokenizer, max_length=2048)
        ours = PreferencePair.of(pair.id, *encoded)
        assert (list(ours.prompt), list(ours.chosen), list(ours.rejected)) == (
            theirs["prompt_ids"], theirs["chosen_ids"], theirs["rejected_ids"],
        )  # fmt: skip


def test_without_pairs_held_out_the_last_adapter_is_kept(tiny_base: Path, tmp_path: Path) -> None:
    dataset = write_set(tmp_path / "d", [make_pair(0), make_pair(1)])
    report = train(dataset, tiny_base, tmp_path / "run", SETTINGS)
    assert report.best_step == 3
    assert report.accuracy == next(p["accuracy"] for p in points(tmp_path / "run") if p.get("phase") and p["step"] == 3)


def test_a_tuning_that_helps_no_held_out_pair_leaves_the_adapter_of_the_rows(tiny_base: Path, tmp_path: Path) -> None:
    """The held-out pairs want the opposite of what the others teach."""
    upside_down = replace(make_pair(1, "unseen"), chosen=make_pair(1).rejected, rejected=make_pair(1).chosen)
    dataset = write_set(tmp_path / "d", [*(make_pair(1 + 4 * i) for i in range(4)), upside_down])
    report = train(dataset, tiny_base, tmp_path / "run", SETTINGS.model_copy(update={"preference_sft": 0.0}))
    assert report.best_step == 0
    assert weights(report.adapter) == weights(tmp_path / "run" / "supervised" / "adapter")


@pytest.mark.slow
@pytest.mark.parametrize(
    "reached",
    ["checkpoints/checkpoint-4/trainer_state.json", "preference/reference.jsonl",
     "preference/checkpoints/checkpoint-4/trainer_state.json"],
    ids=["in the rows", "in the reference", "in the pairs"],
)  # fmt: skip
def test_killed_and_resumed_it_ends_with_the_same_curve_and_the_same_adapter(
    undisturbed: tuple[Path, Path], tiny_base: Path, tmp_path: Path, reached: str
) -> None:
    dataset, reference = undisturbed
    run = tmp_path / "run"
    train_until(reached, dataset, tiny_base, run, SETTINGS)

    train(dataset, tiny_base, run, SETTINGS)

    assert points(run) == points(reference)
    assert weights(run / "adapter") == weights(reference / "adapter")


def test_a_finished_first_stage_is_not_trained_again(
    undisturbed: tuple[Path, Path], tiny_base: Path, tmp_path: Path
) -> None:
    run = Path(shutil.copytree(undisturbed[1], tmp_path / "run"))
    (run / "training.json").unlink()
    shutil.rmtree(run / "checkpoints")
    shutil.rmtree(run / "preference" / "checkpoints")
    before = (run / "supervised" / "outcome.json").stat().st_mtime_ns
    report = train(undisturbed[0], tiny_base, run, SETTINGS)
    assert (run / "supervised" / "outcome.json").stat().st_mtime_ns == before
    assert report.steps == 4 + 9
    assert points(run) == points(undisturbed[1])
    assert weights(run / "adapter") == weights(undisturbed[1] / "adapter")


@pytest.mark.parametrize(
    ("pairs", "problem"),
    [
        ([], "no pairs of a better and a worse answer.*train.preference=off"),
        ([make_pair(0, "unseen")], "all are of held-out documents"),
        ([replace(make_pair(0), rejected=make_pair(0).chosen)], "the same text as chosen and as rejected"),
    ],
)
def test_a_set_that_cannot_tune_is_refused_before_the_first_step(
    pairs: list[Preference], problem: str, tiny_base: Path, tmp_path: Path
) -> None:
    with pytest.raises(DatasetError, match=problem):
        train(write_set(tmp_path / "d", pairs), tiny_base, tmp_path / "run", SETTINGS)
    assert not (tmp_path / "run" / "checkpoints").exists()


def test_an_answer_that_does_not_fit_is_named_before_the_first_step(tiny_base: Path, tmp_path: Path) -> None:
    long = replace(make_pair(1), rejected=({"role": "assistant", "content": "Low-rank. " * 100},))
    with pytest.raises(TrainingError, match=r"rejected answer 2 \(\w+\) has \d+ tokens"):
        train(
            write_set(tmp_path / "d", [make_pair(0), long]), tiny_base, tmp_path / "run",
            SETTINGS.model_copy(update={"max_length": 256}),
        )  # fmt: skip
    assert not (tmp_path / "run" / "checkpoints").exists()


def test_other_pairs_in_the_same_run_are_refused(
    undisturbed: tuple[Path, Path], tiny_base: Path, tmp_path: Path
) -> None:
    dataset = Path(shutil.copytree(undisturbed[0], tmp_path / "dataset"))
    write_preferences(dataset / PREFERENCES, [make_pair(5)])
    with pytest.raises(UsageError, match=r"digests\.preferences\.jsonl.*restart=True"):
        train(dataset, tiny_base, undisturbed[1], SETTINGS, restart="never")


@pytest.mark.slow
@pytest.mark.parametrize("loss", ["ipo", "apo_zero", "sigmoid_norm"])
def test_every_loss_trains(loss: str, tiny_base: Path, tmp_path: Path) -> None:
    dataset = write_set(tmp_path / "d", [make_pair(0), make_pair(1)])
    settings = SETTINGS.model_copy(update={"preference_loss": loss, "method": "dora"})
    report = train(dataset, tiny_base, tmp_path / "run", settings)
    assert report.margin > 0


@pytest.mark.slow
def test_a_diverging_tuning_names_its_own_rate(tiny_base: Path, tmp_path: Path) -> None:
    dataset = write_set(tmp_path / "d", [make_pair(i) for i in range(4)])
    wild = SETTINGS.model_copy(update={"preference_learning_rate": 1e38})
    with pytest.raises(TrainingError, match=r"not a number.*train\.preference_learning_rate"):
        train(dataset, tiny_base, tmp_path / "run", wild)


@pytest.mark.slow
def test_a_loss_that_only_the_log_shows_names_the_rate_of_its_stage(tmp_path: Path) -> None:
    """As on a GPU, where the loss of a batch is not looked at."""
    from ragft.train.callbacks import Recorder

    state = SimpleNamespace(is_world_process_zero=True, global_step=3)
    recorder = Recorder(tmp_path / "c", lambda *_: None, print, "train.preference_learning_rate", "preference")
    with pytest.raises(TrainingError, match=r"train\.preference_learning_rate"):
        recorder.on_log(None, state, None, {"loss": math.nan})


def weights(adapter: Path) -> bytes:
    return (adapter / "adapter_model.safetensors").read_bytes()
