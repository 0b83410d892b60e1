"""Finds the files to read, in the folders and at the paths that are given."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from ragft.corpus.file_names import find_path
from ragft.corpus.readers.registry import BY_NAME_ONLY, SUFFIXES, parts_of
from ragft.errors import NotFoundError
from ragft.machine import expand


def find_files(paths: Sequence[Path]) -> list[Path]:
    """The files at `paths`, those in folders searched for by ending, sorted, each once.

    A LaTeX file that another one found takes in is not a file of its own, unless it is given by name. Hidden files and
    folders are skipped; links to folders are followed, in a circle only once. A folder that may
    not be read is itself in the list, so that reading it reports it.

    Raises:
        NotFoundError: one of `paths` does not exist.
    """
    found: dict[Path, None] = {}
    given: set[Path] = set()
    for path in map(find_path, map(expand, paths)):
        if not os.path.lexists(path):
            raise NotFoundError(f"{path} does not exist", fix="check the path")
        if path.is_dir():
            for item in sorted(_in_folder(path)):
                found.setdefault(item)
        else:
            found.setdefault(path)
            given.add(path)
    unique: dict[str, Path] = {}
    for item in found:
        unique.setdefault(os.path.realpath(item), item)
    taken_in = {str(part) for item in unique.values() for part in parts_of(item)}
    return [item for real, item in unique.items() if real not in taken_in or item in given]


def _in_folder(folder: Path) -> list[Path]:
    found: list[Path] = []
    visited: set[str] = set()

    def unreadable(error: OSError) -> None:
        found.append(Path(error.filename))

    for root, folders, names in os.walk(folder, onerror=unreadable, followlinks=True):
        real = os.path.realpath(root)
        if real in visited:
            folders.clear()
            continue
        visited.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(root) / name for name in names if _is_wanted(name)]
    return found


def _is_wanted(name: str) -> bool:
    ending = Path(name).suffix.casefold()
    return not name.startswith((".", "~$")) and ending in SUFFIXES and ending not in BY_NAME_ONLY
