"""A text on standard input beside a question that was given as an argument.

It is read aside while the models load. Nothing waits for a pipe that was inherited and that nobody writes to: where
no byte has come in some seconds, that is said, and the question goes to the documents. So it does where a pipe ends
without a byte, unless the question needs a text.
"""

from __future__ import annotations

import io
import os
import stat
import sys
import threading

from ragft.console import note
from ragft.errors import InputError
from ragft.machine import without_input

FIRST_BYTE_SECONDS = 5.0
BLOCK = 1 << 16


class PipedText:
    """Reads standard input from the moment it is made, up to `limit` bytes and one more, if a pipe or a file is it.

    `needed`: the question only points at a text, so that without one there is nothing to answer.
    """

    def __init__(self, limit: int, *, needed: bool = False) -> None:
        self._limit = limit
        self._needed = needed
        self._data = b""
        self._error: OSError | None = None
        self._begun = threading.Event()
        self._descriptor = _pipe_or_file()
        self._thread: threading.Thread | None = None
        if self._descriptor is not None:
            self._thread = threading.Thread(target=self._read, args=(self._descriptor,), daemon=True)
            self._thread.start()
        else:
            self._data = _from_memory(limit)

    @property
    def may_come(self) -> bool:
        """Whether there is anything that a text could come from."""
        return self._thread is not None or bool(self._data)

    def take(self) -> bytes:
        """All of it, once it has ended; empty where there is none.

        Raises:
            InputError: it cannot be read; it is an empty file; there is none, and the question needs one.
        """
        if self._thread is None:
            return self._data
        if not self._begun.wait(FIRST_BYTE_SECONDS):
            return self._nothing(f"nothing came on standard input in {FIRST_BYTE_SECONDS:.0f} s")
        while self._thread.is_alive():
            self._thread.join(0.2)  # with a limit, or Windows would not hear Ctrl-C
        if self._error is not None:
            raise InputError(f"standard input cannot be read: {self._error.strerror}", fix="pipe a text")
        return self._data or self._nothing("standard input is empty")

    def _nothing(self, what: str) -> bytes:
        """No text. An empty pipe may be what cron, ssh or a service gives to any command; an empty file was meant."""
        if self._needed:
            raise InputError(f"{what}, and the question names no document", fix='ragft ask "Summarise the … paper"')
        if self._descriptor is not None and _is_empty_file(self._descriptor):
            raise InputError("standard input is an empty file", fix=without_input("ragft ask QUESTION"))
        note(f"{what}: your documents are asked, not a text → {without_input('ragft ask QUESTION')}")
        return b""

    def _read(self, descriptor: int) -> None:
        # Not by sys.stdin: at exit Python would wait for a thread that reads there.
        try:
            while len(self._data) <= self._limit and (block := os.read(descriptor, BLOCK)):
                self._data += block
                self._begun.set()
        except OSError as error:
            self._error = error
        self._begun.set()


def _pipe_or_file() -> int | None:
    """The descriptor of standard input where that is a pipe, a socket or a file; not a terminal, a null device."""
    try:
        descriptor = sys.stdin.fileno()
        mode = os.fstat(descriptor).st_mode
    except (AttributeError, OSError, ValueError):  # closed, or no file at all
        return None
    return None if stat.S_ISCHR(mode) else descriptor


def _is_empty_file(descriptor: int) -> bool:
    """Whether it is a file without a byte; one that was read to its end by another program is not."""
    found = os.fstat(descriptor)
    return stat.S_ISREG(found.st_mode) and found.st_size == 0


def _from_memory(limit: int) -> bytes:
    """What a program that calls ragft in its own process has put in the place of standard input."""
    buffer = getattr(sys.stdin, "buffer", None)
    return buffer.read(limit + 1) if isinstance(buffer, io.BytesIO) else b""
