"""Two-hop questions: whether the model combines two facts that no training row combined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragft.benchmark.asking.bench import Bench
from ragft.benchmark.base import Arm, BenchmarkQuestion, Recorded
from ragft.benchmark.scoring.measures import Metric
from ragft.benchmark.suites.base import Need, Scores
from ragft.tasks.knowledge.knowledge_questions import TWO_HOP, questions_on
from ragft.tasks.knowledge.suites.fact_asking import KIND, ask, says

if TYPE_CHECKING:
    from ragft.setting_sections import BenchmarkSettings


class TwoHop:
    """A question names neither the thing between nor the answer; `keywords` hold the thing between."""

    name = TWO_HOP
    kind = KIND
    needs: frozenset[Need] = frozenset({"text"})
    metrics = (
        Metric("two_hop", "Two-hop questions", "right", binary=True, role="primary"),
        Metric("bridge", "… names what lies between", "bridge", binary=True),
    )

    def questions(self, settings: BenchmarkSettings) -> list[BenchmarkQuestion]:
        """Those of the run, or those about the company that ships."""
        return questions_on(TWO_HOP, settings)

    def ask(self, bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        """Ask the question under the condition of the arm, and record the answer."""
        return ask(bench, arm, question)

    def score(self, question: BenchmarkQuestion, recorded: Recorded) -> Scores:
        """The value of the second fact, and that of the first."""
        bridge = says(recorded, question.keywords[0]) if question.keywords else None
        return {"right": says(recorded, question.reference), "bridge": bridge}
