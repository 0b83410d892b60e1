"""The terminal as a screen for `ask`: what is being done on a live display, Markdown, links; plain lines in a pipe."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.live import Live
from rich.segment import Segment, Segments
from rich.style import Style
from rich.text import Text

from ragft.cli.clipboard import copy_text
from ragft.cli.terminal_markdown import markdown_segments
from ragft.console import animates, fill, safe, shortened, stdout

if TYPE_CHECKING:
    from ragft.answer.chat.screen import Work

_STYLES = {"": "", "dim": "dim", "title": "bold", "error": "red"}
TITLES = 5
"""Most titles of found documents that are shown while an answer is waited for."""
NO_LINKS = ("dumb", "linux", "vt100", "unknown", "")
"""Values of TERM whose terminals would show a link as rubbish, or not at all."""


def takes_links(environment: Mapping[str, str]) -> bool:
    """Whether a terminal in this environment is sent links (OSC 8); FORCE_HYPERLINK=0 or 1 decides."""
    if forced := environment.get("FORCE_HYPERLINK"):
        return forced != "0"
    return "NO_COLOR" not in environment and environment.get("TERM", "xterm") not in NO_LINKS


class TerminalScreen:
    """Writes to stdout (errors to stderr). What is being done is replaced in place and never reaches a pipe."""

    def __init__(self, *, verbose: bool = False, draft: bool = False) -> None:
        self.verbose = verbose
        self.draft = draft
        self._console = stdout()
        self._is_terminal = self._console.is_terminal and sys.stdout.isatty()  # FORCE_COLOR colours a pipe, no more
        self._links = self._is_terminal and takes_links(os.environ)
        self._live: Live | None = None
        self._work: Work | None = None

    def __enter__(self) -> TerminalScreen:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.work(None)

    @property
    def width(self) -> int | None:
        """Columns of the terminal; None in a pipe, where the reader wraps."""
        return self._console.width if self._is_terminal else None

    def line(self, text: str, style: str = "", link: str = "") -> None:
        """Write `text`, made safe whatever came before, and a line break."""
        self.work(None)
        text = safe(text)
        if style == "error":
            print(text, file=sys.stderr, flush=True)
        elif self._console.is_terminal:
            look = Style.parse(_STYLES[style]) + Style(link=link if link and self._links else None)
            self._console.print(Text(text, style=look), soft_wrap=True)
        else:
            print(text, flush=True)

    def answer(self, text: str, links: Mapping[str, str]) -> None:
        """Write an answer: its Markdown rendered on a terminal, as it is in a pipe."""
        if not self._is_terminal:
            self.line(text)
            return
        self.work(None)
        shown = markdown_segments(safe(text), self._console, links if self._links else {})
        self._console.print(Segments(shown), end="")

    def work(self, work: Work | None) -> None:
        """Show what is being done, in place of what was before; its seconds go on by themselves."""
        if not animates(self._console):
            return
        checked = self._work.checked if self._work else ""
        self._work = work
        if work is None:
            if self._live is not None:
                self._live.stop()
                self._live = None
            return
        if self._live is None:
            self._live = Live(
                console=self._console,
                transient=True,
                get_renderable=self._picture,
                refresh_per_second=4,
                vertical_overflow="visible",
            )
            self._live.start()
        elif work.text or work.checked != checked:
            self._live.refresh()

    def copy(self, text: str) -> str:
        """Put `text` on the clipboard of the machine, or of the terminal, and say where it went.

        Raises:
            NotFoundError: there is neither.
        """
        return copy_text(text, sys.stdout if self._is_terminal else None)

    def _picture(self) -> RenderableType:
        """The checked part of the answer, as it will stay, and below it what is being done, since when, in which
        documents."""
        work = self._work
        if work is None:
            return Text("")
        if not work.checked:
            return self._status(work)
        status = Text(f"{work.doing}… {time.perf_counter() - work.started:.0f} s", style="dim")
        lines = list(Segment.split_lines(markdown_segments(safe(work.checked), self._console, {})))
        room = max(1, self._console.height - 3)
        return Group(Segments(part for line in lines[-room:] for part in (*line, Segment.line())), status)

    def _status(self, work: Work) -> Text:
        """What is being done, since when, in which documents; a thought or a draft."""
        lines = [f"{work.doing}… {time.perf_counter() - work.started:.0f} s"]
        width = max(20, self._console.width - 1)
        titles = [" ".join(safe(title).split()) for title in work.titles if title.strip()]
        if work.text:
            lines += self._end_of(safe(work.text), less=len(lines))
        else:
            lines += [shortened(title, width - 2) for title in titles[:TITLES]]
            if len(titles) > TITLES:
                lines.append(f"and {len(titles) - TITLES} more")
            lines[1:] = [f"  {line}" for line in lines[1:]]
        return Text("\n".join(lines), style="dim")

    def _end_of(self, text: str, *, less: int) -> list[str]:
        """The last lines of `text`, as many as the terminal can take back."""
        lines = [piece for line in text.split("\n") for piece in fill(line, self._console.width - 2).split("\n")]
        return lines[-max(1, self._console.height - 2 - less) :]
