"""The script that trains a verifier, with a tiny random encoder and a few pairs."""

from __future__ import annotations

import time
from importlib import import_module

import pytest

from ragft.answer.checking.nli import open_nli
from ragft.workspace import digest_file
from tests.benchmarks.training import STEPS, Training, training_on

TOOL, BREAD = "tool tool tool tool tool tool", "bread bread bread bread bread bread"


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory) -> Training:
    """The script with an encoder and data: of tools all is supported, of bread nothing."""
    rows = [
        {"premise": f"Line {n}.", "claim": claim, "label": label}
        for n in range(8)
        for claim, label in ((f"{TOOL} {n}", "support"), (f"{BREAD} {n}", "contradict"))
    ]
    sources, place = import_module("support_pairs").SOURCES, tmp_path_factory.mktemp("verifier")
    return training_on(place, "train_verifier", sources, {"judge/A_fm2.en.jsonl": rows}, "--batch", "8")


@pytest.mark.slow
def test_what_was_killed_ends_with_the_weights_of_an_undisturbed_run(training: Training) -> None:
    import torch

    torn = training.place / "torn"
    with training.start("torn") as killed:
        while not (torn / "state.pt").is_file():
            assert killed.poll() is None
            time.sleep(0.01)
        killed.kill()
    made = torch.load(torn / "state.pt", weights_only=True)["step"]
    assert 0 < made < STEPS
    with training.start("torn") as process:
        told, _ = process.communicate()
    assert f"step {made} " not in told, "it began anew"
    whole = training.run("whole")
    weights = [digest_file(folder / "model.safetensors") for folder in (whole, torn)]
    assert weights[0] == weights[1]
    card = (whole / "README.md").read_text()
    assert weights[0] in card
    assert "| judge/A_fm2.en.jsonl | 16 | Apache-2.0 |" in card


@pytest.mark.slow
def test_the_folder_checks_answers(training: Training) -> None:
    entailed = open_nli(str(training.run("serving")))
    right, wrong = entailed(TOOL, ["Line 3."]), entailed(BREAD, ["Line 3."])
    assert right[0] > 2 * wrong[0], "it has learned nothing"
