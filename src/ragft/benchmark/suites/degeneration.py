"""Is the output whole? Questions over the papers, and everyday requests without them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ragft.benchmark.base import Arm, Question, Recorded
from ragft.benchmark.bench import Bench
from ragft.benchmark.scoring.degeneration import FAULTS, broken
from ragft.benchmark.scoring.measures import BROKEN, Metric
from ragft.benchmark.suites.base import Need, Scores, shipped_questions
from ragft.benchmark.suites.papers import Papers

if TYPE_CHECKING:
    from ragft.config import BenchmarkSettings

PROMPTS = "probes/prompts.jsonl"


class Degeneration:
    """Everyday requests are asked closed-book in every arm: evidence would hold the model up."""

    name = "degeneration"
    kind = "answer"
    needs: frozenset[Need] = frozenset({"text", "corpus"})
    metrics = (
        Metric("degenerate_rate", "Broken answers", "broken", better=-1, binary=True, role="guard", guard=BROKEN),
        *(Metric(fault, f"… {fault.replace('_', ' ')}", fault, better=-1, binary=True) for fault in FAULTS),
    )

    def questions(self, settings: BenchmarkSettings) -> list[Question]:
        """The requests that ship, then those of `papers`."""
        everyday = [replace(q, topic="everyday", closed_book=True) for q in shipped_questions(PROMPTS)]
        return [*everyday, *Papers().questions(settings)]

    def ask(self, bench: Bench, arm: Arm, question: Question) -> Recorded:
        """By the assistant, or without it."""
        return bench.answer(arm, question)

    def score(self, bench: Bench, question: Question, answer: Recorded) -> Scores:  # noqa: ARG002
        """Which fault it has, if any."""
        found = broken(answer, question.question)
        return {"broken": float(bool(found)), **{fault: float(found == fault) for fault in FAULTS}}
