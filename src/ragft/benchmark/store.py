"""Answers on disk: one JSON object a line, each flushed to the disk before the next question is asked.

A process killed in the middle leaves at worst half a last line; that line is dropped and its question asked again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from ragft.benchmark.base import Passage, Recorded, Sentence
from ragft.errors import DatasetError
from ragft.workspace import disk_error, make_directory

_TEXTS = ("key", "arm", "question_id", "answer", "raw", "reason", "done_reason")
_NUMBERS = ("refused", "unknown_keys", "retries", "prompt_tokens", "generated_tokens")
_SECONDS = ("seconds", "first_token_seconds", "load_seconds", "engine_seconds")


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


def recorded_from(data: Mapping[str, Any]) -> Recorded:
    """The answer that `dataclasses.asdict` and JSON made `data` of; fields of a later version are passed over.

    Raises:
        TypeError, ValueError, KeyError, IndexError, AttributeError: it is not such data.
    """
    known = {field.name for field in fields(Recorded)}
    values = {name: value for name, value in data.items() if name in known}
    values["cited"] = tuple(values.get("cited", ()))
    values["retrieved"] = tuple(values.get("retrieved", ()))
    values["sentences"] = tuple(Sentence(**{**s, "keys": tuple(s["keys"])}) for s in values.get("sentences", ()))
    values["evidence"] = tuple(
        Passage(**{**p, "pages": (int(p["pages"][0]), int(p["pages"][1]))}) for p in values.get("evidence", ())
    )
    answer = Recorded(**values)
    wrong = [name for name in _TEXTS if not isinstance(getattr(answer, name), str)]
    wrong += [name for name in (*_NUMBERS, *_SECONDS) if not isinstance(getattr(answer, name), int | float)]
    if wrong:
        raise TypeError(f"{', '.join(wrong)} of the wrong kind")
    if not all(isinstance(value, int | float) for value in answer.values.values()):
        raise TypeError("values that are no numbers")
    return answer


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
            answer = recorded_from(json.loads(line))
        except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            fix = "delete that line; its question is then asked again"
            raise DatasetError(f"{path}, line {number}: not a recorded answer ({error})", fix=fix) from error
        answers[answer.key] = answer
    return answers
