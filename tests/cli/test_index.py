"""`ragft index` from the outside: check, rebuild, and the code that a broken index ends with. A real index."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ragft.cli.main import app
from ragft.index.index import open_index
from ragft.setting_sections import IndexSettings
from ragft.workspace import Workspace


@pytest.fixture
def place(slow: None, tmp_path: Path) -> Workspace:
    (tmp_path / "tides.md").write_text("# Tides\n\nSpring tides come at full moon.\n")
    (tmp_path / "bread.md").write_text("# Bread\n\nSourdough rises for twelve hours.\n")
    with open_index(Workspace(tmp_path / "ws"), IndexSettings()) as index:
        index.ingest([tmp_path / "tides.md", tmp_path / "bread.md"])
    return Workspace(tmp_path / "ws")


@pytest.fixture
def ragft(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("RAGFT_WORKSPACE", str(place.root))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments))

    return run


def test_a_whole_index_is_said_to_be_whole(ragft: Any) -> None:
    result = ragft("index", "check", "--json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert (report["ok"], report["documents"], report["chunks"], report["vectors"]) == (True, 2, 2, 2)
    assert "catalogue and vectors agree" in ragft("index", "check").stdout


def test_lost_vectors_are_exit_code_6_and_made_again_by_rebuild(ragft: Any, place: Workspace) -> None:
    (place.root / "vectors.f32").unlink()
    broken = ragft("index", "check", "--json")
    assert broken.exit_code == 6
    assert json.loads(broken.stdout)["ok"] is False
    assert "ragft index rebuild" in ragft("index", "check").stdout
    rebuilt = ragft("index", "rebuild", "--json")
    assert rebuilt.exit_code == 0, rebuilt.stderr
    assert json.loads(rebuilt.stdout) == {"vectors": 2}
    assert ragft("index", "check").exit_code == 0
    hits = json.loads(ragft("search", "When do spring tides come?", "--mode", "dense", "--json").stdout)["hits"]
    assert hits[0]["title"] == "Tides"
