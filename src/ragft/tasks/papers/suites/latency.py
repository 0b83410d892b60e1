"""How long does a reader wait? Loading the model is kept apart."""

from __future__ import annotations

from ragft.benchmark.base import Question, Recorded
from ragft.benchmark.bench import Bench
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

    def score(self, bench: Bench, question: Question, answer: Recorded) -> Scores:  # noqa: ARG002
        """Times and counts; an answer given without asking the model has a latency and nothing else."""
        asked = answer.engine_seconds > 0
        writing = answer.engine_seconds - answer.load_seconds - answer.first_token_seconds
        later = answer.generated_tokens - 1  # the first token is not written in that time
        rate = later / writing if asked and later > 0 and writing > 0 else None
        return {
            "latency": answer.seconds,
            "first_token": answer.first_token_seconds if asked and answer.first_token_seconds else None,
            "rate": rate,
            "generated": float(answer.generated_tokens) if asked else None,
            "prompt": float(answer.prompt_tokens) if asked else None,
            "load": answer.load_seconds if asked else None,
        }
