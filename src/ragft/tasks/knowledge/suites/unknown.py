"""Unknown things: whether the model says that it does not know, or invents an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragft.benchmark.asking.bench import Bench
from ragft.benchmark.base import Arm, BenchmarkQuestion, Recorded
from ragft.benchmark.scoring.measures import GuardRule, Metric
from ragft.benchmark.scoring.metrics import holds_value
from ragft.benchmark.scoring.plain import plain_answer
from ragft.benchmark.suites.base import Need, Scores
from ragft.tasks.declining import declines
from ragft.tasks.knowledge.knowledge_questions import UNKNOWN, questions_on
from ragft.tasks.knowledge.suites.fact_asking import KIND, ask

if TYPE_CHECKING:
    from ragft.setting_sections import BenchmarkSettings

INVENTS = GuardRule(0.05, lost="It invents more answers about what no fact says: {base} → {tuned}.")


class UnknownFacts:
    """Attributes that no fact gives, of entities that the facts are about. `keywords` are the values that could
    be borrowed: of the entity, and of the attribute elsewhere."""

    name = UNKNOWN
    kind = KIND
    needs: frozenset[Need] = frozenset({"text"})
    metrics = (
        Metric("invention", "Invented answers", "invented", better=-1, binary=True, role="guard", guard=INVENTS),
        Metric("borrowed", "… by the value of a fact", "borrowed", better=-1, binary=True),
    )

    def questions(self, settings: BenchmarkSettings) -> list[BenchmarkQuestion]:
        """Those of the run, or those about the company that ships."""
        return questions_on(UNKNOWN, settings)

    def ask(self, bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        """Ask the question under the condition of the arm, and record the answer."""
        return ask(bench, arm, question)

    def score(self, question: BenchmarkQuestion, recorded: Recorded) -> Scores:
        """An answer that does not say "not known" counts as invented."""
        text = plain_answer(recorded.answer)
        invented = not declines(text)
        borrowed = invented and any(holds_value(text, value) for value in question.keywords)
        return {"invented": float(invented), "borrowed": float(borrowed)}
