"""JSON objects of a file, one a line or in an array, with what is wrong with those that are none.

for entry in read_entries(path):
    print(entry.where, entry.problem or entry.value)      # "line 3", "entry 3" of an array
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ragft.errors import DatasetError, NotFoundError


@dataclass(frozen=True)
class Entry:
    """One object of a file; `problem` says why there is none, and is empty where there is one."""

    where: str
    number: int
    value: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""


def read_entries(path: Path) -> Iterator[Entry]:
    """Every object of a JSONL file, or of a file that is one JSON array; empty lines are passed over.

    Raises:
        NotFoundError: no such file.
        DatasetError: it cannot be read, or is an array that does not parse.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise NotFoundError(f"no file {path}") from error
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror or error}") from error
    lines = [(number, line) for number, line in enumerate(data.split(b"\n"), start=1) if line.strip()]
    if data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"[") and _parsed(lines[0][1])[1]:
        values, problem = _parsed(data)  # an array over several lines
        if problem:
            raise DatasetError(f"{path} {problem}", fix="save it as JSON lines: one object a line")
        yield from _of_array(values)
    elif len(lines) == 1 and isinstance(values := _parsed(lines[0][1])[0], list):
        yield from _of_array(values)
    else:
        for number, line in lines:
            value, problem = _parsed(line)
            yield _entry(f"line {number}", number, value, problem)


def _of_array(values: list[Any]) -> Iterator[Entry]:
    for number, value in enumerate(values, start=1):
        yield _entry(f"entry {number}", number, value, "")


def _entry(where: str, number: int, value: Any, problem: str) -> Entry:
    if problem or not isinstance(value, dict):
        return Entry(where, number, problem=problem or "is not a JSON object")
    return Entry(where, number, value)


def _parsed(text: bytes) -> tuple[Any, str]:
    """The value and an empty text, or nothing and what is wrong: not UTF-8, not JSON, a number too long to read."""
    try:
        value = json.loads(text)
        if b"\\ud" in text.lower():  # JSON can say half a character, which cannot be written as UTF-8
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        return None, f"is not JSON ({error})"
    return value, ""
