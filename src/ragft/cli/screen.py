"""The terminal as a screen for `ask`: a live draft on a terminal, plain lines in a pipe."""

from __future__ import annotations

import sys
import textwrap
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.text import Text

from ragft.console import safe

_STYLES = {"": "", "dim": "dim", "title": "bold", "error": "red"}


class TerminalScreen:
    """Writes to stdout (errors to stderr). The draft of an answer is replaced in place and never reaches a pipe."""

    def __init__(self) -> None:
        self._console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
        self._live: Live | None = None

    def __enter__(self) -> TerminalScreen:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.draft("")

    @property
    def width(self) -> int | None:
        """Columns of the terminal; None in a pipe, where the reader wraps."""
        return self._console.width if self._console.is_terminal else None

    def line(self, text: str, style: str = "") -> None:
        """Write `text`, made safe whatever came before, and a line break."""
        self.draft("")
        text = safe(text)
        if style == "error":
            print(text, file=sys.stderr, flush=True)
        elif self._console.is_terminal:
            self._console.print(Text(text, style=_STYLES[style]), soft_wrap=True)
        else:
            print(text, flush=True)

    def draft(self, text: str) -> None:
        """Show `text` in place of the draft before it; an empty text takes the draft away."""
        if not self._console.is_terminal:
            return
        if not text:
            if self._live is not None:
                self._live.stop()
                self._live = None
            return
        if self._live is None:
            self._live = Live(console=self._console, transient=True, auto_refresh=False, vertical_overflow="visible")
            self._live.start()
        self._live.update(Text(self._end_of(safe(text)), style="dim"), refresh=True)

    def _end_of(self, text: str) -> str:
        """The last lines of `text`, as many as the terminal can take back."""
        lines = [piece for line in text.split("\n") for piece in textwrap.wrap(line, self._console.width) or [""]]
        return "\n".join(lines[-max(1, self._console.height - 2) :])
