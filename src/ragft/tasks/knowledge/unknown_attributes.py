"""Attributes that the facts do not give: those that only other entities have, and those that hardly any file has."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TypeVar

from ragft.tasks.knowledge.fact_graph import FactGraph
from ragft.tasks.knowledge.wording import wording_of

_LOOKED_AT = 50
"""So many entities that share an attribute show what is usual of the sort."""
Item = TypeVar("Item")


@dataclass(frozen=True)
class UnknownAttribute:
    """An attribute of an entity that no fact gives. `near`: facts give it of another entity of its sort."""

    entity: str
    attribute: str
    near: bool = False


def gaps(graph: FactGraph, seed: int) -> tuple[list[UnknownAttribute], list[UnknownAttribute]]:
    """(for training, for the benchmark): what entities of its sort have and an entity has not, one half to each side.

    Entities that share an attribute are of a sort.
    """
    training: list[UnknownAttribute] = []
    asked: list[UnknownAttribute] = []
    for entity in graph.entities:
        forms = wording_of(entity)
        mine, theirs = halves(_lacking(entity, graph), f"gaps:{seed}:{entity}")
        for side, near, other in ((training, mine, forms.unheard), (asked, theirs, forms.unheard_test)):
            side += [UnknownAttribute(entity, attribute, near=True) for attribute in near]
            side += [UnknownAttribute(entity, attribute) for attribute in other]
    return training, asked


def _lacking(entity: str, graph: FactGraph) -> list[str]:
    own = {fact.attribute for fact in graph.about(entity)}
    of_a_sort = dict.fromkeys(other.entity for name in own for other in graph.having(name)[:_LOOKED_AT])
    every = dict.fromkeys(sorted(fact.attribute for other in of_a_sort for fact in graph.about(other)))
    return [attribute for attribute in every if attribute not in own]


def halves(items: list[Item], seed: str) -> tuple[list[Item], list[Item]]:
    """`items` in two parts by chance; the first has the odd one."""
    mixed = list(items)
    Random(seed).shuffle(mixed)  # noqa: S311  a choice of examples, no secret
    middle = (len(mixed) + 1) // 2
    return mixed[:middle], mixed[middle:]
