"""The source files of a task that takes files and no folders of documents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ragft.errors import NotFoundError, UsageError
from ragft.machine import expand


def source_files(paths: Sequence[Path], what: str, *, example: str, form: str, single: bool = True) -> list[Path]:
    """`paths`, with `~` expanded, if they can be the sources.

    Args:
        what: what such a file is, as in "table of facts".
        example: a command that names one, the remedy where none is given.
        form: what the user is to name instead of a path that is not a file.
        single: several are refused.

    Raises:
        UsageError: none is given, or several where there can be one.
        NotFoundError: one is not a file.
    """
    if not paths:
        raise UsageError(f"no {what} is given", fix=example)
    if single and len(paths) > 1:
        raise UsageError(f"{len(paths)} files are given, and one {what} is read", fix="put all lines into one file")
    found = [expand(path) for path in paths]
    if missing := [path for path in found if not path.is_file()]:
        raise NotFoundError(f"no {what} {missing[0]}", fix=f"name {form}")
    return found
