"""The time that a reader waits; loading the model is not counted."""

from __future__ import annotations

from ragft.benchmark.base import BenchmarkQuestion, Recorded
from ragft.benchmark.scoring import statistics
from ragft.benchmark.scoring.measures import Metric, latency
from ragft.benchmark.suites.base import Scores
from ragft.tasks.papers.suites.papers import Papers


class Latency(Papers):
    """The answers of `papers`, looked at for their time."""

    name = "latency"
    metrics = (
        Metric("first_token_median", "First token, median", "first_token", "seconds", -1, statistics.median),
        Metric("first_token_p95", "First token, p95", "first_token", "seconds", -1, statistics.percentile_95),
        *latency(),
        Metric("tokens_per_second", "Tokens generated", "rate", "rate", aggregate=statistics.median),
        Metric("generated_tokens", "Answer length, tokens", "generated", "count", 0),
        Metric("prompt_tokens", "Prompt length, tokens", "prompt", "count", 0),
        Metric("load", "Loading the model", "load", "seconds", 0, statistics.median),
    )

    def score(self, question: BenchmarkQuestion, recorded: Recorded) -> Scores:  # noqa: ARG002
        """Times and counts; an answer given without asking the model has a latency and nothing else."""
        cost = recorded.cost
        asked = cost.engine > 0
        writing = cost.engine - cost.load - cost.first_token
        later = cost.generated_tokens - 1  # the first token is not written in that time
        rate = later / writing if asked and later > 0 and writing > 0 else None
        return {
            "latency": recorded.seconds,
            "first_token": cost.first_token if asked and cost.first_token else None,
            "rate": rate,
            "generated": float(cost.generated_tokens) if asked else None,
            "prompt": float(cost.prompt_tokens) if asked else None,
            "load": cost.load if asked else None,
        }
