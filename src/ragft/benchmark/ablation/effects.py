"""What each recipe did to each metric, over all its seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ragft.benchmark.base import ScoredRow
from ragft.benchmark.scoring import statistics
from ragft.benchmark.scoring.analysis import MetricsBySuite, shown_name
from ragft.benchmark.scoring.measures import Metric
from ragft.benchmark.scoring.statistics import Scores


@dataclass(frozen=True)
class Effect:
    """A recipe's value of a metric, and its change against a baseline with its 95 % interval.

    `value` is the mean over the seeds, `least` and `most` the values of single seeds. The interval is over questions
    and seeds. `questions` are those that every arm of both sides has a score of.
    """

    recipe: str
    metric: str
    value: float
    least: float
    most: float
    base: float
    change: float
    low: float
    high: float
    questions: int

    @property
    def certain(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.low > 0 or self.high < 0


def effects(
    rows: Sequence[ScoredRow],
    metrics: MetricsBySuite,
    recipes: Mapping[str, Sequence[str]],
    baseline: Sequence[str],
    *,
    seed: int = 0,
) -> list[Effect]:
    """The effects of all recipes on all metrics that both sides have scores of.

    Args:
        recipes: the arms of each recipe, one a seed.
        baseline: the arms that all are compared with.
    """
    return [
        effect
        for suite, own in metrics.items()
        for metric in own
        for recipe, arms in recipes.items()
        if (effect := _effect(rows, suite, metric, recipe, arms, baseline, seed)) is not None
    ]


def _effect(
    rows: Sequence[ScoredRow],
    suite: str,
    metric: Metric,
    recipe: str,
    arms: Sequence[str],
    baseline: Sequence[str],
    seed: int,
) -> Effect | None:
    before, after = _scores(rows, suite, metric, baseline, arms)
    if not before.shape[1]:
        return None
    base, values = metric.aggregate(before), metric.aggregate(after)
    low, high = statistics.interval_over_seeds(before, after, metric.aggregate, seed=seed)
    value = float(values.mean())
    return Effect(
        recipe,
        shown_name(suite, metric),
        value,
        float(values.min()),
        float(values.max()),
        float(base.mean()),
        value - float(base.mean()),
        low,
        high,
        before.shape[1],
    )


def _scores(
    rows: Sequence[ScoredRow], suite: str, metric: Metric, baseline: Sequence[str], arms: Sequence[str]
) -> tuple[Scores, Scores]:
    """[arms, questions] of both sides, over the questions that every arm of both has a score of."""
    by_arm: dict[str, dict[str, float]] = {arm: {} for arm in (*baseline, *arms)}
    for row in rows:
        score = row.scores.get(metric.score)
        if row.suite == suite and row.arm in by_arm and statistics.is_score(score):
            by_arm[row.arm][row.question_id] = score
    shared = [name for name in by_arm[arms[0]] if all(name in found for found in by_arm.values())]
    before, after = (
        np.array([[by_arm[arm][name] for name in shared] for arm in side], dtype=np.float64).reshape(len(side), -1)
        for side in (baseline, arms)
    )
    return before, after
