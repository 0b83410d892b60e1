"""The cost of a threshold: both kinds of error and macro-F1 at every threshold, and the choice of one.

A *false answer* is an unanswerable question that is answered, a *false refusal* an answerable one that is refused.
One without the other says nothing: refusing everything makes no false answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ragft.errors import InputError

MOST_FALSE_REFUSALS = 0.10
"""The share of answerable questions that a threshold may turn away."""


@dataclass(frozen=True)
class RefusalPoint:
    """Errors when everything below `threshold` is refused, as shares of the unanswerable and of the answerable."""

    threshold: float
    false_answers: float
    false_refusals: float
    macro_f1: float


def refusal_point(answered: Sequence[bool], answerable: Sequence[bool], threshold: float = 0.0) -> RefusalPoint:
    """The pair of errors of decisions already made, and the mean F1 of the classes answer and refuse.

    Raises:
        InputError: one of the classes is empty, or the lengths differ.
    """
    if len(answered) != len(answerable):
        raise InputError(f"{len(answered)} decisions for {len(answerable)} questions")
    positive, negative = sum(answerable), len(answerable) - sum(answerable)
    if not positive or not negative:
        raise InputError("both answerable and unanswerable questions are needed")
    right_answers = sum(a and b for a, b in zip(answered, answerable, strict=True))
    false_answers = sum(a and not b for a, b in zip(answered, answerable, strict=True))
    right_refusals, false_refusals = negative - false_answers, positive - right_answers
    f1_answer = 2 * right_answers / (2 * right_answers + false_answers + false_refusals)
    f1_refuse = 2 * right_refusals / (2 * right_refusals + false_answers + false_refusals) if right_refusals else 0.0
    return RefusalPoint(threshold, false_answers / negative, false_refusals / positive, (f1_answer + f1_refuse) / 2)


def refusal_curve(scores: Sequence[float], answerable: Sequence[bool]) -> list[RefusalPoint]:
    """One point for every threshold that changes a decision, from answering all to refusing all."""
    cuts = sorted({0.0, *scores, 1.0 + 1e-9})
    return [refusal_point([score >= cut for score in scores], answerable, cut) for cut in cuts]


def choose_threshold(
    scores: Sequence[float], answerable: Sequence[bool], *, most_false_refusals: float = MOST_FALSE_REFUSALS
) -> RefusalPoint:
    """The point with the fewest false answers among those that refuse at most that share of the answerable; of
    equals the one that refuses least. The cut is put half-way to the score below it, away from both sides."""
    curve = refusal_curve(scores, answerable)
    allowed = [point for point in curve if point.false_refusals <= most_false_refusals]
    best = min(allowed, key=lambda point: (point.false_answers, point.threshold))
    below = max((score for score in scores if score < best.threshold), default=0.0)
    middle = (below + best.threshold) / 2
    cut = middle if middle > below else best.threshold  # two scores may have no number between them
    return RefusalPoint(min(1.0, cut), best.false_answers, best.false_refusals, best.macro_f1)
