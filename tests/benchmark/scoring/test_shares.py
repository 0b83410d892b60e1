"""Shares and their intervals, against values worked out by hand from Wilson's formula."""

from __future__ import annotations

import pytest

from ragft.benchmark.scoring.shares import Share


@pytest.mark.parametrize(
    ("count", "total", "low", "high"), [(8, 23, 0.1881, 0.5511), (0, 20, 0.0, 0.1611), (20, 20, 0.8389, 1.0)]
)
def test_the_interval_is_wilsons(count: int, total: int, low: float, high: float) -> None:
    found = Share.of(count, total)
    assert found.share == pytest.approx(count / total)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_a_share_is_shown_in_per_cent_and_nothing_of_nothing_is_empty() -> None:
    assert Share.of(8, 23).show() == "35 % (19–55)"
    assert Share.of(0, 0).show() == ""
