"""General abilities that tuning must keep: knowledge, sums, language. No papers are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragft.benchmark.asking.bench import Bench
from ragft.benchmark.base import Arm, BenchmarkQuestion, Recorded
from ragft.benchmark.scoring import metrics
from ragft.benchmark.scoring.likelihood import GENERAL
from ragft.benchmark.scoring.measures import GuardRule, Metric
from ragft.benchmark.suites.base import Need, Scores, shipped_or_own, shipped_questions

if TYPE_CHECKING:
    from ragft.setting_sections import BenchmarkSettings

QUESTIONS = "general/questions.jsonl"
GENERAL_LOSS = GuardRule(0.03, lost="It answers fewer general questions: {base} → {tuned}.")
"""Three points, by the near end of the interval."""


class General:
    """A question with options is answered by the likeliest option, or its letter where the engine tells only what comes
    next; one without by a short text. `own`: the questions of a user's file are asked in place of those that ship."""

    name = "general"
    kind = GENERAL
    needs: frozenset[Need] = frozenset({"text"})
    metrics = (
        Metric("accuracy", "General accuracy", "right", binary=True, role="guard", guard=GENERAL_LOSS, headline=True),
        Metric("choice_accuracy", "… multiple choice", "choice", binary=True),
        Metric("short_accuracy", "… short answers", "short", binary=True),
    )

    def __init__(self, *, own: bool = True) -> None:
        self._own = own

    def questions(self, settings: BenchmarkSettings) -> list[BenchmarkQuestion]:
        """Those of the user's file, or those that ship."""
        found = shipped_or_own(settings, QUESTIONS) if self._own else shipped_questions(QUESTIONS)
        return [question for question in found if question.reference]

    def ask(self, bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        """Without papers, also for arms with another condition."""
        if not question.options:
            return bench.closed_book(arm, question)
        return bench.choose(arm, question) if bench.scorer is not None else bench.choose_letter(arm, question)

    def score(self, question: BenchmarkQuestion, recorded: Recorded) -> Scores:
        """Whether the answer is the reference (a chosen option), or holds it (a text)."""
        if not question.options:
            right = metrics.contains(recorded.answer.answer, question.reference)
            return {"right": right, "choice": None, "short": right}
        right = float(recorded.answer.answer == question.reference)
        return {"right": right, "choice": right, "short": None}
