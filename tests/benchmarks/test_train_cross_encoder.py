"""The script that trains a cross-encoder, with a tiny random encoder and eight questions."""

from __future__ import annotations

import json
import runpy
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ragft.answer.checking.nli import open_nli
from ragft.index.encoders.cross_encoders import open_scorer
from ragft.index.encoders.local_models import find_sentence_model
from ragft.workspace import digest_file

SCRIPT = Path(__file__).parent.parent.parent / "benchmarks" / "train_cross_encoder.py"
STEPS = 60
Train = Callable[..., Any]


def write_empty_sources(data: Path) -> None:
    """The files of all sources, without a group."""
    for source in import_module("cross_groups").SOURCES:
        (data / source.file).parent.mkdir(exist_ok=True)
        (data / source.file).write_text('{"data": []}' if source.file.startswith("squad2/") else "")


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an encoder and data."""
    from transformers import BertConfig, BertModel, set_seed

    place = tmp_path_factory.mktemp("cross")
    set_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}
    BertModel(BertConfig(vocab_size=30522, **sizes)).save_pretrained(place / "encoder")
    for file in find_sentence_model("minilm").folder.glob("*token*"):
        shutil.copy(file, place / "encoder")
    write_empty_sources(place)
    rows = [
        {
            "query": f"What is thing {n}?",
            "positive": f"Thing {n} is a kind of tool.",
            "negatives": [f"Bread {n} rises slowly.", f"The moon {n} is far away."],
        }
        for n in range(8)
    ]
    (place / "judge" / "C_medquad.en.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return place


@pytest.fixture
def train(given: Path, monkeypatch: pytest.MonkeyPatch) -> Train:
    """Trains into a folder, here or in a process of its own."""
    monkeypatch.setenv("RAGFT_CACHE", str(given / "cache"))
    monkeypatch.syspath_prepend(str(SCRIPT.parent))

    def train(out: Path, *, apart: bool = False) -> subprocess.Popen[bytes] | None:
        options = ["--data", given, "--encoder", given / "encoder", "--steps", STEPS, "--batch", 2, "--every", 2]
        command = list(map(str, [SCRIPT, out, *options, "--rate", 0.01, "--head-rate", 0.01, "--frozen", 1]))
        if apart:
            return subprocess.Popen([sys.executable, *command], cwd=SCRIPT.parent.parent, stdout=subprocess.DEVNULL)
        monkeypatch.setattr(sys, "argv", command)
        runpy.run_path(str(SCRIPT), run_name="__main__")
        return None

    return train


@pytest.mark.slow
def test_what_was_killed_ends_with_the_weights_of_an_undisturbed_run(
    given: Path, train: Train, capsys: pytest.CaptureFixture[str]
) -> None:
    import torch

    whole, torn = given / "whole", given / "torn"
    with train(torn, apart=True) as killed:
        while not (torn / "state.pt").is_file():
            assert killed.poll() is None
            time.sleep(0.01)
        killed.kill()
    made = torch.load(torn / "state.pt", weights_only=True)["step"]
    assert 0 < made < STEPS
    train(torn)
    assert f"step {made} " not in capsys.readouterr().out, "it began anew"
    train(whole)
    weights = [digest_file(folder / "model.safetensors") for folder in (whole, torn)]
    assert weights[0] == weights[1]
    card = (whole / "README.md").read_text()
    assert weights[0] in card
    assert "| judge/C_medquad.en.jsonl | 8 | CC BY 4.0 |" in card


@pytest.mark.slow
def test_the_folder_serves_search_and_checks(given: Path, train: Train) -> None:
    out = given / "serving"
    train(out)
    question, right, wrong = "What is thing 9?", "Thing 9 is a kind of tool.", "Bread 9 rises slowly."
    found = open_scorer(str(out))(question, [right, wrong])
    assert found[0] > found[1], "it has learned nothing"
    entailed = open_nli(str(out))(question, [right, wrong])
    assert 1 > entailed[0] > entailed[1] > 0


def test_no_samples_have_no_batches() -> None:
    assert list(import_module("train_cross_encoder").batches_of([], 2, 0)) == []


def test_what_was_not_trained_is_not_exported(tmp_path: Path) -> None:
    untrained = SimpleNamespace(step=0, state=tmp_path / "state.pt")
    with pytest.raises(SystemExit, match="nothing is trained"):
        import_module("train_cross_encoder").export(untrained, tmp_path, {}, [])
    assert not list(tmp_path.iterdir())


def test_missing_sources_are_named(tmp_path: Path) -> None:
    write_empty_sources(tmp_path)
    groups_of = import_module("cross_groups").groups_of
    assert not any(groups_of(tmp_path, 0).values())
    (tmp_path / "judge" / "C_medquad.en.jsonl").unlink()
    with pytest.raises(SystemExit, match=r"lacks judge/C_medquad\.en\.jsonl;"):
        groups_of(tmp_path, 0)
