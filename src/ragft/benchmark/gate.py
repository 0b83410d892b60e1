"""The verdict: better, worse, mixed or undecided. These are all the rules there are.

1. Primary metrics count (docs/metrics.md marks them), and more broken answers count as a loss; in both cases only a
   difference whose p-value is at most 5 % after Holm over all of them. So two equal arms are called different in at
   most 5 % of all comparisons.
2. Some primary metric better and nothing worse: better. The other way round: worse. Both: mixed. None: undecided.
3. Guards. A tuned model that forgot (more than `FORGETTING_NATS` of cross-entropy lost on general text, by the lower
   end of the interval) is worse where it was undecided. A model that forgot, or of which nobody knows whether it did
   although that was to be measured, or with more broken answers than its baseline, is never better: it is mixed.
   Broken answers that both arms have do not stand in the way, but the reason says how many are left.

`build-model` makes the tuned model the default on better alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ragft.benchmark.base import Difference, Verdict
from ragft.benchmark.measures import Metric

ALPHA = 0.05
FORGETTING_NATS = 0.1
"""Cross-entropy on general text may rise by this much: perplexity by a factor e^0.1 = 1.105."""
TOO_FEW = 6
"""Five questions cannot reach 5 %: 2 of their 2^5 = 32 swaps are as extreme as any can be."""
DEGENERATE = "degenerate_rate"
FORGETTING = "forgetting.cross_entropy"


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
    forgetting = next((d for d in differences if d.metric == FORGETTING), None)
    forgot = forgetting is not None and forgetting.low > FORGETTING_NATS
    unknown = needs_forgetting if forgetting is None else not math.isfinite(forgetting.low)
    broken = most_asked(differences)
    losses += [broken] if broken and _significant(broken) and broken.change > 0 else []
    more_broken = any(is_degenerate(d.metric) and d.change > 0 for d in differences)

    verdict: Verdict
    if gains and losses:
        verdict = "mixed"
    elif gains:
        verdict = "mixed" if forgot or unknown or more_broken else "better"
    elif losses or forgot:
        verdict = "worse"
    else:
        verdict = "undecided"

    open_question = verdict == "mixed" and not (losses or forgot or more_broken)
    sentences = [_OPEN_QUESTION if open_question else _HEADLINE[verdict]]
    sentences += [f"{_moved('It gained', d, metrics[d.metric])}." for d in gains]
    sentences += [f"{_moved('It lost', d, metrics[d.metric])}." for d in losses]
    sentences += [_forgetting_sentence(forgetting, metrics[FORGETTING])] if forgetting and forgot else []
    sentences += [_UNKNOWN] if unknown and gains else []
    sentences += [_broken_sentence(broken, metrics[broken.metric])] if broken and broken not in losses else []
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


def is_degenerate(metric: str) -> bool:
    """Whether the metric of that name counts broken answers."""
    return metric.rpartition(".")[2] == DEGENERATE


def most_asked(differences: Sequence[Difference]) -> Difference | None:
    """The broken answers: suites may count the same ones twice, so the suite with the most questions speaks."""
    counted = [d for d in differences if is_degenerate(d.metric)]
    return max(counted, key=lambda d: (d.n, d.change), default=None)


def _significant(difference: Difference) -> bool:
    return difference.adjusted is not None and difference.adjusted <= ALPHA


def _moved(verb: str, d: Difference, metric: Metric) -> str:
    return (
        f"{verb} on {metric.label.lower()}: {metric.show(d.base)} → {metric.show(d.tuned)}, "
        f"{metric.show_change(d.change)} (95 % interval {metric.show_change(d.low)} to {metric.show_change(d.high)}, "
        f"p = {d.adjusted:.3f} after Holm, {d.n} questions)"
    )


def _forgetting_sentence(d: Difference, metric: Metric) -> str:
    return (
        f"It forgot: cross-entropy on general text rose by {metric.show_change(d.change)} "
        f"(at least {metric.show_change(d.low)}; {FORGETTING_NATS} are allowed)."
    )


def _broken_sentence(d: Difference, metric: Metric) -> str:
    if d.change > 0:
        return f"More of its answers are broken: {metric.show(d.base)} → {metric.show(d.tuned)}."
    left, before = round(d.tuned * d.n), round(d.base * d.n)
    return f"{left} of {{arm}}'s {d.n} answers are broken, {before} of {{baseline}}'s." if left else ""


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
