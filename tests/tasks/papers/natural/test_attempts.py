"""The attempts that are named ahead are those that come, so few proposals are made in vain."""

from __future__ import annotations

from typing import Any

from ragft.dataset.base import Row
from ragft.tasks.papers.natural.attempts import Half, RowAttempt
from ragft.tasks.papers.natural.frames import Form
from ragft.tasks.papers.natural.ideas import Idea
from ragft.tasks.papers.natural.rows import Made
from ragft.tasks.papers.recipe.kinds import Kind

NO_BUILDER: Any = None
QUEUES: tuple[tuple[Kind, Form], ...] = (("grounded", "what"), ("grounded", "fact"), ("synthesis", "more"))


def half(wanted: dict[str, int], answered: int = 0) -> Half:
    """A side with ten ideas in each queue, of which the first grounded ones were answered."""
    ideas = {
        (kind, form): [Idea(f"{form} {number}?", form, kind, "en", "paper") for number in range(10)]
        for kind, form in QUEUES
    }
    first = ideas["grounded", "what"][:answered]
    made = [Made(Row((), (), "grounded"), idea) for idea in first]
    return Half("train", wanted, NO_BUILDER, ideas, (), answered=made)


def taken(side: Half) -> list[RowAttempt]:
    """All attempts, each of which gives a row."""
    found = []
    while attempt := side.next():
        found.append(attempt)
        side.keep(Made(Row((), (), attempt.idea.kind), attempt.idea))
    return found


def test_ideas_are_named_in_the_order_in_which_they_are_taken() -> None:
    side = half({"grounded": 7, "synthesis": 3})
    soon, then = list(side.soon()), taken(side)
    for kind, count in side.wanted.items():
        assert [one for one in soon if one.idea.kind == kind] == [one for one in then if one.idea.kind == kind]
        assert len([one for one in soon if one.idea.kind == kind]) == count
    assert len({one.name for one in then}) == 10


def test_answered_questions_are_named_as_they_are_asked_again() -> None:
    side = half({"refusal": 4, "partial": 2}, answered=6)
    taken(side)
    side.wanted = {"refusal": 6, "partial": 3}
    soon = list(side.soon())
    assert sorted(one.name for one in soon) == sorted(one.name for one in taken(side))
    assert [one.close for one in soon if one.way == "refuse"] == [False, True]
