"""The verdict: better, worse, mixed or undecided. These are all the rules there are.

1. Metrics of the role `primary` count (docs/metrics.md marks them), and so does a loss in a guard that allows none,
   such as more broken answers; in both cases only a difference whose p-value is at most 5 % after Holm over all of
   them. So two equal arms are called different in at most 5 % of all comparisons.
2. Some primary metric better and nothing worse: better. The other way round: worse. Both: mixed. None: undecided.
3. Guards. A tuned model that lost more than a guard allows, as by forgetting (by the near end of the interval), is
   worse where it was undecided. A model that did, or of which nobody knows whether it did although that was to be
   measured, or with any loss in a guard that allows none, is never better: it is mixed. Broken answers that both arms
   have do not stand in the way, but the reason says how many are left.

No rule knows the name of a metric or a suite: roles and guards are those of `ragft.benchmark.scoring.measures`.

`build-model` makes the tuned model the default on better alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ragft.benchmark.base import Difference, Verdict
from ragft.benchmark.scoring.measures import Guard, Metric

ALPHA = 0.05
TOO_FEW = 6
"""Five questions cannot reach 5 %: 2 of their 2^5 = 32 swaps are as extreme as any can be."""


@dataclass(frozen=True)
class Decision:
    """A verdict, and the paragraph that gives the reason."""

    verdict: Verdict
    reason: str


def decide(
    differences: Sequence[Difference], metrics: Mapping[str, Metric], *, needs_forgetting: bool = False
) -> Decision:
    """The verdict on one arm against its baseline.

    Args:
        needs_forgetting: forgetting was to be measured, so that without a figure of it nothing is better.
    """
    if not differences:
        return Decision("undecided", "There is nothing to compare: one arm, or no question that both answered.")
    arm, baseline = differences[0].arm, differences[0].baseline
    primary = [d for d in differences if d.primary]
    gains = [d for d in primary if _significant(d) and d.change * metrics[d.metric].better > 0]
    losses = [d for d in primary if _significant(d) and d.change * metrics[d.metric].better < 0]
    bounded = [(d, metric, guard) for d, metric, guard in _guards(differences, metrics) if guard.allowed is not None]
    crossed = [(d, metric, guard) for d, metric, guard in bounded if _least_loss(d, metric) > (guard.allowed or 0.0)]
    unknown = not all(math.isfinite(d.low) for d, *_ in bounded) if bounded else needs_forgetting
    strict = strictest(differences, metrics)
    losses += [d for d in strict if _significant(d) and metrics[d.metric].loss(d.change) > 0]
    harmed = any(
        guard.allowed is None and metric.loss(d.change) > 0 for d, metric, guard in _guards(differences, metrics)
    )

    verdict: Verdict
    if gains and losses:
        verdict = "mixed"
    elif gains:
        verdict = "mixed" if crossed or unknown or harmed else "better"
    elif losses or crossed:
        verdict = "worse"
    else:
        verdict = "undecided"

    open_question = verdict == "mixed" and not (losses or crossed or harmed)
    sentences = [_OPEN_QUESTION if open_question else _HEADLINE[verdict]]
    sentences += [f"{_moved('It gained', d, metrics[d.metric])}." for d in gains]
    sentences += [f"{_moved('It lost', d, metrics[d.metric])}." for d in losses]
    sentences += [_told(guard.lost, d, metric) for d, metric, guard in crossed]
    sentences += [_UNKNOWN] if unknown and gains else []
    sentences += [_of_strict(d, metrics[d.metric]) for d in strict if d not in losses]
    if verdict == "undecided":
        sentences.append(_what_could_be_seen(primary, metrics))
    sentences.append(_MEASURE_FIRST if open_question else _CONSEQUENCE[verdict])
    return Decision(verdict, " ".join(s.replace("{arm}", arm).replace("{baseline}", baseline) for s in sentences if s))


_HEADLINE: dict[Verdict, str] = {
    "better": "{arm} is better than {baseline}.",
    "worse": "{arm} is worse than {baseline}.",
    "mixed": "{arm} is better than {baseline} in one respect and worse in another.",
    "undecided": "No evidence of a difference between {arm} and {baseline}.",
}
_OPEN_QUESTION = "{arm} is better than {baseline} in one respect; whether it is worse in another is not known."
_MEASURE_FIRST = "{baseline} should stay the default until that is measured (--engine embedded can)."
_CONSEQUENCE: dict[Verdict, str] = {
    "better": "{arm} may take the place of {baseline}.",
    "worse": "{baseline} should stay the default.",
    "mixed": "{baseline} should stay the default until someone weighs the gain against the loss.",
    "undecided": "{baseline} should stay the default; ask more questions to learn more.",
}


_UNKNOWN = (
    "Whether it forgot is not known: there is no figure of it on enough texts, and without one no model is better."
)


def strictest(differences: Sequence[Difference], metrics: Mapping[str, Metric]) -> list[Difference]:
    """Of each guard that allows no loss, the difference that counts.

    Suites may count the same thing twice, so the one with the most questions speaks.
    """
    found: dict[Guard, Difference] = {}
    for d, _, guard in _guards(differences, metrics):
        if guard.allowed is None:
            found[guard] = max(found.get(guard, d), d, key=lambda each: (each.n, each.change))
    return list(found.values())


def _guards(
    differences: Sequence[Difference], metrics: Mapping[str, Metric]
) -> Iterator[tuple[Difference, Metric, Guard]]:
    for d in differences:
        metric = metrics[d.metric]
        if metric.guard is not None:
            yield d, metric, metric.guard


def _least_loss(d: Difference, metric: Metric) -> float:
    """The loss at the near end of its interval."""
    return min(metric.loss(d.low), metric.loss(d.high))


def _significant(difference: Difference) -> bool:
    return difference.adjusted is not None and difference.adjusted <= ALPHA


def _moved(verb: str, d: Difference, metric: Metric) -> str:
    return (
        f"{verb} on {metric.label.lower()}: {metric.show(d.base)} → {metric.show(d.tuned)}, "
        f"{metric.show_change(d.change)} (95 % interval {metric.show_change(d.low)} to {metric.show_change(d.high)}, "
        f"p = {d.adjusted:.3f} after Holm, {d.n} questions)"
    )


def _of_strict(d: Difference, metric: Metric) -> str:
    """What is said of a guard that allows no loss: that there is one, or what is left all the same."""
    guard = metric.guard
    if guard is None:
        return ""
    if metric.loss(d.change) > 0:
        return _told(guard.lost, d, metric)
    return _told(guard.left, d, metric) if round(d.tuned * d.n) else ""


def _told(sentence: str, d: Difference, metric: Metric) -> str:
    allowed = metric.guard.allowed if metric.guard else None
    return sentence.format(
        base=metric.show(d.base),
        tuned=metric.show(d.tuned),
        change=metric.show_change(d.change),
        low=metric.show_change(d.low),
        allowed=allowed,
        n=d.n,
        after=round(d.tuned * d.n),
        before=round(d.base * d.n),
        arm="{arm}",
        baseline="{baseline}",
    )


def _what_could_be_seen(primary: Sequence[Difference], metrics: Mapping[str, Metric]) -> str:
    seen = [d for d in primary if d.detectable is not None]
    if not seen:
        most = max((d.n for d in primary), default=0)
        few = "One question is" if most == 1 else f"{most} questions are"
        return f"{few} too few to show anything." if 0 < most < TOO_FEW else ""
    first = seen[0]
    p = "" if first.adjusted is None else f", p = {first.adjusted:.3f} after Holm"
    metric = metrics[first.metric]
    return (
        f"{first.n} questions would have shown a change of {metric.label.lower()} of about "
        f"{metric.show_change(first.detectable).lstrip('+')} or more; the change seen was "
        f"{metric.show_change(first.change)} (95 % interval {metric.show_change(first.low)} to "
        f"{metric.show_change(first.high)}{p})."
    )
