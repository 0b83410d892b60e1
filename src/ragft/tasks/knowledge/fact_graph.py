"""The facts as a graph: entities joined by attributes, for questions over two facts and for finding what they need."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragft.corpus.fold import fold
from ragft.corpus.words import words
from ragft.tasks.knowledge.stated_facts import StatedFact, is_korean


@dataclass(frozen=True)
class FactPair:
    """Two facts in a row: the value of the first is the entity of the second."""

    first: StatedFact
    second: StatedFact

    @property
    def id(self) -> str:
        """By the ids of its facts."""
        return f"{self.first.id}+{self.second.id}"


class FactGraph:
    """The facts that have parts; the others are in no graph."""

    def __init__(self, facts: Sequence[StatedFact]) -> None:
        self.facts = tuple(fact for fact in facts if fact.has_parts)
        self._of: dict[str, list[StatedFact]] = {}
        self._with: dict[str, list[StatedFact]] = {}
        for fact in self.facts:
            self._of.setdefault(fold(fact.entity), []).append(fact)
            self._with.setdefault(fact.attribute, []).append(fact)

    @property
    def entities(self) -> tuple[str, ...]:
        """Their names, each once, in the order of the facts."""
        return tuple(found[0].entity for found in self._of.values())

    def about(self, entity: str) -> Sequence[StatedFact]:
        """The facts of an entity; none where it has none."""
        return self._of.get(fold(entity), ())

    def node(self, name: str) -> str:
        """The name as the entity of that name is written; itself where it is not an entity."""
        facts = self.about(name)
        return facts[0].entity if facts else name

    def having(self, attribute: str) -> Sequence[StatedFact]:
        """The facts that give an attribute, of any entity."""
        return self._with.get(attribute, ())

    def alike(self, fact: StatedFact) -> list[StatedFact]:
        """The other facts with the same attribute."""
        return [other for other in self.having(fact.attribute) if other != fact]

    def chains(self) -> list[FactPair]:
        """Every pair of facts in a row that does not lead back."""
        return [
            FactPair(first, second)
            for first in self.facts
            for second in self.about(first.value)
            if fold(second.value) != fold(first.entity)
        ]

    def find(self, question: str, k: int) -> list[StatedFact]:
        """At most `k` facts for a question: those of the entities that it names, and those that follow on them.

        Facts whose attribute the question names come first, and bring the facts of their value with them.
        """
        folded = fold(question)
        named = [
            fact
            for entity, facts in self._of.items()
            if entity in folded and names(question, facts[0].entity)
            for fact in facts
        ]
        found: dict[str, StatedFact] = {}
        for fact in sorted(named, key=lambda fact: -_shared(question, fact)):
            found.setdefault(fact.id, fact)
            if _shared(question, fact):
                for second in sorted(self.about(fact.value), key=lambda fact: -_shared(question, fact)):
                    found.setdefault(second.id, second)
        return list(found.values())[:k]


def names(text: str, name: str) -> bool:
    """Whether `text` holds the name as words of its own; a Korean name may have a particle behind it."""
    wanted, folded = fold(name), fold(text)
    if wanted not in folded:
        return False
    return re.search(rf"(?<!\w){re.escape(wanted)}" + ("" if is_korean(name) else r"(?!\w)"), folded) is not None


def _shared(question: str, fact: StatedFact) -> int:
    """How many words of the attribute the question has."""
    if is_korean(fact.attribute):
        return sum(word in question for word in fact.attribute.split())
    return len(set(words(fact.attribute)) & set(words(question)))
