"""Slow results, stored line by line, so that a killed run does not compute them again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ragft.dataset.entries import read_entries
from ragft.journal import write_lines
from ragft.train.curve import append_point


class KeptLines:
    """JSON objects by name in the file `path`; what was kept under another `key` is thrown away.

    Raises:
        DiskFull, WorkspaceError: the file could not be written.
    """

    def __init__(self, path: Path, key: Mapping[str, Any]) -> None:
        self._path = path
        entries = [dict(entry.value) for entry in read_entries(path) if not entry.problem] if path.is_file() else []
        kept = entries[1:] if entries and entries[0] == key else []
        self._values: dict[str, dict[str, Any]] = {entry.pop("id"): entry for entry in kept if "id" in entry}
        # Whole lines alone: the last may have been cut by a kill.
        write_lines(path, [key, *({"id": name} | value for name, value in self._values.items())])

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __getitem__(self, name: str) -> dict[str, Any]:
        return self._values[name]

    def add(self, name: str, value: Mapping[str, Any]) -> None:
        """Keep `value`.

        Raises:
            DiskFull, WorkspaceError: it could not be written.
        """
        append_point(self._path, {"id": name} | dict(value))
        self._values[name] = dict(value)
