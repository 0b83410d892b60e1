"""A small workspace that is read once, and an engine that plays answers back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ragft.app.resources import Resources
from ragft.config import load_settings
from ragft.index.index import open_index
from ragft.setting_sections import IndexSettings
from ragft.workspace import Workspace
from tests.app.papers import PAPERS, SCRIPT


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a workspace `ws` with two papers in it, beside the papers themselves."""
    folder = tmp_path_factory.mktemp("app")
    for name, text in PAPERS.items():
        (folder / name).write_text(text)
    with open_index(Workspace(folder / "ws"), IndexSettings()) as index:
        index.ingest([folder / name for name in PAPERS])
    return folder


@pytest.fixture
def scripted_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine of the settings plays SCRIPT."""
    (tmp_path / "script.json").write_text(json.dumps(SCRIPT))
    monkeypatch.setenv("RAGFT_SCRIPT", str(tmp_path / "script.json"))
    monkeypatch.setenv("RAGFT_ENGINE__NAME", "scripted")


@pytest.fixture
def resources(papers: Path, scripted_engine: None) -> Iterator[Resources]:
    """What an application over the small workspace keeps open."""
    place = Workspace(papers / "ws")
    opened = Resources(place, load_settings(place.config_file), {})
    yield opened
    opened.close()
