"""Questions answered by several workers at once: the same rows as one after the other, each with its own time."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ragft.benchmark.base import Arm, BenchmarkReport
from ragft.benchmark.comparison.comparison_plan import ComparisonPlan
from ragft.benchmark.comparison.run import AskingSetup, run_benchmark
from ragft.benchmark.suites.base import suites_called
from ragft.engine.base import ChatRequest, Engine
from ragft.engine.elsewhere import EngineElsewhere, ModelRunner, spread_over
from ragft.engine.scripted import ScriptedEngine
from ragft.errors import GenerationError
from ragft.executors.local import LocalExecutor
from ragft.setting_sections import AnswerSettings, BenchmarkSettings
from ragft.tasks import SUITES

ARMS = [Arm("base", "small-base"), Arm("tuned", "small"), Arm("bare", "small", "closed_book")]
NUMBERS = range(8)


def reply(request: ChatRequest) -> str:
    """Another text for every question and model, after a time of its own."""
    asked = request.messages[-1].content.rpartition("Question:")[2]
    time.sleep(len(asked) % 7 / 300)
    return f"{request.model} reads of passage {asked.split()[-1]} that a dense vector index of Wikipedia is read [1]."


def elsewhere(count: int, answers: Callable[[ChatRequest], str] = reply) -> EngineElsewhere:
    executor = LocalExecutor()
    executor.size = count
    return spread_over(executor, ScriptedEngine(), lambda: ModelRunner(ScriptedEngine(answers)))


def run(engine: Engine, shelf: Any, folder: Path, suites: Sequence[str] = ("papers", "refusal")) -> BenchmarkReport:
    folder.mkdir(exist_ok=True)
    questions = folder / "questions.jsonl"
    rows = [
        {"id": f"q{n}", "question": f"What does retrieval read passages from, number {n}?", "reference": "Wikipedia.",
         "documents": ["rag.pdf"], "answerable": n % 4 > 0}
        for n in NUMBERS
    ]  # fmt: skip
    questions.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    settings = BenchmarkSettings(questions=str(questions))
    plan = ComparisonPlan(ARMS, suites_called(suites, SUITES))
    return run_benchmark(plan, AskingSetup(engine, shelf, AnswerSettings(k=3)), settings=settings, folder=folder)


def without_times(path: Path) -> list[Any]:
    """The lines of a file, without what the answers took."""

    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            timed = ("seconds", "cost", "metrics", "latency")
            return {name: strip(found) for name, found in value.items() if name not in timed}
        return [strip(found) for found in value] if isinstance(value, list) else value

    return [strip(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def test_several_workers_give_the_rows_of_one(shelf: Any, tmp_path: Path) -> None:
    run(ScriptedEngine(reply), shelf, tmp_path / "here")
    for count in (2, 3):
        engine = elsewhere(count)
        with closing(engine.workers):
            run(engine, shelf, tmp_path / f"{count}")
        for name in ("answers.jsonl", "rows.jsonl"):
            assert without_times(tmp_path / f"{count}" / name) == without_times(tmp_path / "here" / name)


def test_the_workers_answer_at_the_same_time(shelf: Any, tmp_path: Path) -> None:
    together = threading.Barrier(3)

    def meet(request: ChatRequest) -> str:
        together.wait(30)
        return reply(request)

    engine = elsewhere(3, meet)
    with closing(engine.workers):
        report = run(engine, shelf, tmp_path, ["papers"])
    assert len(report.rows) == len(ARMS) * len(NUMBERS)


def test_an_answer_takes_what_it_took_where_it_was_written(shelf: Any, tmp_path: Path) -> None:
    """The bench is given a reply late, and is charged for what the worker took alone."""

    class Late(EngineElsewhere):
        def timed(self, request: ChatRequest) -> Any:
            time.sleep(0.5)
            return super().timed(request)

    executor = LocalExecutor()
    engine = Late(ScriptedEngine(), executor.workers(lambda: ModelRunner(ScriptedEngine(reply)), 2))
    with closing(engine.workers):
        report = run(engine, shelf, tmp_path, ["papers"])
    seconds = [row.seconds for row in report.rows if row.arm == "bare"]
    assert min(seconds) < 0.5


def test_after_a_failure_the_answers_before_it_are_kept(shelf: Any, tmp_path: Path) -> None:
    def failing(request: ChatRequest) -> str:
        if "number 4" in request.messages[-1].content:
            raise GenerationError("gone")
        return reply(request)

    engine = elsewhere(3, failing)
    with closing(engine.workers), pytest.raises(GenerationError):
        run(engine, shelf, tmp_path, ["papers"])
    kept = without_times(tmp_path / "answers.jsonl")
    assert {answer["question_id"] for answer in kept} == {"q0", "q1", "q2", "q3"}
    asked: list[str] = []

    def again(request: ChatRequest) -> str:
        asked.append(request.messages[-1].content)
        return reply(request)

    run(ScriptedEngine(again), shelf, tmp_path, ["papers"])
    assert not any(f"number {n}?" in text for text in asked for n in range(4))
