"""What ragft's logger says, on stderr: information as it is, warnings marked; the same message once a command."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from ragft.cli.remedies import in_flags
from ragft.console import note, warn


class _Messages(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._shown: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Show it, unless it was shown before: a verb may open the engine for several stages."""
        text = in_flags(record.getMessage())
        if text not in self._shown:
            self._shown.add(text)
            (warn if record.levelno >= logging.WARNING else note)(text)


@contextmanager
def messages_on_stderr() -> Iterator[None]:
    """Show the messages of ragft while a command runs.

    They go no further: a package that puts a handler on the root logger would show them a second time.
    """
    log = logging.getLogger("ragft")
    level, further, handler = log.level, log.propagate, _Messages()
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
        log.propagate = further
