"""The models of a run compared by hand: by the rules of the build, and asked as its task asks them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

import ragft
from ragft.benchmark.base import BenchmarkReport
from ragft.config import Settings
from ragft.engine.run_models import Registration
from ragft.pipeline.manifest import Manifest
from ragft.run_folder import RunFolder
from ragft.workspace import Workspace, write_json, write_text
from tests.tasks.classify.classified_run import make_run

BASE, TUNED = "notes-base:q8_0", "notes:q8_0"


def script(monkeypatch: pytest.MonkeyPatch, path: Path, rules: Sequence[dict[str, str]]) -> None:
    write_json(path, {"rules": rules, "default": {"reply": "Who knows."}})
    monkeypatch.setenv("RAGFT_SCRIPT", str(path))
    monkeypatch.setenv("RAGFT_ENGINE__NAME", "scripted")


def questions_of_run(run_dir: Path, rows: Sequence[dict[str, Any]]) -> None:
    write_text(RunFolder(run_dir).questions, "".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture
def knowing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A run of the task knowledge whose model answers what it has read a moment ago, and nothing else."""
    place = Workspace(tmp_path / "ws")
    run_dir = place.runs / "notes"
    write_json(run_dir / "registration.json", asdict(Registration(TUNED, BASE)))
    Manifest("notes", {**Settings().model_dump(mode="json"), "task": "knowledge"}).save(run_dir)
    names = "amber basil cedar dahlia elder fennel ginger hazel iris juniper".split()
    questions_of_run(
        run_dir,
        [
            {"id": n, "topic": "adoption", "question": f"Who founded {n}?", "reference": "Okoro",
             "evidence": [f"Okoro founded {n}."]}
            for n in names
        ],
    )  # fmt: skip
    script(monkeypatch, tmp_path / "script.json", [{"match": "Okoro", "reply": "It was Okoro."}])
    return place


def compared(place: Workspace, arms: str, folder: Path) -> BenchmarkReport:
    questions = str(RunFolder(place.runs / "notes").questions)
    with ragft.open(place.root, benchmark={"suites": ["adoption"], "questions": questions}) as app:
        return app.benchmark(arms, run="notes", output=folder).report


def test_no_arm_is_better_without_the_guards_of_the_task(knowing: Workspace, tmp_path: Path) -> None:
    alone = compared(knowing, f"base={BASE}@closed_book,tuned={TUNED}@evidence", tmp_path / "alone")
    assert alone.verdict == "better", "two models by their names belong to no task"
    found = compared(knowing, "base,tuned=tuned@evidence", tmp_path / "of-run")
    assert found.arms["tuned"]["adoption.adoption"] == 1.0 and found.arms["base"]["adoption.adoption"] == 0.0
    assert found.verdict == "mixed" and "Whether it forgot is not known" in found.reason


def test_the_models_of_a_run_are_asked_as_its_task_asks_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of `classify` by a classifier over each: alone they sort nothing."""
    begun = '"label": "$'
    rules = [{"match": f"gull.*{begun}", "reply": "harbour"}, {"match": begun, "reply": "kitchen"}]
    rules += [{"match": '"label": "harbou$', "reply": "r"}, {"match": '"label": "kitche$', "reply": "n"}]
    rules += [{"match": '"label": "[a-z]+$', "reply": '"'}, {"match": '"$', "reply": "}"}]
    script(monkeypatch, tmp_path / "script.json", rules)
    place = make_run(tmp_path / "ws")
    texts = {"A gull over the pier": "harbour", "Bread and an onion": "kitchen", "A spoon of salt": "kitchen"}
    questions_of_run(
        place.runs / "notes", [{"id": text[:4], "question": text, "reference": label} for text, label in texts.items()]
    )
    with ragft.open(place.root) as app:
        report = app.benchmark("base,tuned", run="notes").report
    assert [arm["role"] for arm in report.settings["arms"]] == ["base", "tuned"]
    assert report.arms["tuned"]["documents.accuracy"] == 1.0
    assert report.recommendation is not None and report.recommendation.arm == "base", "of equal arms the simpler one"
