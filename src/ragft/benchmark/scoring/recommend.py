"""Which of several arms to use: the one with the best value of the metric that decides, the simplest of equal ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ragft.benchmark.base import Recommendation, ScoredRow, Verdict
from ragft.benchmark.scoring.analysis import MetricsBySuite, arm_differences, shown_name


def recommend(
    rows: Sequence[ScoredRow],
    arms: Mapping[str, Mapping[str, float]],
    metrics: MetricsBySuite,
    verdicts: Mapping[str, Verdict],
    *,
    seed: int = 0,
) -> Recommendation | None:
    """The arm with the best value of the first primary metric, and the reason.

    `arms` are the values of the table by role and metric, the simplest arm first: of equal ones it is chosen. An arm
    that lost what a guard protects (its verdict is "mixed") is not recommended. None: no arm has a value.
    """
    found = [(suite, metric) for suite, own in metrics.items() for metric in own if metric.primary]
    if not found:
        return None
    suite, metric = found[0]
    name = shown_name(suite, metric)
    values = {role: arm[name] for role, arm in arms.items() if name in arm}
    order = sorted(
        (role for role in values if verdicts.get(role) != "mixed"), key=lambda role: -metric.better * values[role]
    )
    if not order:
        return None
    best = order[0]
    reason = f"{best} has the best {metric.label}: {metric.show(values[best])}"
    if len(order) > 1:
        reason += "; " + _ahead(rows, order[1], best, {suite: [metric]}, seed)
    return Recommendation(best, reason + ".")


def _ahead(rows: Sequence[ScoredRow], second: str, best: str, metrics: MetricsBySuite, seed: int) -> str:
    """How far `best` is ahead of the next arm, and whether that may be chance."""
    ((_, (metric,)),) = metrics.items()
    (d,) = arm_differences(rows, second, best, metrics, seed=seed)
    certain = "more than chance" if d.low > 0 or d.high < 0 else "which may be chance"
    return (
        f"{second} follows with {metric.show(d.base)} (difference {metric.show_change(d.change)}, 95 % interval "
        f"{metric.show_change(d.low)} to {metric.show_change(d.high)}, {d.n} questions: {certain})"
    )
