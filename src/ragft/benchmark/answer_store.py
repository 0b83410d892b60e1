"""Answers on disk: one JSON object a line, each flushed to the disk before the next question is asked.

A process killed in the middle leaves at worst half a last line; that line is dropped and its question asked again.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from ragft.benchmark.base import Recorded
from ragft.errors import DatasetError
from ragft.journal import append_line, cut_torn_line, whole_lines
from ragft.typed_json import parsed


class AnswerStore:
    """The answers given so far, by key. A key names the question, the arm, the model's digest and all settings."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._answers = _load(path)

    def __len__(self) -> int:
        """How many answers there are."""
        return len(self._answers)

    def get(self, key: str) -> Recorded | None:
        """The answer under `key`, if it was given before."""
        return self._answers.get(key)

    def add(self, answer: Recorded) -> None:
        """Append `answer`; it is on the disk when this returns.

        Raises:
            DiskFull, WorkspaceError: it could not be written; the answers before it are whole.
        """
        line = append_line(self.path, asdict(answer), durable=True)
        self._answers[answer.key] = parsed(Recorded, line)  # scored as it will be read back


def _load(path: Path) -> dict[str, Recorded]:
    cut_torn_line(path)
    answers: dict[str, Recorded] = {}
    for number, line in whole_lines(path):
        try:
            answer = parsed(Recorded, line)
        except ValueError as error:
            raise DatasetError(
                f"{path}, line {number}: not a recorded answer ({error})",
                fix=f"delete that line, or move {path} away; its questions are then asked again",
            ) from error
        answers[answer.key] = answer
    return answers
