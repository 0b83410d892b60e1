"""Evaluation questions that no training row may come near."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ragft.corpus.words import words
from ragft.data import shipped
from ragft.dataset.base import Row
from ragft.dataset.store import read_lines
from ragft.errors import DatasetError, NotFoundError


def evaluation_questions(files: Sequence[Path] = ()) -> list[str]:
    """The questions of the benchmark that ships with ragft, and of `files` (JSONL with a `question` on each line).

    Raises:
        NotFoundError, DatasetError: a file is missing, or a line has no question.
    """
    return [question for path in (*_shipped(), *files) for question in _questions(path)]


def evaluation_answers(files: Sequence[Path] = ()) -> list[str]:
    """The references to the questions of the benchmark that ships with ragft, and to those of `files`.

    Raises:
        NotFoundError, DatasetError: a file is missing, or does not parse.
    """
    lines = (value for path in (*_shipped(), *files) for _, value in read_lines(path))
    return [found for value in lines if isinstance(found := value.get("reference"), str) and found.strip()]


def overlap_finder(questions: Sequence[str]) -> Callable[[Row], str | None]:
    """A function that names the first of `questions` that a row's prompt asks word for word, or None.

    Case, spaces and punctuation make no difference. It is for rows made elsewhere; `generate` also keeps out those
    that mean the same.
    """
    known = [(question, _plain(question)) for question in questions]

    def find(row: Row) -> str | None:
        asked = [_plain(message["content"]) for message in row.prompt if message["role"] == "user"]
        return next((question for question, text in known if any(text in prompt for prompt in asked)), None)

    return find


def _shipped() -> list[Path]:
    try:
        return sorted(shipped("benchmark").glob("*.jsonl"))
    except NotFoundError:
        return []


def _plain(text: str) -> str:
    """The words alone, a space on either side of each; a script without such words stays as it is."""
    return f" {' '.join(words(text) or text.casefold().split())} "


def _questions(path: Path) -> list[str]:
    found = []
    for number, value in read_lines(path):
        question = value.get("question") or value.get("text")
        if not isinstance(question, str) or not question.strip():
            raise DatasetError(f"{path}, line {number}, has no question")
        found.append(question)
    return found
