"""The scores of the suite `latency`."""

from __future__ import annotations

from ragft.benchmark.base import BenchmarkQuestion, RequestCost
from ragft.tasks.papers.suites.latency import Latency
from tests.benchmark.recordings import recorded


def test_latency_leaves_loading_out() -> None:
    answer = recorded(
        seconds=4.0, cost=RequestCost(engine=6.0, load=3.0, first_token=1.0, generated_tokens=20, prompt_tokens=9)
    )
    scores = Latency().score(BenchmarkQuestion("q", "?"), answer)
    assert scores["rate"] == 9.5, "19 tokens after the first, in 6 − 3 − 1 seconds"
    assert scores["latency"] == 4.0
    assert scores["load"] == 3.0
