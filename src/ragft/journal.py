"""Files of JSON lines that ragft writes: whole at once, or a line at a time by a process that may be killed.

append_line(path, {"step": 1, "loss": 2.5})
whole_lines(path)                               # [(1, b'{"step": 1, …}')]: half a last line is left out
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ragft.json_lines import without_surrogates
from ragft.workspace import atomic_writer, disk_error, make_directory


def append_line(path: Path, value: Mapping[str, Any], *, durable: bool = False) -> str:
    """Add a JSON object to a file, which is made where it is missing.

    Args:
        durable: the line is on the disk when this returns.

    Returns:
        The line without its end.

    Raises:
        DiskFull, WorkspaceError: it could not be written; the lines before it are whole.
    """
    line = _line_of(value)
    make_directory(path.parent)
    try:
        with path.open("a", encoding="utf-8", newline="\n") as handle:
            handle.write(line + "\n")
            if durable:
                handle.flush()
                os.fsync(handle.fileno())
    except OSError as error:
        raise disk_error(error, path) from error
    return line


def whole_lines(path: Path) -> list[tuple[int, bytes]]:
    """Each line with its number (from 1): empty ones and one without an end are left out; none where there is no file.

    Raises:
        DiskFull, WorkspaceError: the file cannot be read.
    """
    try:
        *lines, _ = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise disk_error(error, path) from error
    return [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]


def cut_torn_line(path: Path) -> None:
    """Take half a last line off, or the next one would be appended to it.

    Raises:
        DiskFull, WorkspaceError: the file cannot be written.
    """
    try:
        data = path.read_bytes()
        if data and not data.endswith(b"\n"):
            os.truncate(path, data.rfind(b"\n") + 1)
    except FileNotFoundError:
        return
    except OSError as error:
        raise disk_error(error, path) from error


def write_lines(path: Path, values: Iterable[Mapping[str, Any]]) -> None:
    """Write JSON objects atomically, one a line.

    Raises:
        DiskFull, WorkspaceError: they could not be written.
    """
    with atomic_writer(path) as handle:
        for value in values:
            handle.write(_line_of(value) + "\n")


def _line_of(value: Mapping[str, Any]) -> str:
    """The object in one line that UTF-8 can hold."""
    return without_surrogates(json.dumps(value, ensure_ascii=False))
