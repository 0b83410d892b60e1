"""The contract of a screen, and the layout of an answer on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from ragft.answer.base import Answer
from ragft.answer.shown.notes import footer
from ragft.answer.shown.render import source_lines, wrap
from ragft.console import safe


@dataclass(frozen=True)
class Work:
    """What is being done for a question since `started` (seconds of `time.perf_counter`).

    `titles` are those of the documents found; `text` is shown below: a thought, or a draft. `checked` is the part of
    the answer that is checked, Markdown: it stays, and the rest will follow it.
    """

    doing: str
    started: float
    titles: tuple[str, ...] = ()
    text: str = ""
    checked: str = ""


class Screen(Protocol):
    """Where a chat writes.

    Attributes:
        verbose: show all that is known of an answer below it.
        draft: show what the model writes before it has been checked.
    """

    verbose: bool
    draft: bool

    @property
    def width(self) -> int | None:
        """The width in columns, or None where nothing should be wrapped."""
        ...

    def line(self, text: str, style: str = "", link: str = "") -> None:
        """Write `text` and a line break. `style` is "", "dim", "title" or "error"; `link` is where it leads."""
        ...

    def answer(self, text: str, links: Mapping[str, str]) -> None:
        """Write an answer, its Markdown rendered; `links` says where the source of each number is."""
        ...

    def work(self, work: Work | None) -> None:
        """Show what is being done, and for how long, in place of what was shown so before; None takes it away."""
        ...

    def copy(self, text: str) -> str:
        """Put `text` on the clipboard and say where it went.

        Raises:
            NotFoundError: there is no clipboard.
        """
        ...


def show_answer(answer: Answer, screen: Screen, *, links: Mapping[str, str]) -> None:
    """Show a numbered answer: text, sources, and what should be known of it. `links` as for `Screen.answer`."""
    screen.answer(safe(answer.answer), links)
    show_sources(answer, screen, links=links, verbose=screen.verbose, style="dim")
    for note in footer(answer, verbose=screen.verbose):
        screen.line(wrap(f"({note})", screen.width), "dim")


def show_sources(
    answer: Answer, screen: Screen, *, links: Mapping[str, str], verbose: bool = False, style: str = ""
) -> None:
    """Show the sources of a numbered answer; several quotes of one place stand below it together."""
    shown = ""
    for citation in answer.citations:
        head, body = source_lines(citation, screen.width, verbose=verbose)
        if head != shown:
            screen.line(head, style, links.get(citation.key, ""))
        screen.line(body, style)
        shown = head
