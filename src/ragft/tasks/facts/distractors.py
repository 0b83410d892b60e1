"""Five options, one of them right, made so that only the fact shows which one.

- The wrong ones are values of other entities *on the same side of the split*. Values that training has taught would
  attract a tuned model where the right value is one that it never saw, and drive it below chance.
- Of a quantity they are neighbours of the right value, some below, some above, by a rank that is drawn: the middle one
  is right no more often than the largest. The right value rounded is not an option: one who sees both 44.64 and 44
  would know which was rounded.
- The right one stands at each place equally often (`arrange`).
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from ragft.benchmark.scoring.first_word import LETTERS
from ragft.tasks.facts.fact_table import FactTable, TableAttribute, TableFact

COUNT = 5
CHANCE = 1 / COUNT
_NEAR = 8
"""Of so many neighbours on each side the wrong options are drawn."""


def can_be_asked(table: FactTable, attribute: TableAttribute) -> bool:
    """Whether there are enough values for the options of a question."""
    return table.distinct(attribute) >= COUNT


def distractors(fact: TableFact, table: FactTable, random: Random) -> list[str]:
    """The four wrong options of a question about `fact`, with their unit, in no order."""
    others = _others(fact, table)
    chosen = _around(fact, others, random) if fact.attribute.quantity else _alike(fact, table, others, random)
    return [other.shown for other in chosen]


def arrange(right: str, wrong: Sequence[str], place: int, random: Random) -> tuple[str, ...]:
    """The options, the right one at `place` (counted round), the others shuffled."""
    found = random.sample(list(wrong), len(wrong))
    found.insert(place % COUNT, right)
    return tuple(found)


def with_options(question: str, options: Sequence[str]) -> str:
    """The question with its options under letters."""
    lines = [f"{letter}. {option}" for letter, option in zip(LETTERS, options, strict=False)]
    return "\n".join([question, *lines, "Answer with the letter and the right option."])


def _others(fact: TableFact, table: FactTable) -> list[TableFact]:
    """A fact of each other value of the attribute."""
    found = {other.key: other for other in table.by_attribute[fact.attribute]}
    found.pop(fact.key, None)
    return list(found.values())


def _around(fact: TableFact, others: Sequence[TableFact], random: Random) -> list[TableFact]:
    below = sorted((f for f in others if f.number < fact.number), key=lambda f: -f.number)
    above = sorted((f for f in others if f.number > fact.number), key=lambda f: f.number)
    wanted = COUNT - 1
    rank = random.randint(max(0, wanted - len(above)), min(wanted, len(below)))
    return [
        *random.sample(below[: max(_NEAR, rank)], rank),
        *random.sample(above[: max(_NEAR, wanted - rank)], wanted - rank),
    ]


def _alike(fact: TableFact, table: FactTable, others: Sequence[TableFact], random: Random) -> list[TableFact]:
    """Values of entities that have something in common with the one asked about, where there are enough."""
    own = [(a.name, table.by_cell.get((fact.entity, a.name), "")) for a in table.attributes if a != fact.attribute]
    shared = [sum(table.by_cell.get((other.entity, name)) == value for name, value in own) for other in others]
    drawn = random.sample(range(len(others)), len(others))
    return [others[place] for place in sorted(drawn, key=lambda place: -shared[place])[: COUNT - 1]]
