"""More than 200 false sentences through the check: what was once stopped stays stopped."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from tests.answer.checking.false_sentences import FalseSentence, is_shown, made_false_sentences

MISSED = frozenset(Path(__file__).with_name("false_sentences_shown.txt").read_text("utf-8").splitlines())
"""Those that words alone do not tell from true ones."""
BY_KIND: dict[str, list[FalseSentence]] = defaultdict(list)
for _one in made_false_sentences():
    BY_KIND[_one.kind].append(_one)


def test_they_are_of_many_kinds_and_mostly_stopped() -> None:
    made = [one for those in BY_KIND.values() for one in those]
    assert len(BY_KIND) == 9
    assert (len(made), len(MISSED)) == (309, 63), "the figures of docs/checking.md"
    assert {one.false for one in made} >= MISSED, "the list names sentences that are not made any more"


@pytest.mark.parametrize("kind", sorted(BY_KIND))
def test_what_was_stopped_stays_stopped(kind: str) -> None:
    shown = [one.false for one in BY_KIND[kind] if is_shown(one.false, one.passage)]
    assert set(shown) == MISSED & {one.false for one in BY_KIND[kind]}, "print the list again"


@pytest.mark.parametrize("kind", sorted(BY_KIND))
def test_the_sentences_that_they_were_made_of_are_shown(kind: str) -> None:
    """Else nothing would be learnt from the false ones. The written ones are not copies of their passage."""
    shown = [is_shown(one.true, one.passage) for one in BY_KIND[kind][::4]]
    assert sum(shown) >= (0.6 if kind.startswith("written") else 0.85) * len(shown)
