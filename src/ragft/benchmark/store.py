"""Answers on disk: one JSON object a line, each flushed to the disk before the next question is asked.

A process killed in the middle leaves at worst half a last line; that line is dropped and its question asked again.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

from ragft.benchmark.base import Recorded
from ragft.errors import DatasetError
from ragft.typed_json import parsed
from ragft.workspace import disk_error, make_directory


class AnswerStore:
    """The answers given so far, by key. A key names the question, the arm, the model's digest and all settings."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._answers = _load(path)

    def get(self, key: str) -> Recorded | None:
        """The answer under `key`, if it was given before."""
        return self._answers.get(key)

    def add(self, answer: Recorded) -> None:
        """Append `answer`; it is on the disk when this returns.

        Raises:
            DiskFull, WorkspaceError: it could not be written; the answers before it are whole.
        """
        line = json.dumps(asdict(answer), ensure_ascii=False) + "\n"
        make_directory(self.path.parent)
        try:
            with self.path.open("a", encoding="utf-8", newline="\n") as handle:
                handle.write(line)
                handle.flush()
                os.fsync(handle.fileno())
        except OSError as error:
            raise disk_error(error, self.path) from error
        self._answers[answer.key] = answer


def _load(path: Path) -> dict[str, Recorded]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise disk_error(error, path) from error
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) < len(data):
        # Cut the torn line off, or the next answer would be appended to it.
        try:
            os.truncate(path, len(whole))
        except OSError as error:
            raise disk_error(error, path) from error
    answers: dict[str, Recorded] = {}
    for number, line in enumerate(whole.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            answer = parsed(Recorded, line)
        except ValueError as error:
            fix = "delete that line; its question is then asked again"
            raise DatasetError(f"{path}, line {number}: not a recorded answer ({error})", fix=fix) from error
        answers[answer.key] = answer
    return answers
