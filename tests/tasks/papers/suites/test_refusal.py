"""The scores of the suite `refusal`, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from ragft.tasks.papers.suites.refusal import macro_f1, precision, recall

REFUSALS = [
    ((1, 0, 0, 1), 1, 1, 1),
    ((5, 0, 0, 5), 1, 1, 1),
    ((0, 1, 1, 0), 0, 0, 0),
    ((0, 0, 1, 1), 0, 0, 1 / 3),
    ((1, 1, 0, 0), 1 / 2, 1, 1 / 3),
    ((0, 0, 0, 4), 0, 0, 1 / 2),
    ((4, 0, 0, 0), 1, 1, 1 / 2),
    ((1, 1, 1, 1), 1 / 2, 1 / 2, 1 / 2),
    ((2, 1, 1, 2), 2 / 3, 2 / 3, 2 / 3),
    ((3, 1, 1, 3), 3 / 4, 3 / 4, 3 / 4),
    ((2, 0, 2, 4), 1, 1 / 2, (2 / 3 + 4 / 5) / 2),
    ((4, 2, 0, 2), 2 / 3, 1, (4 / 5 + 2 / 3) / 2),
    ((1, 0, 3, 4), 1, 1 / 4, (2 / 5 + 8 / 11) / 2),
    ((4, 3, 0, 1), 4 / 7, 1, (8 / 11 + 2 / 5) / 2),
    ((10, 0, 5, 15), 1, 2 / 3, (20 / 25 + 30 / 35) / 2),
    ((15, 5, 0, 10), 3 / 4, 1, (30 / 35 + 20 / 25) / 2),
    ((0, 0, 15, 15), 0, 0, 1 / 3),
    ((15, 15, 0, 0), 1 / 2, 1, 1 / 3),
    ((0, 3, 0, 0), 0, 0, 0),
    ((0, 0, 3, 0), 0, 0, 0),
    ((0, 0, 0, 0), 0, 0, 0),
    ((1, 2, 3, 4), 1 / 3, 1 / 4, (2 / 7 + 8 / 13) / 2),
    ((4, 3, 2, 1), 4 / 7, 2 / 3, (8 / 13 + 2 / 7) / 2),
    ((9, 1, 1, 9), 9 / 10, 9 / 10, 9 / 10),
    ((8, 2, 2, 8), 4 / 5, 4 / 5, 4 / 5),
    ((8, 0, 2, 10), 1, 4 / 5, (16 / 18 + 20 / 22) / 2),
    ((10, 2, 0, 8), 5 / 6, 1, (20 / 22 + 16 / 18) / 2),
    ((6, 3, 4, 7), 2 / 3, 3 / 5, (12 / 19 + 14 / 21) / 2),
    ((50, 10, 25, 15), 5 / 6, 2 / 3, (100 / 135 + 30 / 65) / 2),
    ((0, 5, 5, 10), 0, 0, (20 / 30) / 2),
]


@pytest.mark.parametrize(("counts", "right_refusals", "found", "both"), REFUSALS)
def test_refusal_scores(counts: tuple[int, int, int, int], right_refusals: float, found: float, both: float) -> None:
    tp, fp, fn, tn = counts
    cells = np.array([3.0] * tp + [1.0] * fp + [2.0] * fn + [0.0] * tn)
    assert float(precision(cells)) == pytest.approx(right_refusals, abs=1e-15)
    assert float(recall(cells)) == pytest.approx(found, abs=1e-15)
    assert float(macro_f1(cells)) == pytest.approx(both, abs=1e-15)
    assert macro_f1(np.stack([cells, cells])).shape == (2,)
