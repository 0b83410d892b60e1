"""The scores of many documents, counted by hand and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.answer.base import Answer
from ragft.benchmark.base import Recorded, ScoredRow
from ragft.benchmark.scoring.analysis import arm_differences
from ragft.benchmark.scoring.measures import aggregate
from ragft.tasks.classify.scores import (
    area_under_curve,
    calibration_error,
    confidence,
    each_second,
    macro_f1,
    pair,
    placed,
)
from ragft.tasks.classify.suites import LabelledDocuments

PAIRS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=40)


@given(PAIRS)
def test_macro_f1_is_that_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    from sklearn.metrics import f1_score

    right, said = zip(*pairs, strict=True)
    found = macro_f1(np.array([pair(a, b) for a, b in pairs]))
    assert float(found) == pytest.approx(f1_score(right, said, average="macro"))


@given(st.lists(st.tuples(st.floats(0.01, 1.0), st.booleans()), min_size=2, max_size=40))
def test_auroc_is_that_of_scikit_learn(found: list[tuple[float, bool]]) -> None:
    from sklearn.metrics import roc_auc_score

    found = [(round(share, 2), outside) for share, outside in found]  # so that there are ties
    value = float(area_under_curve(np.array([placed(share, outside=outside) for share, outside in found])))
    outside = [each for _, each in found]
    if len(set(outside)) == 1:
        assert value == 0.5
    else:
        assert value == pytest.approx(roc_auc_score([not each for each in outside], [share for share, _ in found]))


def test_the_calibration_error_is_the_gap_of_each_bin_by_its_size() -> None:
    sure = [(0.95, True), (0.95, False), (0.55, True), (0.55, True)]
    value = calibration_error(np.array([confidence(share, right=right) for share, right in sure]))
    assert float(value) == pytest.approx(0.5 * abs(0.5 - 0.95) + 0.5 * abs(1.0 - 0.55))


def test_every_resampling_of_a_block_is_scored_as_it_would_be_alone() -> None:
    rng = np.random.default_rng(0)
    pairs = (rng.integers(0, 4, (7, 9)) * pair(1, 0) + rng.integers(0, 4, (7, 9))).astype(np.float64)
    sure = rng.uniform(-1, 1, (7, 9))
    mixed = np.where(rng.random((7, 9)) < 0.5, np.abs(sure), -np.abs(sure))
    for combine, block in ((macro_f1, pairs), (calibration_error, sure), (area_under_curve, mixed)):
        assert combine(block).shape == (7,)
        assert combine(block) == pytest.approx([float(combine(row)) for row in block])


def test_speed_is_documents_by_seconds() -> None:
    assert float(each_second(np.array([0.5, 1.5]))) == 1.0


@pytest.mark.parametrize(("outside", "has_value"), [([False, True], True), ([False, False], False), ([True], False)])
def test_auroc_has_a_value_only_with_documents_of_both_kinds(outside: list[bool], has_value: bool) -> None:
    (metric,) = (each for each in LabelledDocuments.metrics if each.name == "outside_auroc")
    rows = [
        ScoredRow("documents", arm, f"q{n}", Recorded("k", arm, f"q{n}", Answer("?", "")), {metric.score: share}, 1.0)
        for n, share in enumerate(placed(0.5, outside=one) for one in outside)
        for arm in ("base", "tuned")
    ]
    assert (metric.name in aggregate([metric], rows)) is has_value
    assert bool(arm_differences(rows, "base", "tuned", {"documents": [metric]})) is has_value
