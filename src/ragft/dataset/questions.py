"""Evaluation questions that no training row may come near."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ragft.data import shipped
from ragft.dataset.store import read_lines
from ragft.errors import DatasetError, NotFoundError


def evaluation_questions(files: Sequence[Path] = ()) -> list[str]:
    """The questions of the benchmark that ships with ragft, and of `files` (JSONL with a `question` on each line).

    Raises:
        NotFoundError, DatasetError: a file is missing, or a line has no question.
    """
    try:
        own = sorted(shipped("benchmark").glob("*.jsonl"))
    except NotFoundError:
        own = []
    return [question for path in (*own, *files) for question in _questions(path)]


def _questions(path: Path) -> list[str]:
    found = []
    for number, value in read_lines(path):
        question = value.get("question") or value.get("text")
        if not isinstance(question, str) or not question.strip():
            raise DatasetError(f"{path}, line {number}, has no question")
        found.append(question)
    return found
