"""JSON objects of a file, one a line or in an array, with what is wrong with those that are none.

for entry in read_entries(path):
    print(entry.where, entry.problem or entry.value)      # "line 3", "entry 3" of an array
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping, Sequence
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
        data = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except FileNotFoundError as error:
        raise NotFoundError(f"no file {path}") from error
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror or error}") from error
    lines = [(number, line) for number, line in enumerate(data.split(b"\n"), start=1) if line.strip()]
    try:
        array = _as_array(data, [line for _, line in lines])
    except ValueError as error:
        raise DatasetError(f"{path} {error}", fix="save it as JSON lines: one object a line") from error
    if array is not None:
        for number, value in enumerate(array, start=1):
            yield _entry(f"entry {number}", number, value, "")
        return
    for number, line in lines:
        value, problem = _parsed(line)
        yield _entry(f"line {number}", number, value, problem)


def _as_array(data: bytes, lines: Sequence[bytes]) -> list[Any] | None:
    """What the file holds if it is one JSON array, on one line or over several; `None` where it is JSON lines.

    Args:
        data: the file, without a byte order mark.
        lines: those of its lines that are not empty.

    Raises:
        ValueError: it begins as an array over several lines, and does not parse; the message says where.
    """
    if not data.lstrip().startswith(b"["):
        return None
    first, problem = _parsed(lines[0])
    if len(lines) == 1:
        return first if isinstance(first, list) else None
    if not problem:  # an array on a line of its own, and more lines: an entry of JSON lines that is no object
        return None
    values, problem = _parsed(data)
    if problem:
        raise ValueError(problem)
    return list(values)


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
