"""A control: retrieval is the same for every arm, so a difference here is a fault of the benchmark."""

from __future__ import annotations

from ragft.benchmark.asking.bench import Bench
from ragft.benchmark.base import Arm, BenchmarkQuestion, PlacedQuestion, Recorded
from ragft.benchmark.scoring import metrics
from ragft.benchmark.scoring.measures import Metric
from ragft.benchmark.suites.base import Need, Scores
from ragft.tasks.papers.suites.citations import Citations
from ragft.tasks.papers.suites.papers import retrieved_documents


class Retrieval(Citations):
    """Whether the search finds the right documents; no model is asked."""

    name = "retrieval"
    kind = "retrieval"
    needs: frozenset[Need] = frozenset({"corpus"})
    metrics = (
        Metric("hit_rate", "Source hit rate", "hit", binary=True, role="control"),
        Metric("mrr", "MRR", "reciprocal_rank", "score", role="control"),
        Metric("first", "Right document first", "first", binary=True, role="control"),
    )

    def ask(self, bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        """Search for the question and record what was found."""
        return bench.look_up(arm, question)

    def score(self, question: PlacedQuestion, recorded: Recorded) -> Scores:
        """Whether and where the first right document stands."""
        found, right = retrieved_documents(recorded.answer), question.right_documents
        rank = metrics.reciprocal_rank(found, right)
        hit = metrics.source_hit(found, right)
        return {"hit": hit, "reciprocal_rank": rank, "first": float(rank == 1.0)}
