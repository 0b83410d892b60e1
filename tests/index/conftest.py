"""A small collection of notes, and an index over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ragft.index.index import Index, open_index
from ragft.setting_sections import IndexSettings
from ragft.workspace import Workspace

NOTES = {
    "tides.md": "# Tides\n\n## Cause\n\nThe moon pulls the oceans, and so the water rises twice a day.\n\n"
    "## Height\n\nIn the Bay of Fundy the difference reaches sixteen metres.\n",
    "lora.md": "# Low-rank adapters\n\n## Method\n\nA frozen weight matrix gets a trainable product of two thin "
    "matrices, B and A, scaled by alpha over r.\n\n## Memory\n\nOptimiser states are kept for the adapter alone.\n",
    "bread.md": "# Sourdough\n\n## Starter\n\nFlour and water ferment for a week before the first loaf.\n",
}


def write_notes(folder: Path) -> Path:
    """The notes as Markdown files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in NOTES.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder with three notes."""
    return write_notes(tmp_path / "notes")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace."""
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def opened(slow: None, workspace: Workspace) -> Iterator[Callable[..., Index]]:
    """Opens the workspace's index anew, as another process would; closes what it opened."""
    held: list[Index] = []

    def open_(**settings: object) -> Index:
        for index in held:
            index.close()
        held.append(open_index(workspace, IndexSettings.model_validate(settings)))
        return held[-1]

    yield open_
    for index in held:
        index.close()
