"""A pseudo-terminal with a ragft in it: keys go in, what a person would see comes out."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager

_ESCAPE = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|[()][0-9A-B]|[=>78])")
COLUMNS = 60
PATIENCE = 60.0
"""Seconds; a loaded machine is slow."""


class Terminal:
    """`seen` is all output so far, as it came; `text` the same without escape sequences."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process = process
        self.seen = ""
        self._master = master
        self._read = 0

    @property
    def text(self) -> str:
        """What has been written, without escape sequences."""
        return _ESCAPE.sub("", self.seen)

    def keys(self, keys: str) -> None:
        """Press them."""
        os.write(self._master, keys.encode())

    def wait_for(self, wanted: str) -> None:
        """Read on until `wanted` turns up in what came after the last match."""
        end = time.monotonic() + PATIENCE
        while (found := self.text.find(wanted, self._read)) < 0:
            assert time.monotonic() < end, f"no {wanted!r} in {self.text[self._read :]!r}"
            if not self._more():
                raise AssertionError(f"it ended without {wanted!r}: {self.text[self._read :]!r}")
        self._read = found + len(wanted)

    def code(self) -> int:
        """The exit status, once the process has ended."""
        while self.process.poll() is None:
            self._more()
        return self.process.wait(PATIENCE)

    def _more(self) -> bool:
        if not select.select([self._master], [], [], 0.2)[0]:
            return self.process.poll() is None
        try:
            data = os.read(self._master, 65536)
        except OSError:  # Linux: the other side is closed
            return False
        self.seen += data.decode("utf-8", "replace")
        return bool(data)


def _take_the_terminal() -> None:
    """Make Ctrl-C a signal, and one that is heard: a test run in the background hands on that it is ignored."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def terminal(*arguments: str, **environment: str) -> Iterator[Terminal]:
    """`ragft ARGUMENTS` in a terminal of its own, COLUMNS wide; killed if it outlives the block."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
    # Either of the two would be believed before the terminal itself.
    inherited = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
    process = subprocess.Popen(
        [sys.executable, "-m", "ragft", *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**inherited, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1", **environment},
        start_new_session=True,
        preexec_fn=_take_the_terminal,  # noqa: PLW1509
    )
    os.close(slave)
    try:
        yield Terminal(process, master)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        os.close(master)
