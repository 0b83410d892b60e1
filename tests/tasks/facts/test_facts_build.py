"""`ragft build-model --task facts`, whole, with a tiny random model: every stage, every suite."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import ragft
from ragft.benchmark.questions import load_questions
from ragft.config import load_settings
from ragft.dataset.store import HELD_OUT, TRAIN, read_rows
from ragft.pipeline.build import BuildReport, build_model
from ragft.pipeline.build_plan import BuildPlan
from ragft.run_folder import RunFolder
from ragft.tasks.facts import FACTS
from ragft.tasks.papers import PAPERS
from ragft.workspace import Workspace

TABLE = "hill,height (m)\n" + "".join(f"{name},{100 + 7 * n}\n" for n, name in enumerate("ABCDEFGHIJKLMNOP"))
SETTINGS = {
    "RAGFT_FACTS__UNSEEN": "0.4",
    "RAGFT_FACTS__ENTITIES": "0",
    "RAGFT_FACTS__EXPOSURES": "4",
    "RAGFT_TRAIN__MAX_STEPS": "4",
    "RAGFT_ANSWER__NUM_PREDICT": "16",
    "RAGFT_BENCHMARK__LIMIT": "6",
    "RAGFT_ENGINE__NAME": "embedded",
    "RAGFT_ENGINE__THREADS": "1",
    # A random model never ends its turn: the other three proofs hold for it as for any.
    "RAGFT_EXPORT__CHECKS": '["prompt", "tokenizer", "logits"]',
}


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "hills.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def build(workspace: Workspace, table: Path, base: Path) -> BuildReport:
    settings = load_settings(preset=FACTS.preset("demo")).with_("engine", name="embedded", threads=1)
    plan = BuildPlan(FACTS, settings, [table], str(base))
    return build_model(workspace, plan, plan.run_name("demo"), progress=lambda *_: None)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_table_becomes_a_model_and_a_verdict_over_six_arms(tmp_path: Path, table: Path, tiny_base: Path) -> None:
    workspace = Workspace(tmp_path / "ws")
    report = build(workspace, table, tiny_base)
    conditions = ("closed_book", "evidence", "retrieval")
    assert list(report.arms) == [
        role if condition == "closed_book" else f"{role}@{condition}"
        for condition in conditions
        for role in ("base", "tuned")
    ]
    for values in report.arms.values():
        assert values["choice.chance"] == pytest.approx(0.2)
        assert {"choice.accuracy", "written.unparsed", "general.accuracy", "forgetting.cross_entropy"} <= set(values)
    assert report.verdict
    assert report.default == "", "a model that has learnt a table by heart is no assistant"
    folder = workspace.datasets / report.run
    rows = read_rows(folder / TRAIN)
    assert (sum(row.kind != "replay" for row in rows), read_rows(folder / HELD_OUT)) == (4 * 10, [])
    assert any(row.kind == "replay" for row in rows), "general rows are mixed in"
    assert len(load_questions(RunFolder(workspace.runs / report.run).questions)) == 16
    assert not workspace.catalogue.exists(), "the sentences are none of the user's documents"
    again = build(workspace, table, tiny_base)
    assert (again.run, {stage.status for stage in again.stages}) == (report.run, {"skipped"})
    with ragft.open(workspace.root) as app:
        compared = app.benchmark("base,tuned", run=report.run).report
    assert compared.arms == {role: report.arms[role] for role in ("base", "tuned")}, "asked as the run was"
    table.write_text(TABLE.replace("(m)", "(ft)"), encoding="utf-8")
    changed = build(workspace, table, tiny_base)
    assert {stage.name: stage.status for stage in changed.stages}["generate"] == "done"
    assert " ft" in (folder / TRAIN).read_text(encoding="utf-8")


def test_the_options_of_the_task_belong_to_the_identity_of_a_run(table: Path) -> None:
    settings = load_settings(preset=FACTS.preset("demo"))
    more = settings.with_("facts", exposures=30)
    facts, papers = (BuildPlan(task, settings, [table], "b") for task in (FACTS, PAPERS))
    assert facts.run_name("demo") != replace(facts, settings=more).run_name("demo")
    assert papers.run_name("demo") == replace(papers, settings=more).run_name("demo")
