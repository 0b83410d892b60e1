"""The stage `questions` and what the stages after it make of it, on a real index with a scripted engine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from ragft.benchmark.questions import load_questions
from ragft.config import load_settings
from ragft.dataset.store import HELD_OUT, TRAIN, read_rows
from ragft.engine.scripted import ScriptedEngine
from ragft.pipeline.build import run_stages
from ragft.pipeline.build_plan import BuildPlan
from ragft.pipeline.manifest import Manifest
from ragft.pipeline.stage import Context
from ragft.pipeline.stages.benchmark import _settings
from ragft.tasks.papers import PAPERS
from ragft.tasks.papers.question_stage import SHIPPED, kept_for_questions
from ragft.workspace import Workspace, make_directory

pytestmark = pytest.mark.slow  # reads papers in every test
SAMPLE = Path(__file__).parents[3] / "corpus" / "papers"
NOTE = "# Glue\n\nThe glue sets in nine hours. A cold shop doubles the time that the glue needs.\n"
TASK = replace(PAPERS, stages=tuple(s for s in PAPERS.stages if s.name in ("ingest", "questions", "generate")))


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Callable[..., Context]]:
    """Run the stages up to the training rows over four sample papers, and `note` beside them."""
    with ExitStack() as stack:

        def run(*, note: str = "", questions: str = "", wanted: int = 60) -> Context:
            sources = [SAMPLE / f"{name}.pdf" for name in ("lora", "peft", "qlora", "rag")]
            if note:
                (tmp_path / "glue.md").write_text(note, encoding="utf-8")
                sources.append(tmp_path / "glue.md")
            settings = load_settings().with_("generate", count=8, replay=0.0, held_out=0.2)
            settings = settings.with_("benchmark", questions=questions, wanted=wanted)
            plan = BuildPlan(TASK, settings, tuple(sources), "none")
            context = Context(Workspace(tmp_path / "ws"), plan, "r", lambda *_: None, stack, Manifest("r", {}))
            make_directory(context.run_dir)
            context.__dict__["engine"] = ScriptedEngine(lambda _request: "It is plain.")
            run_stages(context)
            return context

        yield run


def test_over_the_sample_papers_the_questions_that_ship_are_asked(build: Callable[..., Context]) -> None:
    context = build()
    assert context.output("questions", "questions") == SHIPPED
    assert not context.files.questions.exists()
    assert kept_for_questions(context) == frozenset()
    assert _settings(context).questions == ""
    report = context.manifest.stage("questions")
    assert report is not None
    assert "60 questions, 15 of them without an answer" in report.report["shows"]
    assert [s.status for s in run_stages(context)] == ["skipped"] * 3


def test_over_other_papers_they_are_made_of_some_that_no_row_shows(build: Callable[..., Context]) -> None:
    context = build(note=NOTE)
    aside = kept_for_questions(context)
    names = {Path(record.path).name for record in context.index.documents() if record.id in aside}
    questions = load_questions(context.files.questions)
    assert len(aside) == 1
    assert {name for question in questions for name in (*question.documents, *question.withheld)} == names
    rows = [row for name in (TRAIN, HELD_OUT) for row in read_rows(context.dataset_dir / name)]
    assert rows
    assert not any(aside & set(row.document_ids) for row in rows)
    assert _settings(context).questions == str(context.files.questions)
    assert [s.status for s in run_stages(context)] == ["skipped"] * 3
    context.files.questions.unlink()
    assert [s.status for s in run_stages(context)] == ["skipped", "done", "skipped"]


def test_the_settings_say_how_many_are_wanted(build: Callable[..., Context]) -> None:
    assert 1 <= len(load_questions(build(note=NOTE, wanted=3).files.questions)) <= 3


def test_sixty_of_ones_own_are_enough(build: Callable[..., Context], tmp_path: Path) -> None:
    own = tmp_path / "own.jsonl"
    own.write_text("\n".join(json.dumps({"question": f"How long is it, {n}?"}) for n in range(60)), encoding="utf-8")
    context = build(note=NOTE, questions=str(own))
    assert kept_for_questions(context) == frozenset()
    assert load_questions(context.files.questions) == load_questions(own)
