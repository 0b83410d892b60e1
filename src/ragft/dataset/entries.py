"""JSON objects of a file, one a line or in an array, with the fault of each entry that is not an object.

The array may be the value of `data`, `rows`, `examples` or `train` of the only object; that object may be one entry.

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

_WIDE_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FORMATS = ((b"\x1f\x8b", "gzip"), (b"PK\x03\x04", "a zip archive"), (b"PAR1", "Parquet"), (b"ARROW1", "Arrow"))
_HOLDERS = ("data", "rows", "examples", "train")
_HEADER_LINES = 20
"""Lines none of which is JSON, from which a file with a header of columns is treated as CSV."""


@dataclass(frozen=True)
class FileEntry:
    """One object of a file; `problem` says why there is none, and is empty where there is one."""

    where: str
    number: int
    value: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""


def read_entries(path: Path) -> Iterator[FileEntry]:
    """Every object of a JSONL file, or of a file that is one JSON array; empty lines are skipped.

    Raises:
        NotFoundError: no such file.
        DatasetError: it cannot be read, is in another format, or is an array that does not parse.
    """
    try:
        data = _as_utf8(path.read_bytes())
    except FileNotFoundError as error:
        raise NotFoundError(f"no file {path}", fix="check the path") from error
    except OSError as error:
        fix = "name the file in the folder" if path.is_dir() else "check the path and who may read the file"
        raise DatasetError(f"cannot read {path}: {error.strerror or error}", fix=fix) from error
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path} is damaged UTF-16 or UTF-32 ({error.reason})", fix="save it as UTF-8") from error
    lines = [(number, line) for number, line in enumerate(data.split(b"\n"), start=1) if line.strip()]
    if name := _other_format(data, [line for _, line in lines[:_HEADER_LINES]]):
        fix = "unpack it first" if name in {"gzip", "a zip archive"} else "convert it: one JSON object a line"
        raise DatasetError(f"{path} is {name}, not JSON lines", fix=fix)
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
    """What the file holds if it is one JSON value, on one line or over several; `None` where it is JSON lines.

    Args:
        data: the file, without a byte order mark.
        lines: those of its lines that are not empty.

    Raises:
        ValueError: it begins as an array over several lines, and does not parse; the message says where.
    """
    if data.lstrip().startswith(b"{"):
        value, problem = _parsed(lines[0])
        if problem and len(lines) > 1:
            value, problem = _parsed(data)
        elif len(lines) > 1:
            return None
        return None if problem or not isinstance(value, dict) else _held(value, len(lines))
    if not data.lstrip().startswith(b"["):
        return None
    first, problem = _parsed(lines[0])
    if len(lines) == 1:
        return first if isinstance(first, list) else None
    if not problem:  # an array on a line of its own, and more lines: an entry of JSON lines that is not an object
        return None
    values, problem = _parsed(data)
    if problem:
        raise ValueError(problem)
    return list(values)


def _held(value: dict[str, Any], lines: int) -> list[Any] | None:
    """The entries in the only object of a file: those of its list, else itself where it takes several lines."""
    for name in _HOLDERS:
        held = value.get(name)
        if isinstance(held, list) and held and all(isinstance(item, dict) for item in held):
            return held
    return [value] if lines > 1 else None


def _as_utf8(data: bytes) -> bytes:
    codec = next((name for mark, name in _WIDE_MARKS if data.startswith(mark)), "")
    return data.decode(codec).encode() if codec else data.removeprefix(codecs.BOM_UTF8)


def _other_format(data: bytes, lines: Sequence[bytes]) -> str:
    """The name of the format that a file is in, empty where it may be JSON."""
    if name := next((name for magic, name in _FORMATS if data.startswith(magic)), ""):
        return name
    if len(lines) < 2 or any(line.lstrip()[:1] in {b"{", b"["} for line in lines):
        return ""
    # A header: names between commas or tabs, as many on the next line at least.
    tab = lines[0].count(b"\t")
    separator = b"\t" if tab else b","
    columns = lines[0].count(separator)
    named = all(part.strip(b' "\r') for part in lines[0].split(separator)) and b"{" not in lines[0]
    return ("TSV" if tab else "CSV") if columns and named and lines[1].count(separator) >= columns else ""


def _entry(where: str, number: int, value: Any, problem: str) -> FileEntry:
    if problem or not isinstance(value, dict):
        return FileEntry(where, number, problem=problem or "is not a JSON object")
    return FileEntry(where, number, value)


def _parsed(text: bytes) -> tuple[Any, str]:
    """The value and an empty text, or nothing and what is wrong: not UTF-8, not JSON, a number too long to read."""
    try:
        value = json.loads(text)
        if b"\\ud" in text.lower():  # JSON can say half a character, which cannot be written as UTF-8
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        return None, f"is not in UTF-8 (byte {error.object[error.start]:#x}); save the file as UTF-8"
    except (ValueError, RecursionError) as error:
        return None, f"is not JSON ({error})"
    return value, ""
