"""Controls with a known value: one that is not what it must be is reported, and chance alone is not."""

from __future__ import annotations

import numpy as np
import pytest

from ragft.answer.base import Answer
from ragft.benchmark.base import Recorded, ScoredRow
from ragft.benchmark.comparison.protocol import protocol_of
from ragft.benchmark.scoring.analysis import unexpected
from ragft.benchmark.scoring.measures import Metric
from ragft.benchmark.scoring.statistics import binomial_p

CHANCE = Metric("unseen", "Unseen", "unseen", binary=True, role="control", expected=0.2)


def rows(arm: str, right: int, of: int, metric: str = "unseen") -> list[ScoredRow]:
    answer = Recorded("", arm, "", Answer("?", ""))
    return [ScoredRow("choice", arm, str(n), answer, {metric: float(n < right)}, 0.0) for n in range(of)]


@pytest.mark.parametrize(("right", "lines"), [(10, 0), (14, 0), (30, 1), (0, 1)])
def test_a_control_far_from_its_expected_value_is_reported(right: int, lines: int) -> None:
    found = unexpected(rows("tuned", right, 50), ["tuned"], {"choice": [CHANCE]})
    assert len(found) == lines
    assert all(f"Unseen is {2 * right}.0 % of tuned over 50 questions, and was to be 20.0 %" in line for line in found)


def test_of_many_arms_at_chance_few_are_reported() -> None:
    drawn = np.random.default_rng(1).binomial(50, 0.2, size=(200, 6))
    alarms = sum(
        bool(
            unexpected(
                [row for arm, right in enumerate(each) for row in rows(str(arm), int(right), 50)],
                list("012345"),
                {"choice": [CHANCE]},
            )
        )
        for each in drawn
    )
    assert alarms <= 16, "5 % of 200 experiments, and some room"


def test_scores_of_a_control_that_are_no_yes_or_no_are_tested_too() -> None:
    other = Metric("u", "U", "u", role="control", expected=0.5)
    answer = Recorded("", "a", "", Answer("?", ""))
    low = [ScoredRow("s", "a", str(n), answer, {"u": n / 100}, 0.0) for n in range(20)]
    assert len(unexpected(low, ["a"], {"s": [other]})) == 1


def test_a_control_without_a_value_and_one_without_scores_are_not_reported() -> None:
    equal = Metric("mrr", "MRR", "unseen", role="control")
    assert unexpected(rows("a", 50, 50), ["a"], {"choice": [equal]}) == []
    assert unexpected(rows("a", 50, 50, "another"), ["a"], {"choice": [CHANCE]}) == []


def test_the_binomial_test_is_exact() -> None:
    assert binomial_p(np.array([1.0, 1.0, 1.0]), 0.2) == pytest.approx(2 * 0.2**3)
    assert binomial_p(np.array([0.0, 0.0]), 0.2) == 1.0


def test_the_protocol_holds_the_expected_value() -> None:
    assert protocol_of({"choice": [CHANCE]}, {})["metrics"]["choice.unseen"]["expected"] == 0.2
