"""What `ragft doctor` finds of engines, models and the index."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ragft.cli.main import app
from ragft.config import Settings
from ragft.engine.choosing.default import set_default
from ragft.index.index import open_index
from ragft.pipeline.doctor import examine
from ragft.pipeline.doctor_check import DoctorCheck
from ragft.workspace import Workspace
from tests.engine.fake_ollama import FakeOllama, serve

SMALL: dict[str, Any] = {"size": 600_000, "parameter_size": "1M"}


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    """An Ollama of today with a chat model and one that embeds."""
    server = FakeOllama(version="0.33.0")
    server.add("llama3.2:latest", **SMALL)
    server.add("all-minilm:latest", capabilities=["embedding"], **SMALL)
    running = serve(server)
    next(running)
    yield server
    running.close()  # type: ignore[attr-defined]
    assert server.violations == []


def found(name: str, tmp_path: Path, ollama: FakeOllama, **sections: dict[str, Any]) -> list[DoctorCheck]:
    """The checks called `name`."""
    settings = Settings().with_("engine", ollama_host=ollama.url)
    for section, values in sections.items():
        settings = settings.with_(section, **values)
    return [check for check in examine(Workspace(tmp_path / "ws"), settings) if check.name == name]


def test_the_models_and_the_one_that_answers(tmp_path: Path, ollama: FakeOllama) -> None:
    first, *_ = found("models", tmp_path, ollama)
    assert first.detail == (f"Ollama at {ollama.url}: all-minilm:latest (embedding); llama3.2:latest (chat, thinks)")
    (answers,) = found("answers", tmp_path, ollama)
    assert (answers.ok, answers.detail) == (True, f"llama3.2:latest of Ollama at {ollama.url}")


def test_the_size_of_model_that_suits_the_machine(
    tmp_path: Path, ollama: FakeOllama, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ragft.machine.cores", lambda: 2)
    monkeypatch.setattr("ragft.machine.memory", lambda: 16 * 10**9)
    (suits,) = found("suits", tmp_path, ollama)
    assert suits.ok
    assert "up to 1.5B weights" in suits.detail
    assert suits.detail.endswith("16 GB of memory hold it, and 2 cores begin its answer after about 60 s")


@pytest.mark.parametrize(
    ("version", "lacking"),
    [
        ("0.33.0", ()),
        ("0.24.0", ("template inside a GGUF",)),
        ("0.12.10", ("log-probabilities", "template inside a GGUF")),
        ("0.11.4", ("registers no model", "too long", "log-probabilities", "template inside a GGUF")),
    ],
)
def test_what_this_version_of_ollama_cannot_do(
    tmp_path: Path, ollama: FakeOllama, version: str, lacking: tuple[str, ...]
) -> None:
    ollama.version = version
    first, *others = found("ollama", tmp_path, ollama)
    assert (first.ok, first.detail) == (True, f"version {version} at {ollama.url}")
    assert all(other.ok and other.advice and "or newer" in other.fix for other in others)
    assert len(others) == len(lacking)
    for other, words in zip(others, lacking, strict=True):
        assert words in other.detail


def test_a_model_that_another_program_loaded_otherwise(tmp_path: Path, ollama: FakeOllama) -> None:
    ollama.loaded = {"llama3.2:latest": 8192}
    _, advice = found("answers", tmp_path, ollama)
    assert advice.advice
    assert "loaded with a context of 8,192 tokens, ragft asks for 4,096" in advice.detail
    assert "set answer.num_ctx = 8192" in advice.fix
    ollama.loaded = {"llama3.2:latest": 2048}
    _, advice = found("answers", tmp_path, ollama)
    assert "set num_ctx 4096 in the other program" in advice.fix
    ollama.loaded = {"llama3.2:latest": 8192}
    assert len(found("answers", tmp_path, ollama, answer={"num_ctx": 8192})) == 1
    ollama.loaded = {"other:latest": 8192, "llama3.2:latest": 4096}
    assert len(found("answers", tmp_path, ollama)) == 1


def test_a_model_without_a_chat_template(tmp_path: Path, ollama: FakeOllama) -> None:
    ollama.add("raw:latest", template="{{ .Prompt }}", **SMALL)
    (advice,) = [check for check in found("models", tmp_path, ollama) if check.advice]
    assert advice.detail.startswith("raw:latest has no chat template")
    assert "ollama create raw:latest -f Modelfile" in advice.fix


def test_a_default_that_is_gone_is_a_failed_check(tmp_path: Path, ollama: FakeOllama) -> None:
    set_default(Workspace(tmp_path / "ws"), "gone")
    (check,) = found("answers", tmp_path, ollama)
    assert not check.ok
    assert "no model 'gone', the default model of this workspace" in check.detail
    assert "ragft models default NAME" in check.fix


def test_an_ollama_that_is_off_is_a_fault_only_where_it_was_asked_for(tmp_path: Path, ollama: FakeOllama) -> None:
    off = {"ollama_host": "http://127.0.0.1:9"}
    (check,) = found("ollama", tmp_path, ollama, engine=off)
    assert check.ok
    (check,) = found("ollama", tmp_path, ollama, engine=off | {"name": "ollama"})
    assert not check.ok
    assert "ollama serve" in check.fix


def test_an_ollama_that_refuses_access_is_noted_with_what_to_set(tmp_path: Path, ollama: FakeOllama) -> None:
    ollama.authorization = "Bearer right"
    (check,) = found("ollama", tmp_path, ollama)
    assert (check.ok, check.advice) == (True, True)
    assert "refuses access (401)" in check.detail
    assert "OLLAMA_API_KEY" in check.fix
    (check,) = found("ollama", tmp_path, ollama, engine={"name": "ollama"})
    assert (check.ok, "embedded" in check.detail) == (False, False)


def test_an_index_made_by_another_encoder_is_a_failed_check(tmp_path: Path, ollama: FakeOllama) -> None:
    (tmp_path / "tides.md").write_text("# Tides\n\nSpring tides come shortly after full and new moon, at the coast.\n")
    workspace, settings = Workspace(tmp_path / "ws"), Settings()
    with open_index(workspace, settings.index) as index:
        index.ingest([tmp_path / "tides.md"])
    (check,) = found("index", tmp_path, ollama)
    assert (check.ok, check.detail) == (True, "1 documents")
    (check,) = found("index", tmp_path, ollama, index={"backend": "onnx"})
    assert not check.ok
    assert "were made by" in check.detail
    assert "ragft index rebuild, or set index.encoder" in check.fix
    with open_index(workspace, settings.index.model_copy(update={"backend": "onnx"})) as index:
        assert not index.check().ok


def test_the_verb_shows_advice_and_does_not_fail_for_it(
    tmp_path: Path, ollama: FakeOllama, monkeypatch: pytest.MonkeyPatch
) -> None:
    ollama.version = "0.24.0"
    monkeypatch.setenv("OLLAMA_HOST", ollama.url)
    shown = CliRunner().invoke(app, ["doctor", "--workspace", str(tmp_path)])
    lines = shown.stdout.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("note ollama"))
    assert "→ update Ollama: 0.30.0 or newer" in lines[at + 1]
    checks = json.loads(CliRunner().invoke(app, ["doctor", "--json", "--workspace", str(tmp_path)]).stdout)["checks"]
    assert {"name": "answers", "ok": True, "detail": f"llama3.2:latest of Ollama at {ollama.url}", "fix": "",
            "advice": False} in checks  # fmt: skip
