"""A folder without papers is an error that says what would be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.config import load_settings
from ragft.errors import InputError
from ragft.index.index import open_index
from ragft.workspace import Workspace


def test_an_empty_folder_is_reported_and_nothing_is_made(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    workspace = Workspace(tmp_path / "ws")
    error = pytest.raises(InputError, match=r"no paper in .*papers")
    with open_index(workspace, load_settings().index) as index, error:
        index.ingest([tmp_path / "papers"])
    assert not workspace.root.exists()
