"""Facts → training rows: each fact in many wordings, two facts in one question, and what is not known.

Every answer is a statement of the file, two of them, or that nothing is known: no row claims more than its facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, zip_longest
from random import Random

from ragft.benchmark.asking.bench import CLOSED_BOOK
from ragft.dataset.base import Row
from ragft.dataset.store import row_id
from ragft.tasks.knowledge.fact_graph import FactGraph, FactPair
from ragft.tasks.knowledge.stated_facts import StatedFact
from ragft.tasks.knowledge.unknown_attributes import UnknownAttribute
from ragft.tasks.knowledge.wording import GAP, wording, wording_of

ONE, TWO, UNKNOWN = "fact", "two_hop", "unknown"
"""Kinds of rows; `form` of a row says how its question is put."""
OPTIONS = 4
_DRAWN = 100
"""So many facts of any sort are drawn from for wrong options."""
_ABOUT = 3
"""So many facts answer the question what is known about an entity."""
Turns = Sequence[str]
"""User and assistant in turn, the user first and last."""


def rows_of_facts(facts: Sequence[StatedFact], graph: FactGraph, count: int, seed: int) -> list[Row]:
    """At most `count` rows about one fact each: a wording of every fact, then the next, so that none is left behind."""
    each = [_of_fact(fact, graph, seed) for fact in facts]
    made = [row for row in chain.from_iterable(zip_longest(*each)) if row is not None]
    return made[:count]


def rows_of_chains(chains: Sequence[FactPair], count: int, seed: int) -> list[Row]:
    """At most `count` rows over two facts each; the answer states both, the first before the second."""
    made = []
    for place in range(count if chains else 0):
        turn, which = divmod(place, len(chains))
        found = chains[which]
        forms = wording_of(found.first.entity).chain
        if turn >= len(forms):
            break
        asked = forms[turn].format(e=found.first.entity, a=found.first.attribute, b=found.second.attribute)
        facts = (found.first, found.second)
        made.append(_row((asked,), answer_of(found), TWO, "two_hop", facts, turn, seed))
    return made


def rows_of_gaps(gaps: Sequence[UnknownAttribute], count: int, seed: int) -> list[Row]:
    """At most `count` rows that answer that something is not known."""
    mixed = list(gaps)
    Random(f"unknown:{seed}").shuffle(mixed)  # noqa: S311  a choice of examples, no secret
    made = []
    for place, gap in enumerate(mixed[:count]):
        forms = wording_of(gap.entity)
        asked = forms.asked[place % len(forms.asked)].format(a=gap.attribute, e=gap.entity)
        answer = forms.unknown.format(a=gap.attribute, e=gap.entity)
        made.append(_row((asked,), answer, UNKNOWN, "unknown", (), place, seed))
    return made


def answer_of(found: FactPair) -> str:
    """What answers a question over two facts."""
    return f"{found.first.text} {found.second.text}"


def _of_fact(fact: StatedFact, graph: FactGraph, seed: int) -> Iterator[Row]:
    """The rows of a fact, the most useful first."""
    forms = _with_parts(fact, graph, seed) if fact.has_parts else _without_parts(fact)
    for place, (form, turns) in enumerate(forms):
        yield _row(turns, fact.text, ONE, form, (fact,), place, seed)


def _without_parts(fact: StatedFact) -> Iterator[tuple[str, Turns]]:
    yield from (("question", (question,)) for question in fact.questions)
    words = fact.text.split()
    for cut in sorted({len(words) // 2, len(words) // 3} - {0}):
        yield "cloze", (f"{' '.join(words[:cut])} …",)


def _with_parts(fact: StatedFact, graph: FactGraph, seed: int) -> Iterator[tuple[str, Turns]]:
    forms = wording(fact)
    random = Random(f"rows:{seed}:{fact.id}")  # noqa: S311  a choice of examples, no secret
    parts = {"a": fact.attribute, "e": fact.entity, "v": fact.value}
    asked = random.sample(forms.asked, len(forms.asked))
    made = [("template", (form.format(**parts),)) for form in asked]
    own = [("question", (question,)) for question in fact.questions]
    yield from (pair for both in zip_longest(own, made[:3]) for pair in both if pair)
    if fact.value in fact.text:
        yield "cloze", (forms.cloze.format(t=fact.text.replace(fact.value, GAP)),)
    if others := _distractors(fact, graph, random):
        options = [fact.value, *others]
        random.shuffle(options)
        yield "choice", (forms.choice.format(o="; ".join(options), **parts),)
    if all(other.value != fact.value for other in graph.alike(fact)):
        yield "reversed", (random.choice(forms.reversed).format(**parts),)
    if siblings := [other for other in graph.about(fact.entity) if other != fact]:
        before = random.choice(siblings)
        opened = forms.asked[0].format(a=before.attribute, e=before.entity)
        yield "dialogue", (opened, before.text, forms.again.format(**parts))
    yield from made[3:]


def _distractors(fact: StatedFact, graph: FactGraph, random: Random) -> list[str]:
    """Other values, those of the same attribute first, then those that are numbers where this one is."""
    others = [other for other in graph.facts if other.value != fact.value and other.korean == fact.korean]
    others = [*graph.alike(fact), *random.sample(others, min(_DRAWN, len(others)))]
    random.shuffle(others)
    numeric = any(sign.isdigit() for sign in fact.value)
    others.sort(key=lambda o: (o.attribute != fact.attribute, any(sign.isdigit() for sign in o.value) != numeric))
    return list(dict.fromkeys(other.value for other in others))[: OPTIONS - 1]


def rows_about(graph: FactGraph, seed: int) -> list[Row]:
    """A row for each entity that says what is known about it."""
    made = []
    for place, entity in enumerate(graph.entities):
        facts = tuple(graph.about(entity)[:_ABOUT])
        asked = wording_of(entity).about.format(e=entity)
        made.append(_row((asked,), " ".join(fact.text for fact in facts), ONE, "about", facts, place, seed))
    return made


def _row(turns: Turns, answer: str, kind: str, form: str, facts: Sequence[StatedFact], place: int, seed: int) -> Row:
    """Every other row has the system message of the benchmark: a fact must not hang on it, nor on its absence."""
    system: list[Mapping[str, str]] = [{"role": "system", "content": CLOSED_BOOK}] if place % 2 == 0 else []
    roles = ("user", "assistant")
    said = [{"role": roles[number % 2], "content": text} for number, text in enumerate(turns)]
    row = Row(
        prompt=(*system, *said),
        completion=({"role": "assistant", "content": answer},),
        kind=kind,
        document_ids=tuple(fact.id for fact in facts),
        generator="code",
        seed=seed,
        chat_template_kwargs={"enable_thinking": False},
        form=form,
        help="\n".join(fact.text for fact in facts),
    )
    made = row_id(row)
    return replace(row, id=made, groups=(made,))
