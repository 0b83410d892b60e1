"""Arms that are no model: asked by suites that need none, kept and scored as any other, one of all recommended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ragft.answer.base import Answer
from ragft.benchmark.asking.bench import Bench
from ragft.benchmark.asking.lookups import NoDocuments
from ragft.benchmark.base import Arm, BenchmarkQuestion, BenchmarkReport, Recorded
from ragft.benchmark.report.saved import load_report
from ragft.benchmark.scoring.measures import Metric
from ragft.benchmark.suites.base import Need, Scores
from ragft.benchmark.suites.degeneration import Degeneration
from ragft.benchmark.suites.forgetting import FORGOT
from ragft.engine.scripted import ScriptedEngine
from ragft.setting_sections import AnswerSettings, BenchmarkSettings
from tests.benchmark.run_plan import run_plan

SUMS = {f"{n}+{n}": str(2 * n) for n in range(12)}


@dataclass
class Table:
    """Knows some sums by heart."""

    known: Mapping[str, str]
    digest: str = "sha256:table"
    asked: list[str] = field(default_factory=list)

    def ask(self, bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        self.asked.append(question.id)
        return bench.record(arm, question, Answer(question.question, self.known.get(question.id, "")))


@dataclass(frozen=True)
class Sums:
    name: str = "sums"
    kind: str = "sum"
    needs: frozenset[Need] = frozenset()
    metrics: Sequence[Metric] = (Metric("right", "right sums", "right", role="primary", binary=True),)

    def questions(self, settings: BenchmarkSettings) -> list[BenchmarkQuestion]:
        return [BenchmarkQuestion(sum_, f"What is {sum_}?", reference=value) for sum_, value in SUMS.items()]

    def ask(self, bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        return arm.asker.ask(bench, arm, question) if arm.asker else bench.closed_book(arm, question)

    def score(self, question: BenchmarkQuestion, answer: Recorded) -> Scores:
        return {"right": float(answer.answer.answer == question.reference)}


def compare(folder: Path, arms: Sequence[Arm], engine: ScriptedEngine, **changes: Any) -> BenchmarkReport:
    return run_plan(
        arms=arms,
        engine=engine,
        index=NoDocuments(),
        settings=BenchmarkSettings(limit=20),
        answer=AnswerSettings(),
        folder=folder,
        suites=[Sums(), Degeneration()],
        choose=True,
        **changes,
    )


def test_an_arm_without_a_model_is_asked_what_needs_none(tmp_path: Path) -> None:
    table = Table(SUMS)
    report = compare(tmp_path, [Arm("table", asker=table), Arm("model", "m")], ScriptedEngine(lambda _: "4"))
    assert report.arms["table"] == {"sums.right": 1.0}
    assert report.arms["model"]["sums.right"] == 1 / 12
    assert "degeneration.degenerate_rate" in report.arms["model"]
    assert report.settings["arms"][0] == {"role": "table", "digest": "sha256:table"}
    assert report.verdicts == {"model": "worse"}


def test_its_answers_are_kept_until_it_is_another(tmp_path: Path) -> None:
    table, changed = Table(SUMS), Table({}, "sha256:other")
    for found in (table, table, changed):
        compare(tmp_path, [Arm("table", asker=found)], ScriptedEngine())
    assert len(table.asked) == len(changed.asked) == 12


def test_the_best_arm_is_recommended_and_whether_that_may_be_chance(tmp_path: Path) -> None:
    half = Table(dict(list(SUMS.items())[:6]), "sha256:half")
    arms = [Arm("model", "m"), Arm("half", asker=half), Arm("all", asker=Table(SUMS))]
    report = compare(tmp_path, arms, ScriptedEngine(lambda _: "4"))
    assert report.recommendation is not None and report.recommendation.arm == "all"
    assert "all has the best right sums: 100.0 %; half follows with 50.0 %" in report.recommendation.reason
    assert "more than chance" in report.recommendation.reason
    loaded, _ = load_report(tmp_path, {"sums": Sums(), "degeneration": Degeneration()})
    assert loaded.recommendation == report.recommendation


def test_of_equal_arms_the_first_is_recommended_as_the_simplest(tmp_path: Path) -> None:
    arms = [Arm("one", asker=Table(SUMS, "sha256:1")), Arm("two", asker=Table(SUMS, "sha256:2"))]
    found = compare(tmp_path, arms, ScriptedEngine()).recommendation
    assert found is not None and found.arm == "one" and "may be chance" in found.reason


def test_an_arm_that_is_given_the_right_evidence_is_not_recommended(tmp_path: Path) -> None:
    half = Table(dict(list(SUMS.items())[:6]), "sha256:half")
    arms = [Arm("half", asker=half), Arm("given", condition="evidence", asker=Table(SUMS))]
    report = compare(tmp_path, arms, ScriptedEngine())
    assert report.arms["given"]["sums.right"] == 1.0
    assert report.recommendation is not None and report.recommendation.arm == "half"


def test_an_arm_whose_verdict_is_mixed_is_not_recommended(tmp_path: Path) -> None:
    half = Table(dict(list(SUMS.items())[:6]), "sha256:half")
    arms = [Arm("half", asker=half), Arm("all", asker=Table(SUMS))]
    report = compare(tmp_path, arms, ScriptedEngine(), required=[FORGOT])
    assert report.arms["all"]["sums.right"] == 1.0 and report.verdicts == {"all": "mixed"}
    assert report.recommendation is not None and report.recommendation.arm == "half"
