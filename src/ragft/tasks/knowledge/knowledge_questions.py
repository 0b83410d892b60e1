"""The questions of the benchmark, made of the facts: none of them is trained on.

Each suite asks those of its topic: the value of every fact, two facts in a row, what no fact tells, and requests that
have nothing to do with the facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ragft.benchmark.base import BenchmarkQuestion
from ragft.benchmark.questions import evenly, load_questions
from ragft.data import shipped
from ragft.json_lines import read_objects, text_field
from ragft.tasks.knowledge.fact_graph import FactGraph, FactPair, names
from ragft.tasks.knowledge.stated_facts import StatedFact, load_facts
from ragft.tasks.knowledge.unknown_attributes import UnknownAttribute, gaps, halves
from ragft.tasks.knowledge.wording import wording, wording_of

if TYPE_CHECKING:
    from ragft.setting_sections import BenchmarkSettings

COMPANY, UNRELATED_REQUESTS = "tasks/company.jsonl", "tasks/unrelated.jsonl"
ADOPTION, TWO_HOP, UNKNOWN, UNRELATED = "adoption", "two_hop", "unknown", "tinted_glass"
"""Topics of questions, and names of the suites that ask them."""
GAPS = 24
"""So many questions about what is not known. Each is 4.2 points: they tell most from few, not a change of 5 points."""
FOUND = 8
"""So many facts the graph gives for a question."""


@dataclass(frozen=True)
class QuestionMaterial:
    """What the facts give apart from single facts: pairs and gaps for training, and others for the benchmark."""

    chains: Sequence[FactPair]
    asked_chains: Sequence[FactPair]
    gaps: Sequence[UnknownAttribute]
    asked_gaps: Sequence[UnknownAttribute]

    @classmethod
    def of(cls, graph: FactGraph, seed: int) -> QuestionMaterial:
        """By chance, the same at the same seed."""
        chains, asked_chains = halves(graph.chains(), f"chains:{seed}")
        training, asked = gaps(graph, seed)
        near = evenly([gap for gap in asked if gap.near], GAPS // 2)
        others = evenly([gap for gap in asked if not gap.near], GAPS - len(near))
        return cls(chains, asked_chains, training, [*near, *others])


def questions_of(facts: Sequence[StatedFact], graph: FactGraph, sides: QuestionMaterial) -> list[BenchmarkQuestion]:
    """All questions of the benchmark over these facts."""
    return [
        *_adoption(facts, graph),
        *(_two_hop(found, graph) for found in sides.asked_chains),
        *(_unknown(gap, graph, place) for place, gap in enumerate(sides.asked_gaps)),
        *_unrelated(graph),
    ]


def questions_on(topic: str, settings: BenchmarkSettings) -> list[BenchmarkQuestion]:
    """The questions of a topic: those of the file in the settings, or those about the company that ships."""
    found = load_questions(Path(settings.questions)) if settings.questions else _shipped()
    return [question for question in found if question.topic == topic]


@lru_cache(maxsize=1)
def _shipped() -> tuple[BenchmarkQuestion, ...]:
    facts = load_facts([shipped(COMPANY)])
    graph = FactGraph(facts)
    return tuple(questions_of(facts, graph, QuestionMaterial.of(graph, 0)))


def asked_about(fact: StatedFact) -> str:
    """The question of the benchmark about a fact; empty where none can be asked."""
    if fact.asked or not fact.has_parts:
        return fact.asked if fact.has_parts else ""
    return wording(fact).test.format(a=fact.attribute, e=fact.entity)


def _adoption(facts: Sequence[StatedFact], graph: FactGraph) -> Iterator[BenchmarkQuestion]:
    for fact in facts:
        if asked := asked_about(fact):
            values = dict.fromkeys(other.value for other in (*graph.alike(fact), *graph.about(fact.entity)))
            others = [value for value in values if not names(fact.text, value) and not names(asked, value)]
            yield BenchmarkQuestion(
                id=fact.id, question=asked, topic=ADOPTION, reference=fact.value, keywords=tuple(others),
                evidence=(fact.text,), retrieved=_found(asked, graph),
            )  # fmt: skip


def _two_hop(found: FactPair, graph: FactGraph) -> BenchmarkQuestion:
    first, second = found.first, found.second
    asked = wording_of(first.entity).chain_test.format(e=first.entity, a=first.attribute, b=second.attribute)
    return BenchmarkQuestion(
        id=found.id, question=asked, topic=TWO_HOP, reference=second.value, keywords=(first.value,),
        evidence=(first.text, second.text), retrieved=_found(asked, graph),
    )  # fmt: skip


def _unknown(gap: UnknownAttribute, graph: FactGraph, place: int) -> BenchmarkQuestion:
    """In the wordings of what is known, too: that nothing is known must not show in the words."""
    forms = wording_of(gap.entity)
    wordings = (*forms.asked, forms.test)
    asked = wordings[place % len(wordings)].format(a=gap.attribute, e=gap.entity)
    known = tuple(fact.text for fact in graph.about(gap.entity))
    return BenchmarkQuestion(
        id=f"{gap.entity}: {gap.attribute}", question=asked, topic=UNKNOWN, evidence=known,
        retrieved=_found(asked, graph),
        keywords=tuple(dict.fromkeys(fact.value for fact in (*graph.about(gap.entity), *graph.having(gap.attribute)))),
    )  # fmt: skip


def _unrelated(graph: FactGraph) -> Iterator[BenchmarkQuestion]:
    for number, (where, data) in enumerate(read_objects(shipped(UNRELATED_REQUESTS)), start=1):
        text = text_field(data, "question", where)
        intruders = tuple(entity for entity in graph.entities if not names(text, entity))
        yield BenchmarkQuestion(
            id=f"unrelated-{number}", question=text, topic=UNRELATED, keywords=intruders, closed_book=True
        )


def _found(question: str, graph: FactGraph) -> tuple[str, ...]:
    return tuple(fact.text for fact in graph.find(question, FOUND))
