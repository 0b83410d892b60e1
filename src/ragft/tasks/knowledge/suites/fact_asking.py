"""How a question about the facts is put: from the model's own knowledge, or after statements that it is given."""

from __future__ import annotations

from ragft.benchmark.asking.bench import CLOSED_BOOK, Bench
from ragft.benchmark.base import Arm, BenchmarkQuestion, Recorded
from ragft.benchmark.scoring.metrics import holds_value
from ragft.benchmark.scoring.plain import plain_answer

KIND = "knowledge"
"""Suites of this kind share the answer to a question."""


def ask(bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
    """By the condition of the arm: alone, after the statements that answer, or after those that the graph finds."""
    return bench.write(arm, question, CLOSED_BOOK, question.question, bench.texts(arm, question))


def says(recorded: Recorded, value: str) -> float:
    """1 where the answer gives the value, else 0."""
    return float(holds_value(plain_answer(recorded.answer), value))
