"""`ragft register` as a user runs it: both arms, an adapter over its base, and types that an engine cannot make."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ragft.cli.main import app
from tests.export.conftest import random_base, run, tiny_base, trained_run  # noqa: F401  fixtures


@pytest.fixture(autouse=True)
def workspace(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:  # noqa: F811
    """A workspace with the tiny run, exported; the scripted engine says yes to everything."""
    folder = tmp_path / "ws"
    (folder / "runs").mkdir(parents=True)
    run.rename(folder / "runs" / "tiny-run")
    (tmp_path / "script.json").write_text('{"default": {"reply": "Yes."}}')
    monkeypatch.setenv("RAGFT_WORKSPACE", str(folder))
    monkeypatch.setenv("RAGFT_SCRIPT", str(tmp_path / "script.json"))
    return folder


def register(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["register", *arguments])


def test_both_arms_under_the_runs_name(workspace: Path) -> None:
    done = register("--engine", "scripted")
    assert done.exit_code == 0, done.stderr
    assert done.stdout == ("papers-tiny-run:q8_0 and papers-tiny-run-base:q8_0 are registered with scripted\n")
    assert (workspace / "runs" / "tiny-run" / "Modelfile").is_file()


def test_only_the_adapter_under_a_name_of_mine() -> None:
    done = register("--adapter-only", "--name", "mine", "--engine", "scripted", "--json")
    assert done.exit_code == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["model"], report["base_model"], report["engine"]) == ("mine:lora-q8_0", "mine-base:q8_0", "scripted")


def test_a_type_that_only_ollama_makes() -> None:
    done = register("--type", "q4_K_M", "--engine", "embedded")
    assert done.exit_code == 2
    assert "--engine ollama" in done.stderr


def test_a_type_that_was_not_exported() -> None:
    done = register("--type", "f16", "--engine", "scripted")
    assert done.exit_code == 4
    assert "ragft export --run tiny-run --type f16" in done.stderr
