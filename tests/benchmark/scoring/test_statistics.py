from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.benchmark.scoring.statistics import (
    detectable,
    effect_size,
    holm,
    interval,
    interval_over_seeds,
    least_p,
    mcnemar_p,
    mean,
    median,
    paired,
    percentile_95,
    permutation_p,
)


def test_permutation_p_is_the_count_over_all_swaps() -> None:
    base, tuned = np.array([0.2, 0.4, 0.6, 0.8, 0.5]), np.array([0.5, 0.5, 0.9, 0.8, 0.4])
    observed = abs(np.mean(tuned - base))
    signs = [np.array(s) for s in product((1, -1), repeat=5)]
    expected = sum(abs(np.mean(s * (tuned - base))) >= observed - 1e-12 for s in signs) / 32
    assert permutation_p(base, tuned) == expected


def test_permutation_p_agrees_with_scipy_on_many_questions() -> None:
    from scipy import stats

    rng = np.random.default_rng(1)
    base = rng.random(60)
    tuned = base + rng.normal(0.05, 0.2, 60)
    expected = stats.permutation_test(
        (tuned, base),
        lambda x, y, axis: np.mean(x - y, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=20_000,
        rng=rng,
    ).pvalue
    assert permutation_p(base, tuned) == pytest.approx(expected, abs=0.02)


def test_five_questions_cannot_reach_five_per_cent() -> None:
    assert permutation_p(np.zeros(5), np.ones(5)) == 2 / 32


def test_an_arm_compared_with_its_very_own_answers_has_p_one() -> None:
    scores = np.array([0.1, 0.5, 0.9])
    assert permutation_p(scores, scores.copy()) == 1.0
    assert mcnemar_p(scores.round(), scores.round()) == 1.0


@pytest.mark.parametrize(
    ("gained", "lost", "expected"),
    [(0, 0, 1), (1, 0, 1), (1, 1, 1), (2, 0, 1 / 2), (3, 0, 1 / 4), (5, 0, 1 / 16), (6, 0, 1 / 32), (0, 6, 1 / 32)],
)
def test_mcnemar_counts_only_the_questions_that_differ(gained: int, lost: int, expected: float) -> None:
    base = np.array([0.0] * gained + [1.0] * lost + [1.0, 0.0, 1.0])
    tuned = np.array([1.0] * gained + [0.0] * lost + [1.0, 0.0, 1.0])
    assert mcnemar_p(base, tuned) == pytest.approx(expected)


@pytest.mark.parametrize(("gained", "lost"), [(g, n - g) for n in (1, 2, 7, 20, 51) for g in range(0, n + 1, 3)])
def test_mcnemar_is_the_exact_binomial_test(gained: int, lost: int) -> None:
    from scipy import stats

    base, tuned = np.array([0.0] * gained + [1.0] * lost), np.array([1.0] * gained + [0.0] * lost)
    assert mcnemar_p(base, tuned) == pytest.approx(stats.binomtest(gained, gained + lost).pvalue, rel=1e-12)


def test_holm_by_hand() -> None:
    # Holm 1979: sorted .01 .02 .03 .04 times 4 3 2 1 = .04 .06 .06 .04, kept rising.
    assert holm({"a": 0.04, "b": 0.01, "c": 0.03, "d": 0.02}) == pytest.approx(
        {"a": 0.06, "b": 0.04, "c": 0.06, "d": 0.06}
    )
    assert holm({"a": 0.6, "b": 0.9}) == {"a": 1.0, "b": 1.0}
    assert holm({}) == {}


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 1), max_size=8))
def test_holm_never_lowers_a_p_and_keeps_their_order(p_values: dict[str, float]) -> None:
    adjusted = holm(p_values)
    assert all(p <= adjusted[name] <= 1 for name, p in p_values.items())
    ordered = sorted(p_values, key=lambda name: p_values[name])
    assert [adjusted[n] for n in ordered] == sorted(adjusted.values())


@pytest.mark.parametrize("n", [15, 40])
def test_the_interval_holds_the_true_difference_as_often_as_it_says(n: int) -> None:
    rng = np.random.default_rng(7)
    held = 0
    for seed in range(200):
        base = rng.random(n)
        tuned = base + rng.normal(0.1, 0.2, n)
        low, high = interval(base, tuned, mean, seed=seed)
        held += low <= 0.1 <= high
    # 95 % of 200 is 190; the binomial's 0.1 % point is 178.
    assert held >= 178


def test_interval_of_equal_changes_is_that_change() -> None:
    base = np.linspace(0, 0.5, 10)
    assert interval(base, base + 0.25) == pytest.approx((0.25, 0.25))


def test_one_question_has_no_interval() -> None:
    assert all(math.isnan(end) for end in interval(np.zeros(1), np.ones(1)))


@pytest.mark.parametrize("aggregate", [median, percentile_95])
def test_intervals_exist_for_any_aggregate(aggregate) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(3)
    base = rng.random(20)
    low, high = interval(base, base + 1, aggregate)
    assert low == pytest.approx(1) and high == pytest.approx(1)


def test_the_same_seed_gives_the_same_interval() -> None:
    base, tuned = np.random.default_rng(5).random((2, 30))
    assert interval(base, tuned, seed=4) == interval(base, tuned, seed=4)
    assert interval(base, tuned, seed=4) != interval(base, tuned, seed=5)


def test_effect_size_is_mean_over_standard_deviation() -> None:
    # Differences 1, 2, 3: mean 2, standard deviation 1.
    assert effect_size(np.zeros(3), np.array([1.0, 2.0, 3.0])) == pytest.approx(2.0)
    assert effect_size(np.zeros(3), np.ones(3)) is None


def test_detectable_change_by_hand() -> None:
    # t tables with 8 degrees of freedom: 97.5 % 2.306, 80 % 0.889; the standard deviation of 1 … 9 is sqrt(7.5).
    values = np.arange(1.0, 10.0)
    assert detectable(np.zeros(9), values) == pytest.approx((2.306 + 0.889) * 7.5**0.5 / 3, abs=1e-3)
    # Two tests: 5 % / 2 of both sides, t(98.75 %) = 2.7515.
    assert detectable(np.zeros(9), values, tests=2) == pytest.approx((2.7515 + 0.889) * 7.5**0.5 / 3, abs=1e-3)


def test_few_questions_can_show_nothing() -> None:
    # Of five, 2/32 is the least p; of six, 2/64, which is under 5 % but not under 5 % / 2.
    assert detectable(np.zeros(5), np.arange(5.0)) is None
    assert detectable(np.zeros(6), np.arange(6.0)) is not None
    assert detectable(np.zeros(6), np.arange(6.0), tests=2) is None


def test_a_change_of_the_detectable_size_is_found_in_four_of_five() -> None:
    from scipy import stats

    rng = np.random.default_rng(11)
    found = 0
    for _ in range(300):
        base = rng.random(15)
        size = 1.0 * (stats.t.ppf(1 - 0.05 / 6, 14) + stats.t.ppf(0.8, 14)) / 15**0.5
        found += permutation_p(base, base + rng.normal(size, 1.0, 15)) <= 0.05 / 3
    assert 0.72 <= found / 300 <= 0.88


def test_least_p_is_that_of_all_differences_on_one_side() -> None:
    assert least_p(np.zeros(8), np.array([0, 0, 1, 1, 1, 1, 1, 1])) == 2 / 64
    assert least_p(np.zeros(3), np.zeros(3)) == 1.0


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1234567.891])
def test_permutation_p_does_not_depend_on_the_unit(scale: float) -> None:
    tuned = np.array([0.31, 0.47, 0.52, 0.69, 0.73, 0.88, 0.91, 0.99])
    assert permutation_p(np.zeros(8), tuned * scale) == 2 / 256
    mixed = tuned * np.array([1, -1, 1, 1, -1, 1, 1, 1])
    assert permutation_p(np.zeros(8), mixed * scale) == permutation_p(np.zeros(8), mixed)
    assert detectable(np.zeros(3), np.zeros(3)) is None


def test_paired_leaves_out_what_only_one_arm_has() -> None:
    base, tuned = paired([1.0, None, 3.0, math.nan, 4.0, 5.0], [1.5, 2.0, None, 0.0, 4.5, math.inf])
    assert base.tolist() == [1.0, 4.0]
    assert tuned.tolist() == [1.5, 4.5]


def test_median_and_95th_percentile_by_hand() -> None:
    values = np.arange(1.0, 22.0)  # 1 … 21: the 95th percentile is at position 0.95 · 20 = 19, the value 20
    assert median(values) == 11
    assert percentile_95(values) == 20
    assert percentile_95(np.array([1.0, 2.0])) == pytest.approx(1.95)


def test_three_thousand_questions_stay_in_memory() -> None:
    rng = np.random.default_rng(0)
    base, tuned = rng.random((2, 3_000))
    assert 0 < permutation_p(base, tuned) <= 1


def test_over_one_training_the_interval_is_the_usual_one() -> None:
    rng = np.random.default_rng(2)
    base, tuned = rng.random(40), rng.random(40)
    expected = interval(base, tuned)
    assert interval_over_seeds(base[None], tuned[None]) == pytest.approx(expected, abs=0.01)


def test_trainings_that_differ_widen_the_interval() -> None:
    base, lucky = np.zeros((1, 40)), np.ones(40)
    low, high = interval_over_seeds(base, np.stack([lucky, lucky]))
    assert (low, high) == (1.0, 1.0)
    low, high = interval_over_seeds(base, np.stack([lucky, np.zeros(40)]))
    assert (low, high) == (0.0, 1.0)
    assert np.isnan(interval_over_seeds(np.zeros((1, 1)), np.ones((2, 1)))).all()
