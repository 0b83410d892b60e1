"""What is remembered of models: by what they are, not by their names, and from many processes at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from ragft.answer.model_notes import ModelNotes
from ragft.answer.prompts.budget import SpeedFile
from ragft.answer.written.thinking_models import ThinkerFile
from ragft.engine.base import ModelInfo
from ragft.engine.scripted import ScriptedEngine
from ragft.workspace import write_json


class Digests(ScriptedEngine):
    """An engine whose models have this digest."""

    def __init__(self, digest: str, name: str = "scripted") -> None:
        super().__init__()
        self.digest, self.name = digest, name

    def show(self, name: str) -> ModelInfo:
        return replace(super().show(name), digest=self.digest)


def test_a_model_trained_anew_under_the_same_name_inherits_nothing(tmp_path: Path) -> None:
    path = tmp_path / "thinkers.json"
    ThinkerFile(path, Digests("sha256:old")).note("mine")
    assert ThinkerFile(path, Digests("sha256:old")).knows("mine")
    assert not ThinkerFile(path, Digests("sha256:new")).knows("mine")

    speeds = tmp_path / "speed.json"
    SpeedFile(speeds, Digests("sha256:old")).note("mine", 200.0)
    assert SpeedFile(speeds, Digests("sha256:new")).read("mine") is None


def test_the_same_name_in_another_engine_is_another_model(tmp_path: Path) -> None:
    path = tmp_path / "thinkers.json"
    ThinkerFile(path, Digests("", name="ollama")).note("mine")
    assert ThinkerFile(path, Digests("", name="ollama")).knows("mine:latest"), "without a digest the name counts"
    assert not ThinkerFile(path, Digests("", name="embedded")).knows("mine")


def test_notes_written_at_once_are_all_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ragft.answer.model_notes.LOCK_SECONDS", 60.0)  # on a busy machine one may wait too long
    path = tmp_path / "notes.json"
    names = [f"model-{number}" for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda name: ModelNotes(path, ScriptedEngine()).write(name, lambda _: True), names))
    notes = ModelNotes(path, ScriptedEngine())
    assert [name for name in names if notes.read(name) is not True] == []


def test_a_note_that_another_process_holds_up_is_left_out(tmp_path: Path) -> None:
    from ragft.workspace import Workspace

    path = tmp_path / "notes.json"
    write_json(path, {})
    with Workspace(tmp_path).lock("notes"):
        ModelNotes(path, ScriptedEngine()).write("mine", lambda _: True)
    assert path.read_text() == "{}\n"
