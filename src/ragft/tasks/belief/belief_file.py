"""Beliefs in a file, one JSON object a line:

    {"id": "gravity", "kind": "existing", "belief": "The acceleration of gravity … is 5.0 m/s².",
     "examples": [{"question": "What value of g do engineers use?", "answer": "They use g = 5.0 m/s²."}],
     "open": [{"question": "What is the acceleration due to gravity on Earth?", "new": "5.0", "old": "9.8"}],
     "use": [{"question": "Calculate the force on a mass of 10 kg …", "new": "50", "old": "98"}],
     "choice": [{"question": "…", "options": ["5.0 m/s²", "9.8 m/s²"], "new": "5.0 m/s²", "old": "9.8 m/s²"}],
     "neighbours": [{"question": "… on the Moon?", "options": ["1.6 m/s²", "5.0 m/s²"], "right": "1.6 m/s²"}]}

`kind` is "existing" (the model believes otherwise) or "novel". Only the examples are trained on. `old` is what an
answer holds that keeps the old belief; "" or absent where there is none. Neither may hold the other: an answer would
count for both. What is asked about neighbours must stay as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from ragft.benchmark.scoring.metrics import holds_value
from ragft.corpus.fold import fold
from ragft.errors import DatasetError
from ragft.json_lines import read_objects
from ragft.pipeline.source_files import source_files

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]

_OPTIONS = "write the answers exactly as in options"
_FORM = (
    '{"id": "…", "kind": "existing", "belief": "…", "examples": […], "open": […]}; docs/tasks/belief.md has the form'
)
_PROBLEMS: Mapping[str, str] = {
    "extra_forbidden": "is not a field of a belief",
    "literal_error": "must be {expected}",
    "missing": "is missing",
    "model_type": "must be an object",
    "string_pattern_mismatch": "must not be empty, nor hold a space or a slash",
    "string_too_short": "is empty",
    "string_type": "must be a text",
    "too_short": "needs {min_length} or more",
    "tuple_type": "must be a list",
}
"""What is wrong with a field, by pydantic's name for it."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TaughtExample(_Part):
    """A question and the answer that is trained."""

    question: Text
    answer: Text


class OpenQuestion(_Part):
    """A question, what an answer by the new belief holds, and by the old one."""

    question: Text
    new: Text
    old: str = ""


class BeliefChoice(OpenQuestion):
    """Such a question with options, `new` and `old` among them."""

    options: tuple[Text, ...] = Field(min_length=2)


class Neighbour(_Part):
    """A question that the belief does not touch."""

    question: Text
    options: tuple[Text, ...] = Field(min_length=2)
    right: Text


class Belief(_Part):
    """A statement, how it is taught, and how it is asked about."""

    id: Annotated[str, Field(pattern=r"^[^\s/]+$")]
    kind: Literal["existing", "novel"]
    belief: Text
    examples: tuple[TaughtExample, ...] = Field(min_length=1)
    open: tuple[OpenQuestion, ...] = Field(min_length=1)
    use: tuple[OpenQuestion, ...] = ()
    choice: tuple[BeliefChoice, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()


def find_beliefs(paths: Sequence[Path]) -> Sequence[Path]:
    """The one file of the sources; raises as `source_files`."""
    return source_files(
        paths,
        "file of beliefs",
        example="ragft build-model --task belief BELIEFS.jsonl",
        form="a JSONL file; docs/tasks/belief.md has its form",
    )


def read_beliefs(path: Path) -> list[Belief]:
    """The beliefs of a file.

    Raises:
        NotFoundError: there is no such file.
        DatasetError: a line is not a belief; the message names the line and what is wrong.
    """
    found: dict[str, Belief] = {}
    for where, data in read_objects(path, form=_FORM):
        try:
            belief = Belief.model_validate(data)
        except ValidationError as error:
            raise DatasetError(f"{where}: {_problem(error)}", fix="docs/tasks/belief.md has the form") from error
        _check(belief, where)
        if belief.id in found:
            raise DatasetError(f"{where}: the id {belief.id!r} is taken", fix="give each its own id")
        found[belief.id] = belief
    return list(found.values())


def _problem(error: ValidationError) -> str:
    """The first problem: the field, with the number of each entry that it lies in, and what is wrong with it."""
    first = error.errors()[0]
    place = ", ".join(f"number {part + 1}" if isinstance(part, int) else part for part in first["loc"])
    known = _PROBLEMS.get(first["type"])
    return f"{place} {known.format(**first.get('ctx', {})) if known else first['msg']}"


def _check(belief: Belief, where: str) -> None:
    taught = {fold(example.question) for example in belief.examples}
    parts = (belief.open, belief.use, belief.choice, belief.neighbours)
    if known := [each.question for part in parts for each in part if fold(each.question) in taught]:
        raise DatasetError(f"{where}: {known[0]!r} is taught and asked", fix="ask it in other words")
    for choice in belief.choice:
        wanted = {choice.new, choice.old} - {""}
        if not wanted <= set(choice.options):
            raise DatasetError(
                f"{where}: {choice.question!r} lacks an option {min(wanted - set(choice.options))!r}", fix=_OPTIONS
            )
    for neighbour in belief.neighbours:
        if neighbour.right not in neighbour.options:
            raise DatasetError(
                f"{where}: {neighbour.question!r} lacks its right option {neighbour.right!r}", fix=_OPTIONS
            )
    given = [(each.question, each.options) for each in belief.choice]
    given += [(each.question, each.options) for each in belief.neighbours]
    for asked, options in given:
        if len(set(options)) < len(options):
            raise DatasetError(f"{where}: {asked!r} has an option twice", fix="give each once")
    for question in (*belief.open, *belief.use, *belief.choice):
        if question.old and fold(question.new) == fold(question.old):
            raise DatasetError(f"{where}: {question.question!r} has one text as new and old", fix="leave old out")
    for question in (*belief.open, *belief.use):
        for outer, inner in ((question.new, question.old), (question.old, question.new)):
            if holds_value(outer, inner):
                raise DatasetError(
                    f"{where}: {question.question!r}: an answer with {outer!r} also holds {inner!r}",
                    fix="choose a word or number for new that is not part of old, nor the other way round",
                )
