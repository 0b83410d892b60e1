"""Standard streams that are closed, full or in the C locale."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = f"{shlex.quote(sys.executable)} -m ragft.cli.main"


def _shell(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "RAGFT_ENGINE__NAME": "scripted", **environment}
    return subprocess.run(
        ["/bin/sh", "-c", line], env=variables, capture_output=True, encoding="utf-8", check=False, timeout=120
    )


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one document, made while all streams were closed."""
    folder = tmp_path_factory.mktemp("streams")
    (folder / "note.txt").write_text("The moon pulls the oceans, and the water rises.")
    (folder / "script.json").write_text('{"default": {"reply": "x"}}')
    done = _shell(f"{COMMAND} ingest {folder / 'note.txt'} --workspace {folder / 'w'} <&- >&- 2>&-")
    assert done.returncode == 0
    return folder / "w"


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_closed_stream_is_the_null_device(workspace: Path, closed: str) -> None:
    done = _shell(f"{COMMAND} documents --workspace {workspace} {closed}")
    assert (done.returncode, done.stderr) == (0, "")
    assert ("indexed" in done.stdout) == (closed != ">&-")


def test_a_chat_without_an_input_ends_at_once(workspace: Path) -> None:
    done = _shell(f"{COMMAND} ask --workspace {workspace} <&-", RAGFT_SCRIPT=str(workspace.parent / "script.json"))
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("arguments", ["--help", "models list --json"])
def test_an_output_that_takes_no_more_is_one_line_and_an_exit_code(tmp_path: Path, arguments: str) -> None:
    done = _shell(f"cd {tmp_path} && {COMMAND} {arguments} > /dev/full")
    assert done.returncode == 7
    assert done.stderr.count("\n") == 1
    assert "cannot write the output" in done.stderr
    silent = _shell(f"cd {tmp_path} && {COMMAND} {arguments} > /dev/full 2> /dev/full")
    assert (silent.returncode, silent.stderr) == (7, "")


def test_json_shows_arguments_as_they_were_typed_in_the_c_locale(workspace: Path) -> None:
    bare = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = _shell(f"{COMMAND} search 'Größe 😀' --workspace {workspace} --json", **bare)
    assert json.loads(done.stdout)["query"] == "Größe 😀"
    assert done.stdout.isascii()
    failed = _shell(f"{COMMAND} dataset import 'Größe 😀' --to x --workspace {workspace} --json", **bare)
    assert json.loads(failed.stdout)["error"]["message"] == "no file Größe 😀"


@pytest.mark.parametrize("read", ["head -c0", "head -1"])
def test_a_chat_whose_reader_is_gone_ends_in_silence(workspace: Path, read: str) -> None:
    lines = r"printf '/help\nWhat pulls the oceans?\n/help\nWhy does the water rise?\n'"
    line = f'{lines} | {{ {COMMAND} ask --workspace {workspace}; echo "code $?" >&2; }} | {read} > /dev/null'
    done = _shell(line, RAGFT_SCRIPT=str(workspace.parent / "script.json"))
    assert done.stderr == "code 141\n"
