"""The rules of the verdict: better, worse, mixed or undecided.

1. Metrics of the role `primary` count (docs/metrics.md marks them: one for each objective of the tuning), and so does a
   loss in a guard that allows none, such as more broken answers; in both cases only a difference whose p-value is at
   most 5 % after Holm over all of them. So two equal arms are called different in at most 5 % of all comparisons.
2. Some primary metric better and nothing worse: better. The other way round: worse. Both: mixed. None: undecided.
3. Guards. A tuned model that lost more than a guard allows, as by forgetting (by the near end of the interval), is
   worse where it was undecided. A model that did, or that lacks a figure of a guard that was to be measured, or with
   any loss in a guard that allows none, is never better: it is mixed. A loss above the limit whose interval reaches
   below it does not stand in the way, but the reason names it. Nor do broken answers that both arms have: the reason
   says how many are left.

No rule knows the name of a metric or a suite: roles and guards are those of `ragft.benchmark.scoring.measures`. They
are fixed before the first answer: `ragft.benchmark.comparison.protocol` writes them down.

Of a model that was trained, the reason also says which of four it is: learned, learned but broken, not learned, not
learned and broken.

`build-model` makes the tuned model the default on better alone.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ragft.benchmark.base import Difference, Verdict
from ragft.benchmark.scoring.measures import GuardRule, Metric

ALPHA = 0.05
TOO_FEW = 6
"""Five questions cannot reach 5 %: 2 of their 2^5 = 32 swaps are as extreme as any can be."""


@dataclass(frozen=True)
class Decision:
    """A verdict, and the paragraph that gives the reason."""

    verdict: Verdict
    reason: str


def decide(
    differences: Sequence[Difference],
    metrics: Mapping[str, Metric],
    *,
    needed: Collection[GuardRule] = (),
    trained: bool = False,
) -> Decision:
    """The verdict on one arm against its baseline.

    Args:
        needed: guards that were to be measured: without a figure of each nothing is better.
        trained: the arm is the baseline after training, and the reason says whether it learned what it was to learn.
    """
    if not differences:
        return Decision("undecided", "There is nothing to compare: one arm, or no question that both answered.")
    arm, baseline = differences[0].arm, differences[0].baseline
    primary = [d for d in differences if d.primary]
    gains = [d for d in primary if _significant(d) and d.change * metrics[d.metric].better > 0]
    losses = [d for d in primary if _significant(d) and d.change * metrics[d.metric].better < 0]
    guards = list(_guards(differences, metrics))
    crossed = [(d, metric, guard) for d, metric, guard in guards if _is_crossed(d, metric, guard)]
    unknown = _unmeasured(guards, needed)
    strict = strictest(differences, metrics)
    losses += [d for d in strict if _significant(d) and metrics[d.metric].loss(d.change) > 0]
    harmed = any(guard.allowed is None and metric.loss(d.change) > 0 for d, metric, guard in guards)

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
    sentences += [_LEARNED[bool(gains), bool(losses or crossed or harmed)]] if trained and primary else []
    sentences += [f"{_moved('It gained', d, metrics[d.metric])}." for d in gains]
    sentences += [f"{_moved('It lost', d, metrics[d.metric])}." for d in losses]
    sentences += [_told(guard.lost, d, metric) for d, metric, guard in crossed]
    sentences += [_uncertain(d, metric, guard) for d, metric, guard in guards if (d, metric, guard) not in crossed]
    sentences += [guard.missing for guard in unknown] if gains else []
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
_LEARNED = {
    (True, False): "Learned.",
    (True, True): "Learned but broken: the training reached its aim and harmed what the model could do.",
    (False, True): "Not learned, and broken: the training missed its aim and harmed what the model could do.",
    (False, False): "Not learned, or not measurably.",
}
"""By whether something that decides was gained, and whether anything was lost."""
_OPEN_QUESTION = "{arm} is better than {baseline} in one respect; whether it is worse in another is not known."
_MEASURE_FIRST = "Keep the baseline, {baseline}, until that is measured (the embedded engine can)."
_CONSEQUENCE: dict[Verdict, str] = {
    "better": "{arm} may take the place of the baseline, {baseline}.",
    "worse": "Keep the baseline, {baseline}.",
    "mixed": "Keep the baseline, {baseline}, until someone weighs the gain against the loss.",
    "undecided": "Keep the baseline, {baseline}; ask more questions to learn more.",
}


def strictest(differences: Sequence[Difference], metrics: Mapping[str, Metric]) -> list[Difference]:
    """Of each guard that allows no loss, the difference that counts.

    Suites may count the same thing twice, so the one with the most questions speaks.
    """
    found: dict[GuardRule, Difference] = {}
    for d, _, guard in _guards(differences, metrics):
        if guard.allowed is None:
            found[guard] = max(found.get(guard, d), d, key=lambda each: (each.n, each.change))
    return list(found.values())


def _guards(
    differences: Sequence[Difference], metrics: Mapping[str, Metric]
) -> Iterator[tuple[Difference, Metric, GuardRule]]:
    for d in differences:
        metric = metrics[d.metric]
        if metric.guard is not None:
            yield d, metric, metric.guard


def _is_crossed(d: Difference, metric: Metric, guard: GuardRule) -> bool:
    """Whether more was lost than the guard allows, by the near end of the interval."""
    return guard.allowed is not None and _is_known(d) and min(metric.loss(d.low), metric.loss(d.high)) > guard.allowed


def _uncertain(d: Difference, metric: Metric, guard: GuardRule) -> str:
    """The sentence on a loss above the limit whose interval reaches below it; "" for any other."""
    if guard.allowed is None or not _is_known(d) or metric.loss(d.change) <= guard.allowed:
        return ""
    return (
        f"{metric.label} got worse by more than the limit of {metric.show_change(guard.allowed).lstrip('+')}, but not "
        f"with certainty: {metric.show(d.base)} → {metric.show(d.tuned)}, {metric.show_change(d.change)} "
        f"(95 % interval {metric.show_change(d.low)} to {metric.show_change(d.high)}, {d.n} questions)."
    )


def _unmeasured(
    guards: Sequence[tuple[Difference, Metric, GuardRule]], needed: Collection[GuardRule]
) -> list[GuardRule]:
    """The guards that must have a figure and have none: those `needed`, and those that were asked about in vain."""
    wanted = dict.fromkeys([*needed, *(guard for *_, guard in guards if guard.missing)])
    known = {guard for d, _, guard in guards if _is_known(d)}
    return [guard for guard in wanted if guard not in known]


def _is_known(d: Difference) -> bool:
    """Whether an interval says anything: one of five questions or fewer may exclude 0 by chance alone."""
    return math.isfinite(d.low) and d.n >= TOO_FEW


def _significant(difference: Difference) -> bool:
    return difference.adjusted is not None and difference.adjusted <= ALPHA


def _moved(verb: str, d: Difference, metric: Metric) -> str:
    p = "p < 0.001" if d.adjusted is not None and d.adjusted < 0.0005 else f"p = {d.adjusted:.3f}"
    return (
        f"{verb} on {metric.label[:1].lower()}{metric.label[1:]}: {metric.show(d.base)} → {metric.show(d.tuned)}, "
        f"{metric.show_change(d.change)} (95 % interval {metric.show_change(d.low)} to {metric.show_change(d.high)}, "
        f"{p} after Holm, {d.n} questions)"
    )


def _of_strict(d: Difference, metric: Metric) -> str:
    """The sentence on a guard that allows no loss: that there is a loss, or what is left even so."""
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
    """How large a change of each primary metric these questions would have shown, and the change that was seen."""
    if not primary:
        return "No metric that decides was measured."
    seen = [d for d in primary if d.detectable is not None]
    if not seen:
        most = max(d.n for d in primary)
        few = "One question is" if most == 1 else f"{most} questions are"
        return f"{few} too few to show anything." if most < TOO_FEW else ""
    parts = [
        f"{metric.label.lower()} {metric.show_change(d.detectable).lstrip('+')} "
        f"(seen: {metric.show_change(d.change)}, {d.n} questions{_p(d)})"
        for d in seen
        if (metric := metrics[d.metric])
    ]
    return f"Changes of about this size or more would have shown: {'; '.join(parts)}."


def _p(d: Difference) -> str:
    return "" if d.adjusted is None else f", p = {d.adjusted:.3f} after Holm"
