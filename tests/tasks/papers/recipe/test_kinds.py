"""Which kind of row is made next."""

from __future__ import annotations

from ragft.tasks.papers.recipe.kinds import most_lacking


def test_the_kind_that_lacks_most_comes_next_and_of_equal_ones_the_first() -> None:
    missing = {"grounded": 0.2, "synthesis": 0.5, "partial": 0.5, "refusal": 0.1}
    assert most_lacking(lambda kind: missing[kind]) == "synthesis"


def test_nothing_is_made_where_nothing_is_missing() -> None:
    assert most_lacking(lambda _: 0.0) is None
    assert most_lacking(lambda _: -0.5) is None, "there are more rows than were asked for"
