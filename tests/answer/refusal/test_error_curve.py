"""The pair of errors, and the threshold chosen by it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ragft.answer.refusal.error_curve import choose_threshold, refusal_curve, refusal_point
from ragft.errors import InputError


def test_the_pair_by_hand() -> None:
    point = refusal_point([True, True, False, True], [True, True, True, False])
    assert (point.false_answers, point.false_refusals) == (1.0, pytest.approx(1 / 3))
    assert point.macro_f1 == pytest.approx((2 * 2 / (2 * 2 + 1 + 1) + 0) / 2)


def test_perfect_decisions() -> None:
    assert refusal_point([True, False], [True, False]).macro_f1 == 1.0


@pytest.mark.parametrize(("answered", "answerable"), [([True], [True]), ([], []), ([True, False], [True])])
def test_one_class_alone_says_nothing(answered: list[bool], answerable: list[bool]) -> None:
    with pytest.raises(InputError):
        refusal_point(answered, answerable)


def test_the_threshold_is_between_the_classes() -> None:
    point = choose_threshold([0.1, 0.2, 0.8, 0.9], [False, False, True, True])
    assert 0.2 < point.threshold < 0.8
    assert (point.false_answers, point.false_refusals) == (0.0, 0.0)


def test_false_refusals_stay_within_their_limit() -> None:
    scores = [0.05, *[0.5 + n / 100 for n in range(9)], *[0.3 + n / 100 for n in range(10)]]
    answerable = [True] * 10 + [False] * 10
    assert choose_threshold(scores, answerable).false_refusals == pytest.approx(0.1)
    assert choose_threshold(scores, answerable).false_answers == 0.0
    strict = choose_threshold(scores, answerable, most_false_refusals=0.0)
    assert (strict.false_refusals, strict.false_answers) == (0.0, 1.0)


@example([(5e-324, True), (0.0, False), (0.0, False), (0.0, False)])
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=4, max_size=40))
def test_the_curve_runs_from_answering_all_to_refusing_all(rows: list[tuple[float, bool]]) -> None:
    scores, answerable = [s for s, _ in rows] + [0.5, 0.5], [a for _, a in rows] + [True, False]
    curve = refusal_curve(scores, answerable)
    assert (curve[0].false_answers, curve[0].false_refusals) == (1.0, 0.0)
    assert (curve[-1].false_answers, curve[-1].false_refusals) == (0.0, 1.0)
    assert all(a.false_answers >= b.false_answers for a, b in pairwise(curve))
    assert all(a.false_refusals <= b.false_refusals for a, b in pairwise(curve))
    chosen = choose_threshold(scores, answerable)
    again = refusal_point([score >= chosen.threshold for score in scores], answerable)
    assert (again.false_answers, again.false_refusals) == (chosen.false_answers, chosen.false_refusals)
