"""A command that is asked to end undoes what it began; each runs in a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ragft.__main__ import main as start
from tests.engine.conftest import fake  # noqa: F401  a fixture
from tests.engine.fake_ollama import FakeOllama
from tests.engine.gguf_maker import write_gguf

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")

WAIT = """
import signal, sys
from ragft.cli.main import app, main

# nohup lets its children ignore the one, a shell what it runs in the background the other.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)

@app.command("wait")
def wait() -> None:
    try:
        print("ready", flush=True)
        sys.stdin.read()
    finally:
        print("cleaned", flush=True)

sys.argv = ["ragft", "wait"]
"""
REGISTER = """
import sys
from pathlib import Path
from ragft.cli.main import app, main
from ragft.engine.base import ModelSpec
from ragft.engine.ollama.engine import OllamaEngine
from ragft.export.staging import Staging

_, host, gguf = sys.argv

@app.command("wait")
def wait() -> None:
    with Staging(OllamaEngine(host), None) as staging:
        staging.make(ModelSpec("papers:q8_0", gguf=Path(gguf)))
        print("ready", flush=True)
        sys.stdin.read()

sys.argv = ["ragft", "wait"]
"""


def _ended(code: str, number: int, *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a process that gets the signal once it is ready."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdin=pipe, stdout=pipe, stderr=pipe, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    said, complained = process.communicate(timeout=30)
    return process.returncode, said, complained


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGQUIT, 131)])
def test_a_signal_to_end_is_an_orderly_exit(number: int, code: int) -> None:
    assert _ended(WAIT + "main()", number) == (code, "cleaned\n", "")


@pytest.mark.parametrize("before", [signal.default_int_handler, signal.SIG_IGN])
def test_ctrl_c_ends_a_command_in_silence_while_it_is_read(before: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a shell runs in the background hears no Ctrl-C, neither then nor later."""
    heard: list[Any] = []

    class Read(ModuleType):
        @property
        def main(self) -> Callable[[], None]:
            heard.append(signal.getsignal(signal.SIGINT))
            return lambda: heard.append(signal.getsignal(signal.SIGINT))

    monkeypatch.setitem(sys.modules, "ragft.cli.main", Read("ragft.cli.main"))
    outer = signal.signal(signal.SIGINT, before)
    try:
        start()
    finally:
        signal.signal(signal.SIGINT, outer)
    assert heard == [signal.SIG_DFL if before is signal.default_int_handler else before, before]


def test_a_command_under_nohup_goes_on() -> None:
    ignores = "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
    assert _ended(WAIT + ignores + "main()", signal.SIGHUP) == (0, "cleaned\n", "")


def test_a_registration_that_is_ended_leaves_no_model(fake: FakeOllama, tmp_path: Path) -> None:  # noqa: F811
    gguf = write_gguf(tmp_path / "m.gguf", template="{{ messages }}")
    code, _, complained = _ended(REGISTER + "main()", signal.SIGTERM, fake.url, str(gguf))
    assert (code, complained) == (143, "")
    assert fake.bodies("/api/create")[0]["model"] == "papers:q8_0-candidate"
    assert fake.models == {}
