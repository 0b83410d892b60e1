"""From scored rows to the table, the differences and the verdicts. No model is asked here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ragft.benchmark.base import Difference, ScoredRow
from ragft.benchmark.scoring import statistics
from ragft.benchmark.scoring.measures import GuardRule, Metric, aggregate
from ragft.benchmark.scoring.verdict import ALPHA, Decision, decide, strictest

BASE, TUNED = "base", "tuned"
"""What the base and the tuned model of a run are called among the arms."""
MetricsBySuite = Mapping[str, Sequence[Metric]]


def shown_name(suite: str, metric: Metric) -> str:
    """The key of a metric in every table: `suite.metric`, or its name alone where the metric says so."""
    return metric.name if metric.bare else f"{suite}.{metric.name}"


def all_metrics(metrics: MetricsBySuite) -> dict[str, Metric]:
    """Every metric by the name it has in the tables, in their order; of labels that are alike, the later ones
    have their suite behind them."""
    found: dict[str, Metric] = {}
    labels: set[str] = set()
    for suite, metric in ((suite, metric) for suite, own in metrics.items() for metric in own):
        label = f"{metric.label}, {suite}" if metric.label in labels else metric.label
        found[shown_name(suite, metric)] = replace(metric, label=label)
        labels.add(label)
    return found


def table(rows: Sequence[ScoredRow], roles: Sequence[str], metrics: MetricsBySuite) -> dict[str, dict[str, float]]:
    """Metric values by arm and metric."""
    values: dict[str, dict[str, float]] = {role: {} for role in roles}
    for role in roles:
        for suite, found in metrics.items():
            own = aggregate(found, (row for row in rows if row.arm == role and row.suite == suite))
            values[role].update({shown_name(suite, m): own[m.name] for m in found if m.name in own})
    return values


def arm_differences(
    rows: Sequence[ScoredRow], baseline: str, arm: str, metrics: MetricsBySuite, *, seed: int = 0
) -> list[Difference]:
    """The differences arm − baseline, each over the questions that both arms have a score for."""
    pairs = {
        shown_name(suite, metric): pair
        for suite, own in metrics.items()
        for metric in own
        if (pair := _paired(rows, baseline, arm, suite, metric)) is not None
    }
    found = [replace(_difference(name, pair, seed), baseline=baseline, arm=arm) for name, pair in pairs.items()]
    strict = strictest(found, {name: pair.metric for name, pair in pairs.items()})
    deciding = [d for d in found if d.primary or d in strict]
    # One that cannot reach 5 % whatever its answers' signs can raise no false alarm, so the others need not pay for it.
    able = {d.metric: d for d in deciding if pairs[d.metric].least_p <= ALPHA}
    adjusted = statistics.holm({name: d.p_value for name, d in able.items() if d.p_value is not None})
    return [
        replace(
            d,
            adjusted=adjusted.get(d.metric, d.p_value) if d in deciding else None,
            detectable=pairs[d.metric].detectable(len({*able, d.metric}) if d in deciding else 1, d.high - d.low),
        )
        for d in found
    ]


def unexpected(rows: Sequence[ScoredRow], roles: Sequence[str], metrics: MetricsBySuite, *, seed: int = 0) -> list[str]:
    """A line about each control that is not what it must be in an arm (p at most 5 % after Holm, over all of them)."""
    found: dict[str, float] = {}
    for suite, metric in ((suite, metric) for suite, own in metrics.items() for metric in own if metric.control):
        for role in roles if metric.expected is not None else ():
            scores = [r.scores.get(metric.score) for r in rows if r.arm == role and r.suite == suite]
            _, values = statistics.paired([metric.expected] * len(scores), scores)
            if len(values):
                line = f"{metric.label} is {metric.show(float(metric.aggregate(values)))} of {role} over {len(values)}"
                line += f" questions, and was to be {metric.show(metric.expected)}"
                found[line] = _p_of_control(metric, values, seed)
    return [line for line, p in statistics.holm(found).items() if p <= ALPHA]


def _p_of_control(metric: Metric, values: statistics.Scores, seed: int) -> float:
    expected = metric.expected or 0.0
    if metric.binary:
        return statistics.binomial_p(values, expected)
    return statistics.permutation_p(np.full_like(values, expected), values, metric.aggregate, seed=seed)


def verdicts(
    differences: Sequence[Difference],
    roles: Sequence[str],
    metrics: MetricsBySuite,
    *,
    needed: Collection[GuardRule] = (),
) -> dict[str, Decision]:
    """One decision for each arm but the first.

    Whether a tuned model learned is said where it is compared with its base; a baseline of another kind shows neither
    what it learned nor what it lost.
    """
    by_name = all_metrics(metrics)
    return {
        role: decide(
            [d for d in differences if d.arm == role],
            by_name,
            needed=needed,
            trained=(roles[0], role) == (BASE, TUNED),
        )
        for role in roles[1:]
    }


@dataclass(frozen=True)
class _Pair:
    """A metric's scores of the questions that both arms have one for."""

    metric: Metric
    base: statistics.Scores
    tuned: statistics.Scores

    @property
    def is_mean(self) -> bool:
        return self.metric.aggregate is statistics.mean

    @property
    def least_p(self) -> float:
        return statistics.least_p(self.base, self.tuned)

    def detectable(self, tests: int, width: float) -> float | None:
        """What could be seen of a mean, and of any other metric that decides: the rest is not worth the reading."""
        if not (self.is_mean or self.metric.primary):
            return None
        return statistics.detectable(self.base, self.tuned, self.metric.aggregate, tests=tests, width=width)


def _paired(rows: Sequence[ScoredRow], baseline: str, arm: str, suite: str, metric: Metric) -> _Pair | None:
    scores = {
        role: {r.question_id: r.scores.get(metric.score) for r in rows if r.arm == role and r.suite == suite}
        for role in (baseline, arm)
    }
    shared = [question for question in scores[baseline] if question in scores[arm]]
    base, tuned = statistics.paired([scores[baseline][q] for q in shared], [scores[arm][q] for q in shared])
    return _Pair(metric, base, tuned) if metric.tells(base) else None


def _difference(name: str, pair: _Pair, seed: int) -> Difference:
    """Before what the other metrics have to do with it: nothing is adjusted for their number."""
    metric, base, tuned = pair.metric, pair.base, pair.tuned
    before, after = float(metric.aggregate(base)), float(metric.aggregate(tuned))
    low, high = statistics.interval(base, tuned, metric.aggregate, seed=seed)
    return Difference(
        metric=name,
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
        effect_size=statistics.effect_size(base, tuned) if pair.is_mean else None,
        primary=metric.primary,
    )
