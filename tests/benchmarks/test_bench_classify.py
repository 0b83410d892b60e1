"""Classifiers on public sets: the set as one file, the arms that are asked, and what is printed of each."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from ragft.engine.base import ChatRequest
from ragft.engine.run_models import Registration
from ragft.engine.scripted import ScriptedEngine
from ragft.pipeline.manifest import Manifest
from ragft.setting_sections import ClassifySettings, IndexSettings
from ragft.tasks.classify.classifier_arms import ARMS, FEW_SHOT, WITHOUT_MODEL, ZERO_SHOT, Kit
from ragft.tasks.classify.prompts import BEGUN
from ragft.workspace import Workspace

WORDS = {"boats": "harbour sail anchor tide", "bread": "flour oven crust yeast", "chess": "rook pawn king mate"}


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """With a set of three classes that words tell apart, and two documents of none."""
    module = import_module("bench_classify")
    for part, count in (("train", 8), ("test", 2)):
        rows = [
            {"text": f"{part} {number} {' '.join(words.split()[number % 3 :])} {name}", "label": name}
            for name, words in WORDS.items()
            for number in range(count)
        ]
        module.write(tmp_path / f"clinc150.{part}.jsonl", rows)
    module.write(tmp_path / "clinc150.out_of_scope.jsonl", [{"text": f"rain {n}", "label": "oos"} for n in range(2)])
    monkeypatch.setattr(module, "DATA", tmp_path)
    return module


def test_each_arm_has_a_line_with_its_speed_and_its_invalid_labels(
    bench: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench_classify.py", "clinc150", "--workspace", str(tmp_path / "ws")])
    bench.main()
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.startswith("clinc150: 3 classes")
    assert [line.split()[0] for line in lines] == list(WITHOUT_MODEL)
    assert all("above the threshold 1.000  invalid 0 of 8" in line and "documents/s" in line for line in lines)
    assert "accuracy 1.000" in lines[0]


def test_a_model_is_asked_in_two_ways_and_those_of_a_run_in_all(bench: ModuleType) -> None:
    def kit(**models: str) -> Kit:
        return Kit.over((), ("a", "b"), ClassifySettings(), IndexSettings(), lambda: pytest.fail("asked"), **models)

    assert bench.arms_of(kit()) == list(WITHOUT_MODEL)
    assert bench.arms_of(kit(base="m")) == [*WITHOUT_MODEL, ZERO_SHOT, FEW_SHOT]
    assert bench.arms_of(kit(base="m", tuned="t")) == list(ARMS)


def made_run(workspace: Workspace, settings: ClassifySettings) -> None:
    folder = workspace.runs / "sorted"
    folder.mkdir(parents=True)
    Manifest("sorted", {"task": "classify", "classify": settings.model_dump(mode="json")}).save(folder)
    Registration("tuned:q8_0", "base:q8_0").write(folder)


def test_a_run_is_asked_as_it_was_made(bench: ModuleType, tmp_path: Path) -> None:
    workspace, made = Workspace(tmp_path / "ws"), ClassifySettings(categories=False, per_class=3, judged=9)
    made_run(workspace, made)
    flags = {"per_class": 0, "characters": 600, "shots": 3, "judged": 40, "workspace": workspace.root}
    assert bench.settings_of(Namespace(**flags, run="sorted")) == made.model_copy(update={"judged": 40})
    assert bench.settings_of(Namespace(**flags, run="")).categories is True


def always_boats(request: ChatRequest) -> str:
    """The answer, a piece at a time, after what is there of it."""
    begun = request.messages[-1].content.rpartition(BEGUN)[2]
    return {"": "boats", "boats": '"'}.get(begun, "}")


def test_the_two_models_of_a_run_stand_beside_the_arms_without_one(
    bench: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace, engine = Workspace(tmp_path / "ws"), ScriptedEngine(always_boats)
    made_run(workspace, ClassifySettings(shots=1))
    monkeypatch.setattr(bench, "EmbeddedEngine", lambda _: engine)
    monkeypatch.setattr(sys, "argv", ["bench", "clinc150", "--run", "sorted", "-w", str(workspace.root)])
    bench.main()
    lines = capsys.readouterr().out.splitlines()[1:]
    assert [line.split()[0] for line in lines] == list(ARMS)
    assert all("accuracy 0.333" in line for line in lines[3:]), "a third of the documents is about boats"
    assert {request.model for request in engine.requests} == {"base:q8_0", "tuned:q8_0"}


def test_the_set_is_written_with_its_own_test_half(
    bench: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "one.jsonl"
    monkeypatch.setattr(sys, "argv", ["bench_classify.py", "clinc150", "--write", str(path)])
    bench.main()
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert sum(row["split"] == "test" for row in rows) == 3 * 2 + 2
    assert sum(row["split"] == "validation" for row in rows) == 4


def test_the_set_that_ships_is_divided_by_the_seed(bench: ModuleType) -> None:
    rows = bench.rows_of("documents")
    first, second = (bench.documents_of(rows, ClassifySettings(), seed) for seed in (0, 1))
    assert len({row["label"] for row in rows} - {"unknown"}) == 41
    assert {one.id for one in first if one.split == "test"} != {one.id for one in second if one.split == "test"}
