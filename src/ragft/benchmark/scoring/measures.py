"""Metrics as the tables show them: a name, how rows become one value, and which way is better."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ragft.benchmark.base import Difference, ScoredRow
from ragft.benchmark.scoring import statistics
from ragft.benchmark.scoring.statistics import Aggregate

Unit = Literal["share", "seconds", "count", "nats", "rate", "score"]
Role = Literal["primary", "guard", "control", "information"]
"""What a metric is to the verdict: `primary` decides, a `guard` prevents "better", a `control` is known by
construction (equal in all arms, or a known value), and `information` is shown."""


@dataclass(frozen=True)
class GuardRule:
    """What a loss in a metric of the role `guard` means, and what the reason of a verdict says of it.

    `allowed`: a loss is one whose interval lies beyond it as a whole. None: any loss prevents "better", and
    a significant one counts as a loss. The sentences may hold {base}, {tuned}, {change}, {low}, {allowed}, {n}, {arm}
    and {baseline}; `left` also {after} and {before}, which are counts of questions. `missing` is said where there is no
    figure of a guard without which nothing is better; it is empty for one that may be left unmeasured.
    """

    allowed: float | None
    lost: str
    left: str = ""
    missing: str = ""


BROKEN = GuardRule(
    None,
    lost="More of its answers are broken: {base} → {tuned}.",
    left="{after} of {arm}'s {n} answers are broken, {before} of {baseline}'s.",
)
"""The rule for broken answers, in every suite that counts them."""


@dataclass(frozen=True)
class Metric:
    """One line of the table.

    `score` is the row score it is made of, `aggregate` makes one value of them. `better` is +1 (more is better), −1
    (less is better) or 0 (neither). `binary` scores are 0 or 1 and get McNemar's test. `role` is what it is to the
    verdict, `guard` what that needs to know of one of that role. A `headline` stands for its suite, as a primary metric
    does, where answers are looked at one by one. `single` names the metric of the same suite that
    stands for this one where one question is looked at: an F1 is of many. `expected` is the value that a control has in
    every arm by construction, such as the share that guessing gets right; None: the arms are equal. The key of a `bare`
    one in tables and files is its name alone, that of any other is `suite.name`. One of `two_kinds` compares scores
    above 0 with scores below, and has no value without both.
    """

    name: str
    label: str
    score: str
    unit: Unit = "share"
    better: int = 1
    aggregate: Aggregate = statistics.mean
    binary: bool = False
    role: Role = "information"
    guard: GuardRule | None = None
    headline: bool = False
    single: str = ""
    expected: float | None = None
    bare: bool = False
    two_kinds: bool = False

    def tells(self, scores: Sequence[float] | statistics.Scores) -> bool:
        """Whether it has a value over these row scores."""
        return len(scores) > 0 and (not self.two_kinds or min(scores) < 0 < max(scores))

    @property
    def primary(self) -> bool:
        """Whether it decides the verdict."""
        return self.role == "primary"

    @property
    def leads(self) -> bool:
        """Whether it represents its suite."""
        return self.primary or self.headline

    @property
    def control(self) -> bool:
        """Whether it must be equal by construction."""
        return self.role == "control"

    def loss(self, change: float) -> float:
        """How much worse a change makes it: above 0 for a loss, below for a gain."""
        return -self.better * change

    def show(self, value: float | None) -> str:
        """The value as a person reads it: shares in per cent, seconds with two digits."""
        return _format(self.unit, value, change=False)

    def show_paired(self, change: float, n: int, whole: int) -> str:
        """A change, with the number of questions it rests on where the metric does not apply to all of them."""
        return self.show_change(change) + (f" (n={n})" if n < whole else "")

    def direction(self, d: Difference) -> str:
        """ "up" for a gain, "down" for a loss, by an interval that leaves 0 out; "" where there is no evidence."""
        if not self.better or self.control or not (d.low > 0 or d.high < 0):
            return ""
        return "up" if d.change * self.better > 0 else "down"

    def show_change(self, value: float | None) -> str:
        """A difference, with its sign; shares in percentage points."""
        return _format(self.unit, value, change=True)

    def show_interval(self, d: Difference) -> str:
        """The ends of a difference's interval, without the unit, which stands with the change; "" where unknown."""
        ends = (self.show_change(end).partition(" ")[0] for end in (d.low, d.high))
        return "" if math.isnan(d.low) else " … ".join(ends)


def of_one_question(metric: Metric, metrics: Sequence[Metric]) -> Metric:
    """What tells of one question what `metric`, one of `metrics`, tells of all; mostly itself."""
    return next((m for m in metrics if m.name == metric.single), metric)


def aggregate(metrics: Iterable[Metric], rows: Iterable[ScoredRow]) -> dict[str, float]:
    """The value of each metric over `rows`; a metric that applies to no row is left out."""
    import numpy as np

    found = list(rows)
    values: dict[str, float] = {}
    for metric in metrics:
        scores = [s for row in found if statistics.is_score(s := row.scores.get(metric.score))]
        if metric.tells(scores):
            values[metric.name] = float(metric.aggregate(np.array(scores, dtype=np.float64)))
    return values


def keyed_by_name(*metrics: Metric) -> tuple[Metric, ...]:
    """The metrics, each with its name alone as key."""
    return tuple(replace(metric, bare=True) for metric in metrics)


def latency() -> tuple[Metric, Metric]:
    """End-to-end latency of a question, without loading the model: median and 95th percentile."""
    return (
        Metric("latency_median", "Latency, median", "latency", "seconds", -1, statistics.median),
        Metric("latency_p95", "Latency, p95", "latency", "seconds", -1, statistics.percentile_95),
    )


def _format(unit: Unit, value: float | None, *, change: bool) -> str:
    if value is None or math.isnan(value):
        return "–"
    sign = "+" if change and abs(value) > 1e-9 else ""
    match unit:
        case "share":
            return f"{value * 100:{sign}.1f} {'pp' if change else '%'}"
        case "seconds":
            return f"{value:{sign}.2f} s"
        case "nats":
            return f"{value:{sign}.3f} nats"
        case "rate":
            return f"{value:{sign}.1f}/s"
        case "count":
            return f"{value:{sign}.1f}"
        case "score":
            return f"{value:{sign}.2f}"
