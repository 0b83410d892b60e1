"""From a table to rows that teach its facts, and questions that ask for them in other words.

    made = make(table, settings.facts, seed=0)
    made.rows, made.questions, made.sentences

A fact is taught `exposures` times: asked for, chosen out of five, stated, and from its value back to the entity. Some
entities are held out: no row is about them, and questions are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import zip_longest
from random import Random

from ragft.benchmark.asking.bench import BRIEF
from ragft.benchmark.base import BenchmarkQuestion
from ragft.benchmark.scoring.first_word import LETTERS
from ragft.dataset.base import Row
from ragft.errors import DatasetError, UsageError
from ragft.setting_sections import FactsSettings
from ragft.tasks.facts import wordings
from ragft.tasks.facts.distractors import COUNT, arrange, can_be_asked, distractors, with_options
from ragft.tasks.facts.fact_table import FactTable, TableAttribute, TableFact

LEARNT, UNSEEN_QUANTITY, UNSEEN_NAME = "learnt", "unseen-quantity", "unseen-name"
"""Topics of questions: about facts that are taught, and about those of entities that are held out."""
_CYCLE = ("question", "choice", "statement", "question", "reversed", "question", "choice", "question", "choice",
          "statement")  # fmt: skip
"""The kinds of rows of a fact, exposure by exposure."""
_LEAST = 2 * COUNT
"""Values that an attribute has at least, if it is asked for unasked: fewer are guessed by how often they occur."""
_FEWER = f"add rows, or name columns of {COUNT} values or more: facts.attributes"


@dataclass(frozen=True)
class FactSides:
    """The facts that are taught, those of entities that are held out, and the attributes that are asked for."""

    learnt: FactTable
    unseen: FactTable
    attributes: tuple[TableAttribute, ...]

    @cached_property
    def whole(self) -> FactTable:
        """One table of all facts, those that are taught and those that are held out."""
        return FactTable(self.learnt.kind, (*self.learnt.facts, *self.unseen.facts))

    def asked(self, table: FactTable) -> list[TableFact]:
        """The facts of one side that can be asked for."""
        fit = [attribute for attribute in self.attributes if can_be_asked(table, attribute)]
        return [fact for fact in table.facts if fact.attribute in fit]


@dataclass(frozen=True)
class FactData:
    """Rows to train on, questions of the benchmark, and every sentence by its id."""

    rows: list[Row]
    questions: list[BenchmarkQuestion]
    sentences: dict[str, str]


def make(table: FactTable, settings: FactsSettings, seed: int) -> FactData:
    """Rows and questions; the same for the same table, settings and seed.

    Raises:
        UsageError: an attribute that is to be asked for is not there, or has too few values.
        DatasetError: the table has too few entities or values to ask about.
    """
    sides = divide(table, settings, seed)
    rows = [row for fact in sides.asked(sides.learnt) for row in _rows(fact, sides.learnt, settings.exposures, seed)]
    Random(f"rows:{seed}").shuffle(rows)  # noqa: S311  an order of examples, no secret
    sentences = {sentence_id(fact): fact.statement for fact in sides.whole.facts}
    return FactData(rows, _questions(sides, settings, seed), sentences)


def divide(table: FactTable, settings: FactsSettings, seed: int) -> FactSides:
    """The two sides: a share of all entities is held out, and of the others `settings.entities` (0: all) are taught."""
    order = list(table.entities)
    Random(f"entities:{seed}").shuffle(order)  # noqa: S311
    held_out = round(settings.unseen * len(order))
    taught = order[held_out:][: settings.entities or None]
    sides = FactSides(table.of(taught), table.of(order[:held_out]), _attributes(table, settings.attributes))
    if not sides.asked(sides.learnt):
        raise DatasetError(
            f"the {len(taught)} entities to be taught have fewer than {COUNT} values of each attribute asked for: "
            f"{', '.join(attribute.name for attribute in sides.attributes)}",
            fix="add rows, teach more entities (facts.entities), or name other columns (facts.attributes)",
        )
    return sides


def sentence_id(fact: TableFact) -> str:
    """The id of the document that holds the sentence of a fact."""
    return sha256(fact.statement.encode()).hexdigest()[:16]


def _attributes(table: FactTable, names: Sequence[str]) -> tuple[TableAttribute, ...]:
    if not names:
        found = tuple(attribute for attribute in table.attributes if table.distinct(attribute) >= _LEAST)
        if not found:
            raise DatasetError(f"the table has no attribute of {_LEAST} values or more", fix=_FEWER)
        return found
    known = {attribute.name: attribute for attribute in table.attributes}
    for name in names:
        if name not in known:
            raise UsageError(f"the table has no attribute {name!r}", fix=f"facts.attributes: {', '.join(known)}")
        if not can_be_asked(table, known[name]):
            raise UsageError(
                f"{name} has fewer than {COUNT} values: too few for a question with {COUNT} options",
                fix="add rows, or leave it out of facts.attributes",
            )
    return tuple(known[name] for name in names)


def _rows(fact: TableFact, table: FactTable, exposures: int, seed: int) -> list[Row]:
    """The rows of one fact. Options are drawn again for each row, and the right one moves on by a place."""
    random = Random(f"{seed}:{fact.id}")  # noqa: S311
    start = random.randrange(COUNT)
    same = [other for other in table.by_attribute[fact.attribute] if other.key == fact.key]
    seen = dict.fromkeys(_CYCLE, 0)
    rows = []
    for place in range(exposures):
        kind = _CYCLE[place % len(_CYCLE)]
        if kind == "reversed" and len(same) > 1:  # several entities would be right
            kind = "question"
        number = seen[kind]
        seen[kind] += 1
        rows.append(_row(kind, fact, *_said(kind, fact, table, number, start + number, random)))
    return rows


def _said(kind: str, fact: TableFact, table: FactTable, number: int, place: int, random: Random) -> tuple[str, str]:
    """What a row asks and answers."""
    match kind:
        case "statement":
            return wordings.statement_request(fact, number), fact.statement
        case "reversed":
            return wordings.reversed_question(fact, table, number), fact.entity
        case "choice":
            options = arrange(fact.shown, distractors(fact, table, random), place, random)
            letter = LETTERS[options.index(fact.shown)]
            return with_options(wordings.training_question(fact, number + 1), options), f"{letter}. {fact.shown}"
        case _:
            return wordings.training_question(fact, number), fact.shown


def _row(kind: str, fact: TableFact, asked: str, answered: str) -> Row:
    prompt = ({"role": "system", "content": BRIEF}, {"role": "user", "content": asked})
    return Row(
        prompt,
        ({"role": "assistant", "content": answered},),
        kind,
        groups=(fact.entity,),
        chat_template_kwargs={"enable_thinking": False},
    )


def _questions(sides: FactSides, settings: FactsSettings, seed: int) -> list[BenchmarkQuestion]:
    """Of what is taught as many as were wished for, of what is not two thirds of that. The attributes take turns, and
    so do quantities and names where nothing is taught: a few columns of names would leave no room for quantities."""
    taught, unseen = sides.asked(sides.learnt), sides.asked(sides.unseen)
    parts = (
        (sides.learnt, _in_turn(taught, [f.attribute.name for f in taught], seed)[: settings.questions]),
        (sides.unseen, _in_turn(unseen, [f.attribute.quantity for f in unseen], seed)[: 2 * settings.questions // 3]),
    )
    found: list[BenchmarkQuestion] = []
    for table, facts in parts:
        random = Random(f"questions:{seed}:{len(found)}")  # noqa: S311
        places: Counter[bool] = Counter()
        for number, fact in enumerate(facts):
            kind = table is sides.unseen and fact.attribute.quantity
            options = arrange(fact.shown, distractors(fact, table, random), places[kind], random)
            places[kind] += 1
            found.append(_question(fact, sides, number, options))
    return found


def _in_turn(facts: Sequence[TableFact], kinds: Sequence[object], seed: int) -> list[TableFact]:
    """Shuffled, one of each kind after the other."""
    order = Random(f"order:{seed}").sample(range(len(facts)), len(facts))  # noqa: S311
    apart = [[facts[place] for place in order if kinds[place] == kind] for kind in dict.fromkeys(kinds)]
    return [fact for each in zip_longest(*apart) for fact in each if fact is not None]


def _question(fact: TableFact, sides: FactSides, number: int, options: tuple[str, ...]) -> BenchmarkQuestion:
    unseen = UNSEEN_QUANTITY if fact.attribute.quantity else UNSEEN_NAME
    is_learnt = fact.entity in sides.learnt.entities
    about = [sentence_id(other) for other in sides.whole.facts if other.entity == fact.entity]
    return BenchmarkQuestion(
        id=fact.id,
        question=wordings.benchmark_question(fact, number),
        topic=LEARNT if is_learnt else unseen,
        reference=fact.shown,
        documents=tuple(about),
        options=options,
    )
