"""How a question about the facts is put: from the model's own knowledge, or after statements that it is given."""

from __future__ import annotations

from ragft.benchmark.base import Arm, BenchmarkQuestion, Recorded
from ragft.benchmark.bench import CLOSED_BOOK, Bench
from ragft.benchmark.scoring import metrics
from ragft.benchmark.scoring.plain import plain_answer
from ragft.tasks.knowledge.stated_facts import is_korean

KIND = "knowledge"
"""Suites of this kind share the answer to a question."""


def ask(bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
    """By the condition of the arm: alone, after the statements that answer, or after those that the graph finds."""
    return bench.write(arm, question, CLOSED_BOOK, question.question, bench.texts(arm, question))


def holds(text: str, value: str) -> bool:
    """Whether `text` gives the value, as words of its own; a Korean value may have a particle behind it."""
    if is_korean(value):
        return bool(metrics.keyword_coverage(text, (value,)))
    return bool(metrics.contains(text, value))


def says(recorded: Recorded, value: str) -> float:
    """1 where the answer gives the value, else 0."""
    return float(holds(plain_answer(recorded.answer), value))
