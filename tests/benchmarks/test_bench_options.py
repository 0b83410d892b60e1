"""What the options of a question give away to one who does not see it."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

import pytest

from ragft.tasks.facts.fact_table import FactTable, read_table


@pytest.fixture
def options() -> ModuleType:
    return import_module("bench_options")


@pytest.fixture
def rivers(options: ModuleType) -> FactTable:
    return read_table(options.TABLE)


@pytest.mark.parametrize(
    ("rough", "exact", "rounded"),
    [
        (44.0, 44.64, True),
        (45.0, 44.64, True),
        (3500, 3531, True),
        (44.64, 44.64, False),
        (3400, 3531, False),
        (27, 44.64, False),
    ],
)
def test_a_number_is_another_one_rounded(options: ModuleType, rough: float, exact: float, rounded: bool) -> None:
    assert options.is_rounded(rough, exact) is rounded


@pytest.mark.slow
def test_rounding_gives_the_answer_away_and_neighbours_do_not(options: ModuleType, rivers: FactTable) -> None:
    (length,) = (attribute for attribute in rivers.attributes if attribute.quantity)
    shares = {}
    for rule in (options.published, options.ours):
        asked = options.questions(length, rivers, rule)
        shares[rule.__name__] = options.chosen_right(asked, options.seen_of_number) / len(asked)
    assert shares["published"] > 0.95
    assert shares["ours"] < 0.27, "four standard errors above a guess of one in five"
