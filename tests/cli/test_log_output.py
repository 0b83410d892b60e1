"""The messages of the library on stderr: information as it is, warnings marked, each once a command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ragft.cli.log_output import messages_on_stderr
from ragft.log import log


def test_a_message_is_shown_as_it_is_and_a_warning_is_marked(capsys: pytest.CaptureFixture[str]) -> None:
    with messages_on_stderr():
        log.info("engine: 100 % here")
        log.warning("the vectors are missing")
    assert capsys.readouterr() == ("", "engine: 100 % here\nwarning: the vectors are missing\n")


def test_the_same_message_is_shown_once_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        with messages_on_stderr():
            log.info("engine: ollama")
            log.info("engine: ollama")
    assert capsys.readouterr().err == "engine: ollama\n" * 2


def test_a_handler_on_the_root_logger_shows_nothing_a_second_time(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with messages_on_stderr():
        log.warning("the vectors are missing")
    assert capsys.readouterr().err == "warning: the vectors are missing\n"
    assert caplog.messages == []
    log.warning("for whoever listens")
    assert caplog.messages == ["for whoever listens"]


def test_outside_a_command_nothing_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with messages_on_stderr():
        pass
    log.info("nobody asked")
    assert capsys.readouterr() == ("", "")


def test_without_a_handler_a_warning_stays_silent() -> None:
    code = "from ragft.log import log; log.warning('nobody asked')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_the_library_writes_to_no_terminal() -> None:
    """Only the command line uses what the console has for writing; the rest logs."""
    root = Path(__file__).resolve().parents[2] / "src" / "ragft"
    speaking = [
        f"{path.relative_to(root)}: {line.strip()}"
        for path in root.rglob("*.py")
        if path.parts[len(root.parts)] not in ("cli", "console.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith(("from ragft.console import", "print("))
        and {"note", "warn", "stdout", "stderr", "progress_bar"} & set(line.replace(",", " ").split())
    ]
    assert speaking == []
