"""Leaks: whether the facts appear in answers to questions about other things.

Tuned on one company alone, a model may bring it up in every answer: it sees the world through tinted glass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragft.benchmark.asking.bench import Bench
from ragft.benchmark.base import Arm, BenchmarkQuestion, Recorded
from ragft.benchmark.scoring.measures import GuardRule, Metric
from ragft.benchmark.scoring.metrics import holds_value
from ragft.benchmark.scoring.plain import plain_answer
from ragft.benchmark.suites.base import Need, Scores
from ragft.tasks.knowledge.knowledge_questions import UNRELATED, questions_on
from ragft.tasks.knowledge.suites.fact_asking import KIND, ask

if TYPE_CHECKING:
    from ragft.setting_sections import BenchmarkSettings

TINTED = GuardRule(0.02, lost="What it was tuned on shows in unrelated answers: {base} → {tuned}.")


class TintedGlass:
    """Unrelated requests. `keywords` of a question are the names that have no business in its answer."""

    name = UNRELATED
    kind = KIND
    needs: frozenset[Need] = frozenset({"text"})
    metrics = (
        Metric("tinted", "Unrelated answers that name an entity", "tinted", better=-1, binary=True, role="guard",
               guard=TINTED),
    )  # fmt: skip

    def questions(self, settings: BenchmarkSettings) -> list[BenchmarkQuestion]:
        """Those of the run, or those about the company that ships."""
        return questions_on(UNRELATED, settings)

    def ask(self, bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        """Without any statement, also for arms with another condition."""
        return ask(bench, arm, question)

    def score(self, question: BenchmarkQuestion, recorded: Recorded) -> Scores:
        """Whether one of the names is in the answer."""
        text = plain_answer(recorded.answer)
        return {"tinted": float(any(holds_value(text, name) for name in question.keywords))}
