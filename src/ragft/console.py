"""Everything a person sees: messages and progress on stderr, results on stdout.

Colour and animation are rich's own decision: off in pipes, under NO_COLOR and on dumb terminals.
"""

from __future__ import annotations

import codecs
import contextlib
import functools
import io
import json
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TextIO
from unicodedata import east_asian_width

from ragft.look_alikes import look_alike

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

Progress = Callable[[str, int, int], None]
"""Called with (what is being done, units done, units in all; 0 where unknown)."""


def silent(_label: str, _done: int, _total: int) -> None:
    """A `Progress` that shows nothing."""


# C0 and C1 controls except tab and newline, and the Unicode controls that reorder or hide text. A document or a
# model could otherwise move the cursor, change the title of the terminal or show other text than it contains.
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_UNSEEN = re.compile(f"[\ud800-\udfff]|{_CONTROL.pattern}")
_NO_ASCII = re.compile("[^\x00-\x7e]")
# A sequence that ends nowhere on its line loses its first two characters alone: it could take the rest of a text along.
_ESCAPE_SEQUENCE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)|[ -/]*[0-~])?"
    r"|\x9b[0-?]*[ -/]*[@-~]"
)
_LEAST_WIDTH, _USUAL_WIDTH = 20, 80
_UNDECODED = re.compile("[\udc80-\udcff]+")
_WORD = re.compile(r"(\s*)(\S+)")
_LINE_ENDS = re.compile("[\t\n\u2028\u2029]")


def _look_alikes(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return look_alike(error.object[error.start : error.end]), error.end


codecs.register_error("ragft.look-alikes", _look_alikes)


def prepare_output() -> None:
    """Make stdout and stderr write a look-alike or "?" for what their encoding lacks, where Python would raise."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="ragft.look-alikes")


def shows_unicode() -> bool:
    """Whether stdout takes every character; else JSON has to be written with escapes."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    try:
        return codecs.lookup(encoding).name.startswith("utf-")
    except LookupError:
        return False


def input_lines() -> Iterator[str]:
    """The lines of standard input: UTF-8, or else in the encoding of the terminal, replaced where it is neither."""
    if not isinstance(sys.stdin, io.TextIOWrapper):
        yield from sys.stdin
        return
    for line in sys.stdin.buffer:
        try:
            yield line.decode("utf-8-sig")
        except UnicodeDecodeError:
            yield line.decode(sys.stdin.encoding, "replace")


def decoded(text: str) -> str:
    """`text` with the bytes that Python left undecoded, as in the C locale, decoded where they are UTF-8."""
    return _UNDECODED.sub(
        lambda match: match.group().encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape"), text
    )


def safe(text: str) -> str:
    """`text` without terminal escape sequences, control and invisible characters.

    What no terminal can be sent, as bytes of a file name that is not UTF-8, is shown as an escape.
    """
    plain = _CONTROL.sub("", _ESCAPE_SEQUENCE.sub("", text))
    return plain.encode("utf-8", "backslashreplace").decode("utf-8")


def escaped_json(document: str) -> str:
    """A JSON text with \\uXXXX, which means the same, for what could steer a terminal and what stdout does not take.

    Such are lone surrogates, too: bytes of a file name that is not UTF-8. Those that Python only left undecoded are
    decoded before.
    """
    beyond = _UNSEEN if shows_unicode() else _NO_ASCII
    return beyond.sub(lambda match: json.dumps(match.group())[1:-1], decoded(document))


def safe_line(text: str) -> str:
    """`text` made safe and on one line: a name with a line end in it could print a line of its own."""
    return _LINE_ENDS.sub(" ", safe(text))


def fill(text: str, width: int, *, indent: str = "", first: str = "") -> str:
    """`text`, one line, broken at words, so that no line takes more than `width` cells: wide characters take two."""
    if _cells(text) == len(text):
        return textwrap.fill(text, width, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False)
    lines, left, whole = [first], width - len(first), width - len(indent)
    for gap, word in _WORD.findall(text):
        piece = gap + word
        if _cells(piece) > left and _cells(word) <= whole:
            piece = word
            if lines[-1].strip():
                lines.append(indent)
                left = whole
        for sign in piece:
            if _cells(sign) > left:
                lines.append(indent)
                left = whole
            lines[-1] += sign
            left -= _cells(sign)
    return "\n".join(line.rstrip() for line in lines)


def _cells(text: str) -> int:
    return len(text) + sum(east_asian_width(sign) in "WF" for sign in text)


def shortened(text: str, width: int) -> str:
    """`text` on one line of at most `width` cells; `…` stands for the rest."""
    lines = fill(" ".join(text.split()), width - 1).split("\n")
    return lines[0] + "…" * (len(lines) > 1)


def stdout() -> Console:
    """A console that writes results to standard output."""
    return _console(sys.stdout)


def stderr() -> Console:
    """A console for messages, warnings and progress."""
    return _console(sys.stderr)


def animates(console: Console) -> bool:
    """Whether what is shown on it can be replaced in place; FORCE_COLOR asks for colours in a pipe, not for this."""
    return console.is_terminal and not console.is_dumb_terminal and console.file.isatty()


def _console(file: TextIO) -> Console:
    console = _safe_console()(file=file, highlight=False)
    if console.width < _LEAST_WIDTH:  # COLUMNS=0, as some editors and services set it: rich would print blank lines
        console.width = _USUAL_WIDTH
    return console


@functools.cache
def _safe_console() -> type[Console]:
    """A class of consoles that print no control character of a text, whoever forgot to make it safe."""
    from rich.console import Console
    from rich.segment import Segment

    class SafeConsole(Console):
        """Makes what it shows safe, and lets control codes of rich itself through."""

        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
            """As `Console.render`, whose pieces of text are made safe."""
            for piece in super().render(renderable, options):
                yield piece if piece.control else Segment(safe(piece.text), piece.style)

    return SafeConsole


def note(text: str) -> None:
    """Print one line for the user on stderr, as it is."""
    stderr().print(safe(text), markup=False, soft_wrap=True)


def warn(text: str) -> None:
    """Print one warning on stderr."""
    console = stderr()
    console.print("[yellow]warning:[/yellow] ", end="")
    console.print(safe(text), markup=False, soft_wrap=True)


@contextlib.contextmanager
def progress_bar() -> Iterator[Progress]:
    """A live progress display on stderr with rate and time left; a plain line a stage where it is not a terminal."""
    console = stderr()
    if not animates(console):
        yield _plain_progress()
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as live:
        tasks: dict[str, int] = {}

        def update(label: str, done: int, total: int) -> None:
            task = tasks.get(label)
            if task is None:
                task = tasks[label] = live.add_task(safe(label), total=total or None)
            live.update(live.task_ids[task], completed=done, total=total or None)

        yield update


def _plain_progress() -> Progress:
    seen: dict[str, int] = {}

    def update(label: str, done: int, total: int) -> None:
        tenth = 10 * done // total if total else 0
        if seen.get(label) == tenth:
            return
        seen[label] = tenth
        text = f"{label}: {done}/{total}" if total else f"{label}: {done}" if done else label
        print(safe(text), file=sys.stderr, flush=True)

    return update
