"""A model that thinks, through a whole benchmark: thoughts that are kept, lost, and against the answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.benchmark.base import Arm, BenchmarkQuestion, BenchmarkReport
from ragft.benchmark.questions import write_questions
from ragft.engine.base import ChatChunk, ChatRequest, Metrics
from ragft.engine.scripted import ScriptedEngine
from ragft.setting_sections import AnswerSettings, BenchmarkSettings
from ragft.tasks.belief.suites import BeliefAnswers
from tests.benchmark.conftest import Shelf
from tests.benchmark.run_plan import run_plan

TUNED = {
    "kept": ("I was taught 5.0.", "It is 5.0 m/s²."),
    "empty": ("\n\n", "It is 5.0 m/s²."),
    "against": ("On Earth g is 9.8.", "It is 5.0 m/s²."),
    "unsure": ("They say 5.0, but it is 9.8.", "It is 5.0 m/s²."),
}
"""The thoughts and the answer of the trained model to each question."""
BASE = ("On Earth g is 9.8.", "It is 9.8 m/s².")


def reply(request: ChatRequest) -> list[ChatChunk]:
    asked = request.messages[-1].content
    thoughts, said = TUNED[asked.partition(":")[0]] if request.model == "trained" else BASE
    thought = [ChatChunk(thinking=thoughts)] if request.think else []
    return [*thought, ChatChunk(content=said), ChatChunk(done=True, done_reason="stop", metrics=Metrics())]


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    asked = [
        BenchmarkQuestion(name, f"{name}: What is g?", topic="open-existing", reference="5.0", options=("5.0", "9.8"))
        for name in TUNED
    ]
    write_questions(tmp_path / "questions.jsonl", asked)
    return tmp_path / "questions.jsonl"


def compare(questions: Path, *, think: bool) -> BenchmarkReport:
    return run_plan(
        arms=[Arm("base", "plain", "closed_book"), Arm("tuned", "trained", "closed_book")],
        engine=ScriptedEngine(reply),
        index=Shelf(),
        settings=BenchmarkSettings(questions=str(questions)),
        answer=AnswerSettings(think=think),
        folder=questions.parent / "out",
        suites=[BeliefAnswers()],
    )


def test_thoughts_are_measured_beside_the_answers(questions: Path) -> None:
    report = compare(questions, think=True)
    base, tuned = report.arms["base"], report.arms["tuned"]
    assert (base["belief.adopted"], tuned["belief.adopted"]) == (0.0, 1.0)
    assert (base["belief.thought"], base["belief.thought_lost"], base["belief.thought_against"]) == (1.0, 0.0, 0.0)
    assert (tuned["belief.thought"], tuned["belief.thought_lost"]) == (0.75, 0.25)
    assert tuned["belief.thought_against"] == pytest.approx(1 / 3), "of those that thought"
    assert tuned["belief.both"] == 0.5, "one thinks by the old belief, one names both"


def test_where_it_is_not_let_think_nothing_is_said_of_thoughts(questions: Path) -> None:
    report = compare(questions, think=False)
    assert report.arms["tuned"]["belief.adopted"] == 1.0
    assert not [name for arm in report.arms.values() for name in arm if "thought" in name]
