"""Which size of model suits a machine: memory and cores, whichever is less."""

from __future__ import annotations

import pytest

from ragft.engine.choosing.suitable import SIZES, largest_suitable, seconds_to_begin


@pytest.mark.parametrize(
    ("cores", "gigabytes", "billions"),
    [(2, 16, 1.5), (8, 32, 4.0), (8, 3, 3.0), (64, 8, 8.0), (64, 64, 14.0), (1, 16, 0.5), (1, 0, 0.135)],
)
def test_memory_and_cores_both_limit_it(cores: int, gigabytes: int, billions: float) -> None:
    assert largest_suitable(cores, gigabytes * 10**9) == int(billions * 1e9)


def test_the_measured_speed_is_that_of_the_smallest() -> None:
    """SmolLM2-135M reads 227 tokens a second on two cores."""
    assert seconds_to_begin(SIZES[0], 2) == pytest.approx(1200 / 227, rel=0.05)
