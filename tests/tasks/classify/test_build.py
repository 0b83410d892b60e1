"""From labelled documents to a verdict by the stages of the task, on a tiny model and a scripted engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ragft.benchmark.report.saved import load_report
from ragft.config import Settings, load_settings
from ragft.dataset.store import HELD_OUT, TRAIN, read_rows
from ragft.engine.choosing.default import get_default
from ragft.pipeline.build import BuildReport, build_model
from ragft.pipeline.build_plan import BuildPlan
from ragft.tasks.classify import CLASSIFY, stages
from ragft.tasks.classify.classifier_arms import ARMS
from ragft.tasks.classify.files import CLASSIFIER, VALIDATION, CalibratedArms, read_documents_of
from ragft.workspace import Workspace

WORDS = {
    "port": "tide pier ship anchor buoy ferry gull rope sail mast",
    "cook": "salt pan stove onion bread knife oven spoon flour plate",
    "plot": "soil rose spade seed hedge lawn worm pond shed leaf",
}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rows = []
    for label, words in WORDS.items():
        for n in range(10):
            chosen = words.split()[n % 5 : n % 5 + 5]
            rows.append({"text": f"Note {n} about {' and '.join(chosen)} of {label[::-1]}{n}", "label": label})
    rows += [{"text": f"Nothing of this kind, {n} times {n} is {n * n}", "label": "unknown"} for n in range(6)]
    path = tmp_path / "notes.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """The scripted models know the port, and take all else for cooking."""
    begun = '"label": "$'
    rules = [{"match": f"trop.*{begun}", "reply": "port"}, {"match": begun, "reply": "cook"}]
    rules += [{"match": '"label": "[a-z]+$', "reply": '"'}, {"match": '"$', "reply": "}"}]
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"rules": rules, "default": {"reply": "Who knows."}}))
    monkeypatch.setenv("RAGFT_SCRIPT", str(script))
    return Workspace(tmp_path / "ws")


def settings() -> Settings:
    found = load_settings(preset=CLASSIFY.preset("demo")).with_("engine", name="scripted", threads=1)
    found = found.with_("train", max_steps=1, accumulation=1).with_("classify", shots=1)
    # A random model never ends its turn: the other three proofs hold for it as for any.
    return found.with_("export", checks=("prompt", "tokenizer", "logits"))


def build(workspace: Workspace, table: Path, base: Path) -> BuildReport:
    plan = BuildPlan(CLASSIFY, settings(), [table], str(base))
    return build_model(workspace, plan, plan.run_name("demo"), progress=lambda *_: None)


@pytest.mark.slow
def test_documents_become_a_verdict_over_all_arms(workspace: Workspace, table: Path, tiny_base: Path) -> None:
    report = build(workspace, table, tiny_base)
    assert list(report.arms) == list(ARMS)
    assert report.arms["tf-idf"]["documents.accuracy"] > report.arms["tuned"]["documents.accuracy"] > 0
    assert report.recommended in {"tf-idf", "encoder", "nearest"}
    assert all(values["documents.invalid"] == 0 for values in report.arms.values())
    assert all(0 <= values["documents.outside_auroc"] <= 1 for values in report.arms.values())
    assert get_default(workspace) is None, "a model that sorts documents answers no questions"

    documents = read_documents_of(workspace.datasets / report.run)
    rows = read_rows(workspace.datasets / report.run / TRAIN)
    assert len(rows) == sum(one.split == "train" for one in documents) == 9
    assert read_rows(workspace.datasets / report.run / HELD_OUT)
    assert json.loads(rows[0].completion[0]["content"])["label"] in WORDS
    assert "cook, plot, port" in rows[0].prompt[0]["content"]

    run_dir = workspace.runs / report.run
    assert CalibratedArms.of_run(run_dir).labels == ("cook", "plot", "port")
    assert set(CalibratedArms.of_run(run_dir).arms) == set(ARMS)
    saved, _ = load_report(run_dir / "benchmark", CLASSIFY.suites)
    assert saved.recommendation is not None and saved.recommendation.arm == report.recommended


@pytest.mark.slow
def test_what_was_said_of_validation_documents_is_not_asked_again(
    workspace: Workspace, table: Path, tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(stages, "ESTIMATE", 1)
        first = build(workspace, table, tiny_base)
    run_dir = workspace.runs / first.run
    asked = (run_dir / VALIDATION).read_bytes()
    calibrated = (run_dir / CLASSIFIER).read_bytes()
    assert "calibrate" in stages_done(build(workspace, table, tiny_base)), "by an estimate of before"
    (run_dir / CLASSIFIER).unlink()
    again = build(workspace, table, tiny_base)
    assert again.run == first.run
    assert "calibrate" in stages_done(again) and not stages_done(again) & {"generate", "train", "export"}
    assert (run_dir / VALIDATION).read_bytes() == asked
    assert (run_dir / CLASSIFIER).read_bytes() == calibrated


def stages_done(report: BuildReport) -> set[str]:
    return {stage.name for stage in report.stages if stage.status == "done"}


@pytest.mark.slow
def test_other_settings_of_the_task_are_another_run(workspace: Workspace, table: Path) -> None:
    changed = settings().with_("classify", categories=False)
    names = {BuildPlan(CLASSIFY, each, [table], "base").run_name("demo") for each in (settings(), changed)}
    assert len(names) == 2
