"""The commands and programs of docs/serving.md, against a real server."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.app.papers import ANSWER

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "serving.md").read_text(encoding="utf-8")
DEFAULT = "http://127.0.0.1:8642"
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = [line for block in re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_a_program_runs(url: str, number: int, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(PROGRAMS[number].replace(DEFAULT, url), "docs/serving.md", "exec"), {})  # noqa: S102
    assert ANSWER in capsys.readouterr().out


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_runs(url: str, command: str) -> None:
    words = shlex.split(command.replace(DEFAULT, url))
    done = subprocess.run([*words, "--fail"], capture_output=True, text=True, check=True)
    if "stream" in command:
        assert "event: answer" in done.stdout
    else:
        assert "error" not in json.loads(done.stdout)


def test_there_are_programs_and_commands() -> None:
    assert len(PROGRAMS) == 3 and len(COMMANDS) >= 6
