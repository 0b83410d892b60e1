"""Adoption: whether the model gives each fact when it is asked in words that training never used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragft.benchmark.asking.bench import Bench
from ragft.benchmark.base import Arm, BenchmarkQuestion, Recorded
from ragft.benchmark.scoring.broken_output import broken
from ragft.benchmark.scoring.measures import BROKEN, Metric
from ragft.benchmark.scoring.metrics import holds_value
from ragft.benchmark.scoring.plain import plain_answer
from ragft.benchmark.suites.base import Need, Scores
from ragft.tasks.declining import declines
from ragft.tasks.knowledge.knowledge_questions import ADOPTION, questions_on
from ragft.tasks.knowledge.stated_facts import is_korean
from ragft.tasks.knowledge.suites.fact_asking import KIND, ask, says

if TYPE_CHECKING:
    from ragft.setting_sections import BenchmarkSettings


class Adoption:
    """One question a fact. `keywords` of a question are the values of other facts, which would be a confusion."""

    name = ADOPTION
    kind = KIND
    needs: frozenset[Need] = frozenset({"text"})
    metrics = (
        Metric("adoption", "Adoption", "adopted", binary=True, role="primary"),
        Metric("adoption_english", "… of facts in English", "adopted_english", binary=True),
        Metric("adoption_korean", "… of facts in Korean", "adopted_korean", binary=True),
        Metric("confused", "… names the value of another fact", "confused", better=-1, binary=True),
        Metric("declined", "… says that it does not know", "declined", better=0, binary=True),
        Metric("broken_rate", "Broken answers", "broken", better=-1, binary=True, role="guard", guard=BROKEN),
    )

    def questions(self, settings: BenchmarkSettings) -> list[BenchmarkQuestion]:
        """Those of the run, or those about the company that ships."""
        return questions_on(ADOPTION, settings)

    def ask(self, bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        """Ask the question under the condition of the arm, and record the answer."""
        return ask(bench, arm, question)

    def score(self, question: BenchmarkQuestion, recorded: Recorded) -> Scores:
        """Whether the value stands in the answer, others beside it or not; and apart from that, whether others do."""
        text, adopted = plain_answer(recorded.answer), says(recorded, question.reference)
        korean = is_korean(question.question)
        return {
            "adopted": adopted,
            "adopted_english": None if korean else adopted,
            "adopted_korean": adopted if korean else None,
            "confused": float(any(holds_value(text, value) for value in question.keywords)),
            "declined": float(declines(text)),
            "broken": float(bool(broken(recorded, question.question))),
        }
