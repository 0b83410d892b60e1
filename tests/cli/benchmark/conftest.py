"""A workspace with two notes, as both benchmarks of one's own documents read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ragft.index.index import open_index
from ragft.setting_sections import IndexSettings
from ragft.workspace import Workspace

SPOON: dict[str, Any] = {
    "id": "spoon",
    "question": "What is a spoon?",
    "kind": "definition",
    "documents": [{"title": "Spoons", "evidence": [["cutlery"]]}],
    "answer": "Cutlery.",
}
"""A question about a document that the workspace does not have."""


@pytest.fixture
def place(slow: None, tmp_path: Path) -> Workspace:
    (tmp_path / "qlora.md").write_text("# QLoRA\n\nQLoRA finetunes a 65B model on a GPU with 48 GB of memory.\n")
    (tmp_path / "tides.md").write_text("# Tides\n\nSpring tides come shortly after full and new moon.\n")
    workspace = Workspace(tmp_path / "w")
    with open_index(workspace, IndexSettings()) as index:
        index.ingest([tmp_path / "qlora.md", tmp_path / "tides.md"])
    return workspace
