"""Files of JSON lines that people write: one object a line, and messages that name the line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ragft.errors import DatasetError, NotFoundError


def read_objects(path: Path, *, form: str = '{"question": "…"}') -> Iterator[tuple[str, dict[str, Any]]]:
    """Each JSON object of a JSONL file, with its place as messages name it ("FILE, line 3").

    Args:
        form: what a line looks like, told where there is none.

    Raises:
        NotFoundError: there is no such file.
        DatasetError: the file or a line is not what it should be, or there is none.
    """
    lines = read_lines(path)
    first = next(lines, None)
    if first is None:
        raise DatasetError(f"{path} is empty", fix=f"add lines such as {form}")
    yield first
    yield from lines


def read_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The same, of a file that may be empty. It is read as it is gone through: it may be larger than the memory.

    Raises:
        NotFoundError: there is no such file.
        DatasetError: the file or a line is not what it should be.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="\n") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    where = f"{path}, line {number}"
                    yield where, _object(line, where)
    except FileNotFoundError as error:
        raise NotFoundError(f"no file {path}", fix="check its path") from error
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path} cannot be read: {error}", fix="give a UTF-8 text file of JSON lines") from error


def text_field(data: Mapping[str, Any], name: str, where: str) -> str:
    """The text under `name`, which must be there.

    Raises:
        DatasetError: it is not.
    """
    value = data.get(name)
    if not isinstance(value, str) or not value.strip():
        raise DatasetError(f'{where}: needs a text under "{name}"', fix="correct the line")
    return value


def flag_field(data: Mapping[str, Any], name: str, where: str, *, fix: str = "correct the line") -> bool:
    """The true or false under `name`, which must be there.

    Raises:
        DatasetError: it is not.
    """
    value = data.get(name)
    if not isinstance(value, bool):
        raise DatasetError(f'{where}: "{name}" is true or false', fix=fix)
    return value


def without_surrogates(text: str) -> str:
    """`text` with a replacement character for each lone surrogate, which JSON can name and UTF-8 cannot hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _object(line: str, where: str) -> dict[str, Any]:
    try:
        data = json.loads(line, object_pairs_hook=_whole_object)
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{where}: not JSON ({error})", fix="correct the line") from error
    if not isinstance(data, dict):
        raise DatasetError(f"{where}: not a JSON object", fix="correct the line")
    return data


def _whole_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {without_surrogates(name): _whole_value(value) for name, value in pairs}


def _whole_value(value: Any) -> Any:
    if isinstance(value, list):
        return [_whole_value(entry) for entry in value]
    return without_surrogates(value) if isinstance(value, str) else value
