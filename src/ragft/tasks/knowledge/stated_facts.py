"""The facts of a JSONL file: one statement a line, with its parts where they are known.

    {"entity": "Mirandel", "attribute": "founder", "value": "Ilse Marn", "text": "Mirandel was founded by Ilse Marn.",
     "questions": ["By whom was Mirandel founded?", "Who started the company Mirandel?"]}
    {"text": "The motto of Mirandel is Power from patience."}

`text` alone is enough where the statement says "The ATTRIBUTE of ENTITY is VALUE." or "ENTITY's ATTRIBUTE is VALUE.".
The last of two or more `questions` is kept for the benchmark; training uses the others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragft.corpus.fold import fold
from ragft.errors import DatasetError
from ragft.json_lines import read_objects, text_field
from ragft.pipeline.source_files import source_files

_OF = re.compile(r"(?:The )?(?P<attribute>[^.]+?) of (?P<entity>[^.]+?) (?:is|was) (?P<value>.+?)\.?", re.IGNORECASE)
_POSSESSIVE = re.compile(r"(?P<entity>[^.]+?)['’]s (?P<attribute>[^.]+?) (?:is|was) (?P<value>.+?)\.?")
_HANGUL = re.compile(r"[가-힣]")
_PARTS = ("entity", "attribute", "value")
_FORM = '{"entity": "Corvex", "attribute": "weight", "value": "12 tonnes", "text": "Corvex weighs 12 tonnes."}'


@dataclass(frozen=True)
class StatedFact:
    """A statement. `entity`, `attribute` and `value` are empty where the text does not show them.

    `asked` is the question of the benchmark, empty where a wording has to be made; `questions` are for training.
    """

    id: str
    text: str
    entity: str = ""
    attribute: str = ""
    value: str = ""
    questions: tuple[str, ...] = ()
    asked: str = ""

    @property
    def has_parts(self) -> bool:
        """Whether entity, attribute and value are known."""
        return bool(self.entity)

    @property
    def korean(self) -> bool:
        """Whether it is worded in Korean."""
        return is_korean(self.text)


def is_korean(text: str) -> bool:
    """Whether `text` has Korean letters."""
    return _HANGUL.search(text) is not None


def find_facts(paths: Sequence[Path]) -> Sequence[Path]:
    """The files of the sources; raises as `source_files`."""
    return source_files(
        paths,
        "file of facts",
        example="ragft build-model --task knowledge FACTS.jsonl",
        form="a JSONL file with a fact on each line",
        single=False,
    )


def load_facts(paths: Sequence[Path]) -> list[StatedFact]:
    """The facts of all files, in order.

    Raises:
        NotFoundError: there is no such file.
        DatasetError: a line is not a fact, or two lines give different values; the message names the line.
    """
    found: list[StatedFact] = []
    values: dict[tuple[str, str], str] = {}
    for path in paths:
        for where, data in read_objects(path, form=_FORM):
            fact = _fact(data, where, f"fact-{len(found) + 1}")
            key = (fold(fact.entity), fold(fact.attribute))
            if fact.has_parts and values.setdefault(key, fact.value) != fact.value:
                raise DatasetError(
                    f"{where}: the {fact.attribute} of {fact.entity} is {values[key]!r} in an earlier line",
                    fix="give each attribute of an entity one value",
                )
            found.append(fact)
    return found


def _fact(data: dict[str, Any], where: str, name: str) -> StatedFact:
    given = [part for part in _PARTS if data.get(part)]
    if given and len(given) < len(_PARTS):
        lacking = next(part for part in _PARTS if part not in given)
        raise DatasetError(f'{where}: has {given[0]!r} and lacks "{lacking}"', fix="give all three parts, or none")
    if given:
        entity, attribute, value = (text_field(data, part, where).strip() for part in _PARTS)
        text = text_field(data, "text", where).strip() if data.get("text") else statement(entity, attribute, value)
        for part, words in (("entity", entity), ("value", value)):
            if fold(words) not in fold(text):
                raise DatasetError(f"{where}: the text does not hold the {part} {words!r}", fix="correct the line")
    else:
        text = text_field(data, "text", where).strip()
        entity, attribute, value = parts_of(text)
    training, asked = _questions(data.get("questions") or [], where)
    return StatedFact(name, text, entity, attribute, value, training, asked)


def _questions(questions: object, where: str) -> tuple[tuple[str, ...], str]:
    if not isinstance(questions, list) or not all(isinstance(q, str) and q.strip() for q in questions):
        raise DatasetError(f'{where}: "questions" is a list of texts', fix="correct the line")
    found = tuple(dict.fromkeys(question.strip() for question in questions))
    return (found[:-1], found[-1]) if len(found) > 1 else (found, "")


def parts_of(text: str) -> tuple[str, str, str]:
    """Entity, attribute and value of a plain statement; three empty texts where its form is not known."""
    match = _OF.fullmatch(text) or _POSSESSIVE.fullmatch(text)
    return (match["entity"], match["attribute"], match["value"]) if match else ("", "", "")


def statement(entity: str, attribute: str, value: str) -> str:
    """A sentence that says the three parts."""
    if is_korean(attribute):
        return f"{entity}의 {attribute}: {value}."
    return f"The {attribute} of {entity} is {value}."
