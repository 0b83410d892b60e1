"""Options under letters."""

from __future__ import annotations

from ragft.benchmark.scoring.first_word import question_with_options


def test_options_are_listed_under_letters() -> None:
    assert question_with_options("Capital?", ["Rome", "Paris"]).splitlines()[:3] == ["Capital?", "A. Rome", "B. Paris"]
