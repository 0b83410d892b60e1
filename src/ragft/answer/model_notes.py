"""What is remembered of models between processes, in a small JSON file of the workspace.

    notes = ModelNotes(workspace.root / "speed.json", engine)
    notes.write("smollm2", lambda before: 227.0)

A lost or damaged file only means that the same things are found out again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ragft.engine.base import Engine
from ragft.engine.model_names import full_name
from ragft.errors import RagftError, WorkspaceError
from ragft.typed_json import parsed

LOCK_SECONDS = 2.0
"""How long a note waits for that of another process; then it is left out."""


class ModelNotes:
    """One value for each model, kept by engine and digest: another model of the same name inherits nothing."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self._path = path
        self._engine = engine

    def read(self, model: str) -> object:
        """What is noted of `model`; None before the first note."""
        noted = self._all()
        return noted.get(self._key(model)) if noted else None

    def write(self, model: str, change: Callable[[object], object]) -> None:
        """Replace what is noted of `model` by what `change` makes of it; a workspace that is read-only stays as it is,
        and none is made for it.

        What other processes note at the same time is kept.
        """
        from ragft.workspace import Workspace, write_json

        workspace = Workspace(self._path.parent)
        if not workspace.root.is_dir():
            return
        key = self._key(model)
        with suppress(WorkspaceError, OSError), workspace.lock(self._path.stem, timeout=LOCK_SECONDS):
            noted = self._all()
            if (value := change(noted.get(key))) != noted.get(key):
                write_json(self._path, {**noted, key: value})

    def _key(self, model: str) -> str:
        try:
            digest = self._engine.show(model).digest
        except RagftError:
            digest = ""
        return f"{self._engine.name} {digest or full_name(model)}"

    def _all(self) -> dict[str, object]:
        try:
            return parsed(dict[str, object], self._path.read_bytes())
        except (OSError, ValueError):
            return {}
