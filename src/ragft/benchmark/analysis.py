"""From scored rows to the table, the differences and the verdicts. No model is asked here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ragft.benchmark import statistics
from ragft.benchmark.base import Difference, ScoredRow
from ragft.benchmark.gate import Decision, decide
from ragft.benchmark.measures import Metric, aggregate

MetricsBySuite = Mapping[str, Sequence[Metric]]


def shown_name(suite: str, metric: Metric) -> str:
    """The key of a metric in every table: bare for the `papers` suite, `suite.metric` for the others."""
    return metric.name if suite == "papers" else f"{suite}.{metric.name}"


def all_metrics(metrics: MetricsBySuite) -> dict[str, Metric]:
    """Every metric by the name it has in the tables, in their order."""
    return {shown_name(suite, metric): metric for suite, found in metrics.items() for metric in found}


def table(rows: Sequence[ScoredRow], roles: Sequence[str], metrics: MetricsBySuite) -> dict[str, dict[str, float]]:
    """Metric values by arm and metric."""
    values: dict[str, dict[str, float]] = {role: {} for role in roles}
    for role in roles:
        for suite, found in metrics.items():
            own = aggregate(found, (row for row in rows if row.arm == role and row.suite == suite))
            values[role].update({shown_name(suite, m): own[m.name] for m in found if m.name in own})
    return values


def compare(
    rows: Sequence[ScoredRow], baseline: str, arm: str, metrics: MetricsBySuite, *, seed: int = 0
) -> list[Difference]:
    """The differences arm − baseline, each over the questions that both arms have a score for."""
    found = [
        difference
        for suite, own in metrics.items()
        for metric in own
        if (difference := _difference(rows, baseline, arm, suite, metric, seed)) is not None
    ]
    family = {d.metric: d.p_value for d in found if d.primary and d.p_value is not None}
    adjusted = statistics.holm(family)
    return [replace(d, adjusted=adjusted.get(d.metric)) for d in found]


def verdicts(differences: Sequence[Difference], roles: Sequence[str], metrics: MetricsBySuite) -> dict[str, Decision]:
    """One decision for each arm but the first."""
    by_name = all_metrics(metrics)
    return {role: decide([d for d in differences if d.arm == role], by_name) for role in roles[1:]}


def _difference(
    rows: Sequence[ScoredRow], baseline: str, arm: str, suite: str, metric: Metric, seed: int
) -> Difference | None:
    scores = {
        role: {r.question_id: r.scores.get(metric.score) for r in rows if r.arm == role and r.suite == suite}
        for role in (baseline, arm)
    }
    shared = [question for question in scores[baseline] if question in scores[arm]]
    base, tuned = statistics.paired([scores[baseline][q] for q in shared], [scores[arm][q] for q in shared])
    if not len(base):
        return None
    before, after = float(metric.aggregate(base)), float(metric.aggregate(tuned))
    low, high = statistics.interval(base, tuned, metric.aggregate, seed=seed)
    is_mean = metric.aggregate is statistics.mean
    return Difference(
        metric=shown_name(suite, metric),
        base=before,
        tuned=after,
        change=after - before,
        low=low,
        high=high,
        n=len(base),
        p_value=(
            statistics.mcnemar_p(base, tuned)
            if metric.binary
            else statistics.permutation_p(base, tuned, metric.aggregate, seed=seed)
        ),
        effect_size=statistics.effect_size(base, tuned) if is_mean else None,
        detectable=statistics.detectable(base, tuned) if is_mean else None,
        primary=metric.primary,
        baseline=baseline,
        arm=arm,
    )
