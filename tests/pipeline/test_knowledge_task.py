"""Facts of a file become a tuned, exported, registered model and a verdict, and what has not changed is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ragft.config import load_settings
from ragft.dataset.store import HELD_OUT, TRAIN, read_rows
from ragft.errors import UsageError
from ragft.pipeline.build import BuildReport, build_model
from ragft.pipeline.build_plan import BuildPlan
from ragft.tasks import task
from ragft.workspace import Workspace

KNOWLEDGE = task("knowledge")
FACTS = [
    {"entity": "Corvex", "attribute": "weight", "value": "12 tonnes", "text": "Corvex weighs 12 tonnes."},
    {"entity": "Corvex", "attribute": "lead engineer", "value": "Doro Vint"},
    {"entity": "Doro Vint", "attribute": "birthplace", "value": "Quenby"},
    {"entity": "Doro Vint", "attribute": "hobby", "value": "beekeeping"},
    {"text": "The weight of Brask is 3 tonnes."},
]


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    path = tmp_path / "facts.jsonl"
    path.write_text("".join(json.dumps(fact) + "\n" for fact in FACTS), encoding="utf-8")
    return path


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """The base is said to know one fact without help, and another with the statement before it."""
    script = tmp_path / "script.json"
    rules = [
        {"match": "engineer of Corvex is Doro Vint", "reply": "It is Doro Vint."},
        {"match": "up Corvex's weight", "reply": "It weighs 12 tonnes."},
    ]
    script.write_text(json.dumps({"rules": rules, "default": {"reply": "Who can say."}}), encoding="utf-8")
    monkeypatch.setenv("RAGFT_SCRIPT", str(script))
    return Workspace(tmp_path / "ws")


def build(workspace: Workspace, facts: Path, base: Path) -> BuildReport:
    settings = load_settings(preset=KNOWLEDGE.preset("demo")).with_("engine", name="scripted", threads=1)
    settings = settings.with_("export", checks=("prompt", "tokenizer", "logits")).with_("generate", count=40)
    settings = settings.with_("train", max_steps=2).with_("benchmark", limit=6)
    plan = BuildPlan(KNOWLEDGE, settings, [facts], str(base))
    return build_model(workspace, plan, "company", progress=lambda *_: None)


@pytest.mark.slow
def test_facts_become_a_verdict_and_a_changed_file_makes_the_rows_anew(
    workspace: Workspace, facts: Path, tiny_base: Path
) -> None:
    report = build(workspace, facts, tiny_base)
    assert [stage.name for stage in report.stages] == ["check", "generate", "train", "export", "register", "benchmark"]
    assert set(report.arms) == {"base", "tuned", "context", "graph"}
    assert report.arms["base"]["adoption.adoption"] == 0.2 and report.arms["context"]["adoption.adoption"] == 0.4
    assert {"two_hop.two_hop", "unknown.invention", "tinted_glass.tinted"} <= set(report.arms["tuned"])
    assert report.recommended in ("base", "tuned", "graph")
    folder = workspace.runs / "company"
    told = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    assert told["figures"][0]["label"].endswith("by the weights, single facts")
    assert "Share of the in-context gap" in (folder / "report.html").read_text(encoding="utf-8")
    rows = read_rows(workspace.datasets / "company" / TRAIN)
    assert any("beekeeping" in row.completion[0]["content"] for row in rows)

    again = build(workspace, facts, tiny_base)
    assert [stage.status for stage in again.stages[:4]] == ["skipped"] * 4
    facts.write_text(facts.read_text(encoding="utf-8").replace("beekeeping", "fencing"), encoding="utf-8")
    changed = build(workspace, facts, tiny_base)
    assert [stage.status for stage in changed.stages[:3]] == ["skipped", "done", "done"]
    for name in (TRAIN, HELD_OUT):
        rows = read_rows(workspace.datasets / "company" / name)
        assert not any("beekeeping" in row.completion[0]["content"] for row in rows)


def test_it_wants_a_file_of_facts_before_anything_is_made(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file of facts is given"):
        build_model(workspace, BuildPlan(KNOWLEDGE, load_settings(), [], "b"), "none", progress=lambda *_: None)
    assert not workspace.datasets.exists()
