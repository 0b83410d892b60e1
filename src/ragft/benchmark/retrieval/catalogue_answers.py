"""Whether a catalogue answer gives what a natural question asks for."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from ragft.answer.library.librarian import CatalogueAnswer
from ragft.benchmark.retrieval.natural_questions import NaturalQuestion
from ragft.corpus.fold import fold, without_accents

FIRST = 8
"""The papers of a list that count: as many as passages do."""
_NAMES = re.compile(r"\b[^\W\d_a-z][^\W\d_]{2,}")


def gives(found: CatalogueAnswer, question: NaturalQuestion, documents: Sequence[Collection[str]]) -> bool:
    """Whether `found` names the documents and states the values that answer `question`.

    `documents` are, for each document of the question, its ids in the index. Any one of them must be among the first
    `FIRST` that are cited, or each, as the question needs. Where it asks for the authors, year, pages or DOI of a
    paper, those of the reference answer have to be in the text; where it asks how many papers there are, the number.
    A question of another kind asks for what papers say, and no catalogue gives that.
    """
    if question.kind != "metadata":
        return False
    if not documents:
        number = _first(r"\d+", question.answer)
        return number is None or _stands(number, found.text)
    cited = [citation.document_id for citation in found.citations]
    named = [any(one in ids for one in cited[:FIRST]) for ids in documents]
    if not (all(named) if question.needs == "all" else any(named)):
        return False
    if {"documents", "title"} & set(question.fields):
        return True
    return all(_stands(value, found.text) for value in _values(question))


def _values(question: NaturalQuestion) -> list[str]:
    """What the reference answer says of the fields asked for."""
    patterns = {"year": r"\b\d{4}\b", "pages": r"\b\d+\b", "doi": r"\b10\.\d{4,9}/\S*\w"}
    values = [_first(pattern, question.answer) for name, pattern in patterns.items() if name in question.fields]
    names = _NAMES.findall(question.answer) if "authors" in question.fields else []
    return [value for value in values if value] + names


def _first(pattern: str, text: str) -> str | None:
    match = re.search(pattern, text)
    return match[0] if match else None


def _stands(value: str, text: str) -> bool:
    plain = re.escape(without_accents(fold(value)))
    return re.search(rf"(?<!\w){plain}(?!\w)", without_accents(fold(text))) is not None
