"""The verdict: better, worse, mixed or undecided. These are all the rules there are.

1. Only primary metrics count (docs/metrics.md marks them), and only a difference whose Holm-adjusted p-value is at
   most 5 % over all of them. So two equal arms are called different in at most 5 % of all comparisons.
2. Some primary metric better and none worse: better. The other way round: worse. Both: mixed. None: undecided.
3. Guards. A tuned model that forgot (more than `FORGETTING_NATS` of cross-entropy lost on general text, by the lower
   end of the interval) is worse where it was undecided. A forgetful model, or one with more degenerate answers than
   its baseline, is never better: it is mixed.

`build-model` makes the tuned model the default on better alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ragft.benchmark.base import Difference, Verdict
from ragft.benchmark.measures import Metric

ALPHA = 0.05
FORGETTING_NATS = 0.1
"""Cross-entropy on general text may rise by this much: perplexity by a factor e^0.1 = 1.105."""
DEGENERATE = "degenerate_rate"
FORGETTING = "forgetting.cross_entropy"


@dataclass(frozen=True)
class Decision:
    """A verdict, and the paragraph that gives the reason."""

    verdict: Verdict
    reason: str


def decide(differences: Sequence[Difference], metrics: Mapping[str, Metric]) -> Decision:
    """The verdict on one arm against its baseline."""
    if not differences:
        return Decision("undecided", "There is nothing to compare: one arm, or no question that both answered.")
    arm, baseline = differences[0].arm, differences[0].baseline
    primary = [d for d in differences if d.primary]
    gains = [d for d in primary if _significant(d) and d.change * metrics[d.metric].better > 0]
    losses = [d for d in primary if _significant(d) and d.change * metrics[d.metric].better < 0]
    guards = _failed_guards(differences)
    forgot = any(d.metric == FORGETTING for d in guards)

    verdict: Verdict
    if gains and losses:
        verdict = "mixed"
    elif gains:
        verdict = "mixed" if guards else "better"
    elif losses or forgot:
        verdict = "worse"
    else:
        verdict = "undecided"

    sentences = [_headline(verdict, arm, baseline)]
    sentences += [f"{_moved('It gained', d, metrics[d.metric])}." for d in gains]
    sentences += [f"{_moved('It lost', d, metrics[d.metric])}." for d in losses]
    sentences += [_guard_sentence(d, metrics[d.metric]) for d in guards]
    if verdict == "undecided":
        sentences.append(_what_could_be_seen(primary, metrics))
    sentences.append(_CONSEQUENCE[verdict].format(arm=arm, baseline=baseline))
    return Decision(verdict, " ".join(s for s in sentences if s))


_CONSEQUENCE: dict[Verdict, str] = {
    "better": "{arm} may take the place of {baseline}.",
    "worse": "{baseline} should stay the default.",
    "mixed": "{baseline} should stay the default until someone weighs the gain against the loss.",
    "undecided": "{baseline} should stay the default; ask more questions to learn more.",
}


def _significant(difference: Difference) -> bool:
    return difference.adjusted is not None and difference.adjusted <= ALPHA


def _failed_guards(differences: Sequence[Difference]) -> list[Difference]:
    forgot = [d for d in differences if d.metric == FORGETTING and d.low > FORGETTING_NATS]
    broken = [d for d in differences if d.metric.rpartition(".")[2] == DEGENERATE and d.change > 0]
    # Two suites may count the same broken answers: the one with the most questions is told.
    return forgot + sorted(broken, key=lambda d: -d.n)[:1]


def _headline(verdict: Verdict, arm: str, baseline: str) -> str:
    return {
        "better": f"{arm} is better than {baseline}.",
        "worse": f"{arm} is worse than {baseline}.",
        "mixed": f"{arm} is better than {baseline} in one respect and worse in another.",
        "undecided": f"No evidence of a difference between {arm} and {baseline}.",
    }[verdict]


def _moved(verb: str, d: Difference, metric: Metric) -> str:
    return (
        f"{verb} on {metric.label.lower()}: {metric.show(d.base)} → {metric.show(d.tuned)}, "
        f"{metric.show_change(d.change)} (95 % interval {metric.show_change(d.low)} to {metric.show_change(d.high)}, "
        f"p = {d.adjusted:.3f} after Holm, {d.n} questions)"
    )


def _guard_sentence(d: Difference, metric: Metric) -> str:
    if d.metric == FORGETTING:
        return (
            f"It forgot: cross-entropy on general text rose by {metric.show_change(d.change)} "
            f"(at least {metric.show_change(d.low)}; {FORGETTING_NATS} are allowed)."
        )
    return f"More of its answers are broken: {metric.show(d.base)} → {metric.show(d.tuned)}."


def _what_could_be_seen(primary: Sequence[Difference], metrics: Mapping[str, Metric]) -> str:
    seen = [d for d in primary if d.detectable is not None]
    if not seen:
        return ""
    first = seen[0]
    metric = metrics[first.metric]
    return (
        f"{first.n} questions would have shown a change of {metric.label.lower()} of about "
        f"{metric.show_change(first.detectable).lstrip('+')} or more; the change seen was "
        f"{metric.show_change(first.change)} (95 % interval {metric.show_change(first.low)} to "
        f"{metric.show_change(first.high)})."
    )
