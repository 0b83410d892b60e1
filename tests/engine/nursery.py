"""Fake Ollama servers in processes of their own, all on one port, to be killed: run as a script by `Nursery`.

Each line on its standard input starts a server (a fork of this process, so that it is there at once); its process id
is printed as soon as it listens. The first servers never finish an answer; with a line "whole" the server does.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time

from tests.engine.fake_ollama import FakeOllama, Wait, _Handler, _Server, says

MODEL = "tiny:latest"


class Nursery:
    """Starts and kills engines at `url`."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._engine = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, *, whole: bool) -> None:
        """A new engine; it breaks off and hangs in every answer unless `whole`."""
        self.kill()
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write("whole\n" if whole else "half\n")
        self._process.stdin.flush()
        self._engine = int(self._process.stdout.readline())

    def kill(self) -> None:
        """SIGKILL to the engine."""
        if self._engine:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._engine, signal.SIGKILL)
        self._engine = 0

    def close(self) -> None:
        """Kill all."""
        self.kill()
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def _serve(port: int, *, whole: bool) -> None:
    fake = FakeOllama()
    fake.add(MODEL)
    words = [f"{word} " for word in ANSWER.split()]
    fake.answer = says(*words) if whole else [*says(*words)[:3], Wait(600)]
    for _ in range(100):  # the one killed before may still be going
        with contextlib.suppress(OSError):
            server = _Server(("127.0.0.1", port), _Handler)
            break
        time.sleep(0.05)
    server.fake = fake
    print(os.getpid(), flush=True)
    server.serve_forever()


ANSWER = "QLoRA needs a single GPU with 48 GB of memory [1]."

if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # killed children leave no zombies
    for line in sys.stdin:
        if os.fork() == 0:
            _serve(int(sys.argv[1]), whole=line.strip() == "whole")
