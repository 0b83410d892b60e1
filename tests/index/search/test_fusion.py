from __future__ import annotations

import itertools
import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.index.search.fusion import Scale, convex, fuse_reciprocal_ranks, ranked, scale_of

scores = st.dictionaries(st.integers(1, 50), st.floats(0, 40), min_size=2, max_size=30)


def test_reciprocal_rank_sums_over_rankings() -> None:
    fused = fuse_reciprocal_ranks([7, 8], [8, 9])
    assert fused == {7: 1 / 61, 8: 1 / 62 + 1 / 61, 9: 1 / 62}
    assert ranked(fused) == [8, 7, 9]


@given(st.lists(st.floats(-1e6, 1e6), min_size=2))
def test_scale_is_mean_and_population_deviation(values: list[float]) -> None:
    scale = scale_of(values, least=1e-3)
    assert scale.mean == pytest.approx(statistics.fmean(values), rel=1e-9, abs=1e-6)
    assert scale.spread == pytest.approx(max(statistics.pstdev(values), 1e-3), rel=1e-6, abs=1e-6)


def test_scale_of_equal_values_is_bounded_from_below() -> None:
    assert scale_of([2.0, 2.0], least=0.25) == Scale(2.0, 0.25)
    assert scale_of([], least=0.25) == Scale(0.0, 0.25)


@given(scores, st.floats(0, 1))
def test_better_on_both_sides_is_never_worse_fused(lexical: dict[int, float], weight: float) -> None:
    dense = {row: score / 40 for row, score in lexical.items()}
    fused = convex(lexical, dense, weight, scales=(scale_of(lexical.values()), scale_of(dense.values())))
    ordered = sorted(lexical.items(), key=lambda item: item[1])
    for (worse, low), (better, high) in itertools.pairwise(ordered):
        if high > low:
            assert fused[better] >= fused[worse] - 1e-9


@given(scores, st.floats(0.1, 100), st.floats(-50, 50))
def test_convex_does_not_depend_on_the_units_of_a_side(lexical: dict[int, float], factor: float, shift: float) -> None:
    dense = {row: math.sin(row) for row in lexical}
    moved = {row: factor * score + shift for row, score in lexical.items()}
    scale = scale_of(dense.values())
    if scale_of(lexical.values()).spread < 1e-3:
        return
    before = convex(lexical, dense, 0.4, scales=(scale_of(lexical.values()), scale))
    after = convex(moved, dense, 0.4, scales=(scale_of(moved.values()), scale))
    assert after == pytest.approx(before, rel=1e-4, abs=1e-4)


def test_the_weight_is_the_dense_share() -> None:
    lexical, dense = {1: 1.0, 2: 0.0}, {1: 0.0, 2: 1.0}
    unit = (Scale(0.0, 1.0), Scale(0.0, 1.0))
    assert ranked(convex(lexical, dense, 0.0, scales=unit)) == [1, 2]
    assert ranked(convex(lexical, dense, 1.0, scales=unit)) == [2, 1]


def test_ties_are_broken_by_row() -> None:
    assert ranked({9: 0.5, 3: 0.5, 4: 0.7}) == [4, 3, 9]
