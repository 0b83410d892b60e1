"""Files that ship with ragft: benchmark questions, probes, attacks."""

from __future__ import annotations

from pathlib import Path

from ragft.errors import NotFoundError

_PACKAGE = Path(__file__).resolve().parent
_PLACES = (_PACKAGE / "_data", _PACKAGE.parents[1] / "data")
"""An installed wheel carries the folder inside the package; a checkout has it at its root."""


def shipped(name: str) -> Path:
    """The path of a shipped file or folder, such as `benchmark/questions.jsonl`.

    Raises:
        NotFoundError: this installation does not have it.
    """
    for place in _PLACES:
        if (place / name).exists():
            return place / name
    raise NotFoundError(f"{name} is not part of this installation of ragft", fix="pip install --force-reinstall ragft")
