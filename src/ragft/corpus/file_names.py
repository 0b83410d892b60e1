"""File names independent of their Unicode form: macOS writes é as two characters, keyboards and manifests as one.

find_path(Path("notes/café.pdf"))             ->  the file of that name in the form in which the disk has it
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from ragft.machine import composed


def path_key(path: Path) -> Path:
    """The key of `path` for look-ups: resolved, in NFC."""
    return Path(composed(str(path.resolve())))


def find_path(path: Path) -> Path:
    """`path` itself if there is such a file or folder, else one whose name differs in its Unicode form alone.

    Returns `path` where there is neither.
    """
    if os.path.lexists(path) or path.parent == path or str(path).isascii():
        return path
    parent = find_path(path.parent)
    wanted = composed(path.name)
    with contextlib.suppress(OSError):
        for name in sorted(os.listdir(parent)):  # noqa: PTH208  names that are not UTF-8 included
            if composed(name) == wanted:
                return parent / name
    return path
