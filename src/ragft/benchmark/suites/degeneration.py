"""Broken output: everyday requests without evidence, and the questions of other suites."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ragft.benchmark.asking.bench import Bench
from ragft.benchmark.base import Arm, BenchmarkQuestion, Recorded
from ragft.benchmark.scoring.broken_output import FAULTS, broken, compression
from ragft.benchmark.scoring.measures import BROKEN, Metric
from ragft.benchmark.suites.base import Need, Scores, Suite, shipped_questions

if TYPE_CHECKING:
    from ragft.setting_sections import BenchmarkSettings

PROMPTS = "probes/prompts.jsonl"


class Degeneration:
    """Everyday requests are asked closed-book in every arm: evidence would hold the model up."""

    name = "degeneration"
    kind = "answer"
    metrics = (
        Metric("degenerate_rate", "Broken answers", "broken", better=-1, binary=True, role="guard", guard=BROKEN),
        *(Metric(fault, f"… {fault.replace('_', ' ')}", fault, better=-1, binary=True) for fault in FAULTS),
        Metric("compression", "Compression ratio of longer answers", "compression", "score", better=0),
    )

    def __init__(self, *others: Suite) -> None:
        self._others = others
        text: frozenset[Need] = frozenset({"text"})
        self.needs = text.union(*(suite.needs for suite in others))

    def questions(self, settings: BenchmarkSettings) -> list[BenchmarkQuestion]:
        """The requests that ship, then the questions of the other suites."""
        everyday = [replace(q, topic="everyday", closed_book=True) for q in shipped_questions(PROMPTS)]
        return [*everyday, *(question for suite in self._others for question in suite.questions(settings))]

    def ask(self, bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        """By the assistant, or without it."""
        return bench.answer(arm, question)

    def score(self, question: BenchmarkQuestion, recorded: Recorded) -> Scores:
        """The fault of the answer, if any."""
        found = broken(recorded, question.question)
        ratio = compression(recorded.answer.raw or recorded.answer.answer)
        faults = {fault: float(found == fault) for fault in FAULTS}
        return {"broken": float(bool(found)), **faults, "compression": ratio}
