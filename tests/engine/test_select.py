"""Which engine is taken, and which model where none is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ragft.config import OLLAMA_MODEL, EngineSettings
from ragft.engine import select
from ragft.engine.registry import set_default
from ragft.engine.scripted import ScriptedEngine
from ragft.engine.select import default_model, open_engine, reachable_engines
from ragft.errors import EngineUnavailable
from ragft.workspace import Workspace
from tests.engine.fake_ollama import FakeOllama

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    select._said.clear()
    return Workspace(tmp_path)


def test_auto_takes_ollama_where_it_has_the_model(
    fake: FakeOllama, workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.add(OLLAMA_MODEL)
    engine = open_engine(EngineSettings(ollama_host=fake.url), workspace)
    assert engine.name == "ollama"
    assert default_model(engine, EngineSettings(), workspace) == OLLAMA_MODEL
    assert f"engine: ollama at {fake.url}" in capsys.readouterr().err


def test_auto_takes_the_embedded_engine_where_ollama_lacks_the_model(
    fake: FakeOllama, workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = open_engine(EngineSettings(ollama_host=fake.url), workspace, model="papers:q8_0")
    assert engine.name == "embedded"
    assert "does not have papers:q8_0" in capsys.readouterr().err


def test_auto_takes_the_embedded_engine_where_no_ollama_answers(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = EngineSettings(ollama_host=NOWHERE)
    engine = open_engine(settings, workspace)
    assert engine.name == "embedded"
    assert default_model(engine, settings, workspace) == "smollm2"
    open_engine(settings, workspace)
    said = capsys.readouterr().err
    assert said.count("embedded llama.cpp (no Ollama answers") == 1


def test_auto_looks_for_the_default_of_the_workspace(fake: FakeOllama, workspace: Workspace) -> None:
    fake.add("papers:q8_0")
    set_default(workspace, "papers:q8_0")
    settings = EngineSettings(ollama_host=fake.url)
    engine = open_engine(settings, workspace)
    assert engine.name == "ollama"
    assert default_model(engine, settings, workspace) == "papers:q8_0"


def test_auto_survives_a_sick_ollama(fake: FakeOllama, workspace: Workspace) -> None:
    fake.failures["/api/show"] = (500, "disk on fire")
    assert open_engine(EngineSettings(ollama_host=fake.url), workspace).name == "embedded"


def test_ollama_by_name_must_answer(workspace: Workspace) -> None:
    with pytest.raises(EngineUnavailable, match="--engine embedded"):
        open_engine(EngineSettings(name="ollama", ollama_host=NOWHERE), workspace)


def test_the_scripted_engine_by_name(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"default": {"reply": "x"}}))
    monkeypatch.setenv("RAGFT_SCRIPT", str(script))
    assert open_engine(EngineSettings(name="scripted"), workspace).name == "scripted"


def test_the_default_model_of_a_workspace_counts_if_the_engine_has_it(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    set_default(workspace, "tuned")
    assert default_model(ScriptedEngine(models=("tuned",)), EngineSettings(), workspace) == "tuned"
    assert default_model(ScriptedEngine(models=("other",)), EngineSettings(), workspace) == "scripted"
    assert "default model tuned" in capsys.readouterr().err
    assert default_model(ScriptedEngine(), EngineSettings(model="asked"), workspace) == "asked"


def test_engines_that_can_be_reached(fake: FakeOllama, workspace: Workspace) -> None:
    def names(host: str) -> list[str]:
        return [engine.name for engine in reachable_engines(EngineSettings(ollama_host=host), workspace)]

    assert names(fake.url) == ["embedded", "ollama"]
    assert names(NOWHERE) == ["embedded"]
