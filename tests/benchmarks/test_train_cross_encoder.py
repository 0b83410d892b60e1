"""The script that trains a cross-encoder, with a tiny random encoder and eight questions."""

from __future__ import annotations

from importlib import import_module

import pytest

from ragft.answer.checking.nli import open_nli
from ragft.index.encoders.cross_encoders import open_scorer
from tests.benchmarks.training import Training, training_on


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory) -> Training:
    """The script with an encoder and data."""
    rows = [
        {
            "query": f"What is thing {n}?",
            "positive": f"Thing {n} is a kind of tool.",
            "negatives": [f"Bread {n} rises slowly.", f"The moon {n} is far away."],
        }
        for n in range(8)
    ]
    sources, place = import_module("cross_groups").SOURCES, tmp_path_factory.mktemp("cross")
    data = {"judge/C_medquad.en.jsonl": rows}
    return training_on(place, "train_cross_encoder", sources, data, "--batch", "2", "--frozen", "1")


@pytest.mark.slow
def test_the_folder_serves_search_and_checks(training: Training) -> None:
    out = training.run("serving")
    question, right, wrong = "What is thing 9?", "Thing 9 is a kind of tool.", "Bread 9 rises slowly."
    found = open_scorer(str(out))(question, [right, wrong])
    assert found[0] > found[1], "it has learned nothing"
    entailed = open_nli(str(out))(question, [right, wrong])
    assert 1 > entailed[0] > entailed[1] > 0
    assert "| judge/C_medquad.en.jsonl | 8 | CC BY 4.0 |" in (out / "README.md").read_text()
