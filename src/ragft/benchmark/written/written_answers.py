"""Written answers to natural questions: right ones, wrong ones made from them by one change, and refusals.

One JSON object a line; data/natural/README.md describes the fields:

    {"id": "qlora-gpu", "question": "qlora-gpu", "answer": "A 65B model fits on one 48 GB GPU [?]."}
    {"id": "qlora-gpu-1", "of": "qlora-gpu", "answer": "A 65B model fits on one 24 GB GPU [?].", "kind": "number",
     "why": "48 GB; 24 GB is the size of another card"}
    {"id": "no-qlora-gpu", "declines": "qlora-gpu", "answer": "The sources do not say which GPU that takes."}
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ragft.answer.base import Turn
from ragft.benchmark.retrieval.natural import history_of
from ragft.benchmark.retrieval.natural_questions import NaturalQuestion, Text, load_natural
from ragft.data import shipped
from ragft.errors import DatasetError
from ragft.json_lines import read_objects

Change = Literal["number", "subject", "negation", "relation", "paper", "invention"]
"""What was changed to make an answer wrong."""
SHIPPED_QUESTIONS = ("natural/questions.jsonl", "natural/questions-b.jsonl", "natural/languages.jsonl")
SHIPPED_ANSWERS = ("natural/answers.jsonl", "natural/wrong.jsonl")
_FIX = "correct the line; data/natural/README.md has the fields"


class _WrittenRow(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: Text


Row = TypeVar("Row", bound=_WrittenRow)


class RightAnswer(_WrittenRow):
    """A right answer to the natural question `question` (its id); without `answer` that of the question itself.

    `evidence` has further alternatives of strings that a supporting quote may show, beside those of the question.
    """

    question: Text
    answer: Text | None = None
    evidence: tuple[Annotated[tuple[Text, ...], Field(min_length=1)], ...] = ()


class WrongAnswer(_WrittenRow):
    """The right answer `of` with one change of this `kind`; `why` says for a reader what is wrong about it."""

    of: Text
    answer: Text
    kind: Change
    why: Text


class WrittenRefusal(_WrittenRow):
    """A refusal, in a model's own words, to answer the natural question `declines` (its id)."""

    declines: Text
    answer: Text


@dataclass(frozen=True)
class WrittenAnswer:
    """An answer to be played back: `change` is set for a wrong one, `declined` for a refusal. `right` is the right one.

    `history` has the questions before a follow-up, `evidence` what a supporting quote may show beside the evidence of
    the question.
    """

    id: str
    question: NaturalQuestion
    answer: str
    right: str
    history: tuple[Turn, ...] = ()
    change: Change | None = None
    declined: bool = False
    evidence: tuple[tuple[str, ...], ...] = ()


def load_written(paths: Sequence[Path], questions: Mapping[str, NaturalQuestion]) -> list[WrittenAnswer]:
    """The answers of JSONL files, in their order.

    Raises:
        NotFoundError: there is no such file.
        DatasetError: a line is not an answer, its id is taken, or what it answers or changes is unknown.
    """
    found: dict[str, WrittenAnswer] = {}
    for path in paths:
        for where, data in read_objects(path, form="those that data/natural/README.md describes"):
            written = _written(data, where, questions, found)
            if written.id in found:
                raise DatasetError(f"{where}: the id {written.id!r} is taken", fix="give each answer its own id")
            found[written.id] = written
    return list(found.values())


def load_questions_of(paths: Sequence[Path]) -> dict[str, NaturalQuestion]:
    """The natural questions of several files by their ids."""
    return {question.id: question for path in paths for question in load_natural(path)}


def shipped_files(names: Sequence[str]) -> list[Path]:
    """The paths of files that ship with ragft."""
    return [shipped(name) for name in names]


def _written(
    data: Mapping[str, Any], where: str, questions: Mapping[str, NaturalQuestion], found: Mapping[str, WrittenAnswer]
) -> WrittenAnswer:
    if "of" in data:
        wrong = _row(WrongAnswer, data, where)
        if (right := found.get(wrong.of)) is None or right.change or right.declined:
            raise DatasetError(f"{where}: {wrong.of!r} is the id of no right answer above it", fix=_FIX)
        return replace(right, id=wrong.id, answer=wrong.answer, change=wrong.kind)
    if "declines" in data:
        refusal = _row(WrittenRefusal, data, where)
        question = _question(refusal.declines, where, questions)
        history = tuple(history_of(question, questions))
        return WrittenAnswer(refusal.id, question, refusal.answer, question.answer, history, declined=True)
    row = _row(RightAnswer, data, where)
    question = _question(row.question, where, questions)
    answer = row.answer or question.answer
    history = tuple(history_of(question, questions))
    return WrittenAnswer(row.id, question, answer, answer, history, evidence=row.evidence)


def _question(name: str, where: str, questions: Mapping[str, NaturalQuestion]) -> NaturalQuestion:
    if name not in questions:
        fix = "questions=FILE names the file of the question"
        raise DatasetError(f"{where}: no question has the id {name!r}", fix=fix)
    return questions[name]


def _row(model: type[Row], data: Mapping[str, Any], where: str) -> Row:
    try:
        return model.model_validate_json(json.dumps(data))
    except ValidationError as error:
        first = error.errors()[0]
        raise DatasetError(f"{where}: {'.'.join(map(str, first['loc']))}: {first['msg']}", fix=_FIX) from error
