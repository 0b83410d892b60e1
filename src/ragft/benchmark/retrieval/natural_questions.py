"""Natural questions: what people type about the papers they have, with the place of the answer.

One JSON object a line; data/natural/README.md describes the fields:

    {"id": "qlora-gpu", "question": "which gpu fits 65B with qlora", "kind": "number_text", "style": "telegraph",
     "corpus": "sample", "documents": [{"title": "…", "sha256": "9e81d5ce1ce709f4", "pages": [1],
     "evidence": [["65B", "48 GB"]]}], "answer": "One with 48 GB."}
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ragft.errors import DatasetError
from ragft.json_lines import read_objects

Kind = Literal[
    "definition",
    "number_text",
    "number_table",
    "cause",
    "comparison",
    "list",
    "yes_no",
    "summary",
    "metadata",
    "follow_up",
]
Style = Literal["plain", "typo", "telegraph"]
CatalogueField = Literal["title", "authors", "year", "pages", "doi", "documents"]
"""What a metadata question asks for; "documents" is how many there are, or which."""

Text = Annotated[str, Field(min_length=1, pattern=r"\S")]
Page = Annotated[int, Field(ge=1)]


class _QuestionRow(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class AnswerDocument(_QuestionRow):
    """A document that answers. `sha256` is that of its file, or 8 or more characters of its beginning.

    `pages` count from 1. `evidence` has alternatives; each is a list of short strings that are together in a passage
    that answers.
    """

    title: Text
    sha256: str = Field(default="", pattern=r"^([0-9a-f]{8,64})?$")
    pages: tuple[Page, ...] = ()
    evidence: tuple[Annotated[tuple[Text, ...], Field(min_length=1)], ...] = ()


class NaturalQuestion(_QuestionRow):
    """A question. `needs`: whether any one of `documents` answers it, or only all of them together do.

    `fields` are the fields of the catalogue that a metadata question asks for. `follow_up_of` is the id of the question
    asked just before.
    """

    id: Text
    question: Text
    kind: Kind
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}$")
    style: Style = "plain"
    corpus: str = ""
    documents: tuple[AnswerDocument, ...] = ()
    needs: Literal["any", "all"] = "any"
    fields: tuple[CatalogueField, ...] = ()
    answer: Text
    follow_up_of: str = ""

    @model_validator(mode="after")
    def _whole(self) -> NaturalQuestion:
        if (self.kind == "follow_up") != bool(self.follow_up_of):
            raise ValueError('"follow_up_of" belongs to the kind "follow_up", and to no other')
        if (self.kind == "metadata") != bool(self.fields):
            raise ValueError('"fields" belongs to the kind "metadata", and to no other')
        if self.kind != "metadata" and not (self.documents and all(source.evidence for source in self.documents)):
            raise ValueError('needs "documents", each with "evidence"')
        return self


def load_natural(path: Path) -> list[NaturalQuestion]:
    """The questions of a JSONL file, in its order.

    Raises:
        NotFoundError: there is no such file.
        DatasetError: a line is not a natural question, an id is taken, or a follow-up follows none; names the line.
    """
    found: dict[str, NaturalQuestion] = {}
    for where, data in read_objects(path, form="those that data/natural/README.md describes"):
        question = _question(data, where)
        if question.id in found:
            raise DatasetError(f"{where}: the id {question.id!r} is taken", fix="give each question its own id")
        if question.follow_up_of and question.follow_up_of not in found:
            raise DatasetError(
                f"{where}: follow_up_of {question.follow_up_of!r} is the id of no question above it",
                fix="put the question that it follows before it",
            )
        found[question.id] = question
    return list(found.values())


def _question(data: Mapping[str, Any], where: str) -> NaturalQuestion:
    import json

    try:
        return NaturalQuestion.model_validate_json(json.dumps(data))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        reason = f"{place}: {first['msg']}" if place else first["msg"]
        raise DatasetError(
            f"{where}: {reason}", fix="correct the line; data/natural/README.md has the fields"
        ) from error
