"""What a terminal is sent: Markdown without traps, links where they are taken, a clipboard."""

from __future__ import annotations

import base64
import io
import time

import pytest
from rich.cells import cell_len
from rich.console import Console

from ragft.answer.chat.screen import Work
from ragft.cli import clipboard
from ragft.cli.terminal_markdown import markdown_segments
from ragft.cli.terminal_screen import TerminalScreen, takes_links
from ragft.errors import NotFoundError


def shown(text: str, width: int = 60, links: dict[str, str] | None = None) -> str:
    console = Console(width=width, color_system=None, file=io.StringIO())
    return "".join(segment.text for segment in markdown_segments(text, console, links or {}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**QLoRA** needs `48 GB` [1].", "QLoRA needs 48 GB [1].\n"),
        ("2*3*4 is 24, and a_b_c is a name.", "2*3*4 is 24, and a_b_c is a name.\n"),
        (r"The loss \(x\) and \[y\] of $a_1$.", r"The loss \(x\) and \[y\] of $a_1$." + "\n"),
        ("[this](http://evil.example) and ![x](http://evil.example/i)", "[this](http://evil.example) and ![x](http://evil.example/i)\n"),
        ("<b>bold</b> &lt; <http://evil.example>", "<b>bold</b> &lt; <http://evil.example>\n"),
        ("QLoRA [1].\n\n[1]: http://evil.example", "QLoRA [1].\n\n[1]: http://evil.example\n"),
        ("one\ntwo", "one\ntwo\n"),
        ("- one [1]\n- two [2]", " • one [1]\n • two [2]\n"),
    ],
)  # fmt: skip
def test_markdown_is_rendered_and_nothing_else_is_changed(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_lines_are_wrapped_and_have_no_spaces_at_their_ends() -> None:
    lines = shown("word " * 40, width=30).split("\n")
    assert max(map(len, lines)) <= 30
    assert not any(line != line.rstrip() for line in lines)


def test_a_table_keeps_its_cells() -> None:
    text = shown("| model | GB |\n| --- | --- |\n| QLoRA | 48 |")
    assert "QLoRA" in text and "48" in text and "---|" not in text.replace(" ", "")


def test_source_numbers_are_links_and_unknown_ones_are_not() -> None:
    console = Console(width=60, color_system="truecolor", force_terminal=True, file=io.StringIO())
    segments = markdown_segments("It needs 48 GB [1][7].", console, {"1": "file:///p.pdf#page=3"})
    assert [(one.text, one.style.link) for one in segments if one.style and one.style.link] == [
        ("[1]", "file:///p.pdf#page=3")
    ]


@pytest.mark.parametrize(
    ("environment", "taken"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({}, True),
        ({"TERM": "dumb"}, False),
        ({"TERM": "linux"}, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm", "FORCE_HYPERLINK": "0"}, False),
        ({"TERM": "dumb", "FORCE_HYPERLINK": "1"}, True),
    ],
)
def test_links_where_the_terminal_takes_them(environment: dict[str, str], taken: bool) -> None:
    assert takes_links(environment) is taken


def test_forced_colours_in_a_pipe_are_colours_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    with TerminalScreen() as screen:
        assert screen.width is None
        screen.work(Work("reading", 0.0))
        screen.answer("**as it is** [1]", {"1": "file:///p.pdf"})
        screen.line("dim", "dim", "file:///p.pdf")
    assert capsys.readouterr().out == "**as it is** [1]\n\x1b[2mdim\x1b[0m\n"


def test_a_long_draft_of_wide_characters_keeps_to_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that the terminal wraps again is not taken back with the rest."""
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setenv("LINES", "6")
    screen = TerminalScreen()
    lines = screen._status(Work("writing", 0.0, text="潮汐能源在海岸的測量與分析" * 20)).plain.split("\n")
    assert len(lines) < 6
    assert max(map(cell_len, lines)) <= 30
    reading = Work("reading", 0.0, titles=("潮汐能源在海岸的測量與分析以及對於未來發電的影響研究",))
    assert screen._status(reading).plain.endswith("\n  潮汐能源在海岸的測量與分析…")


def _picture(work: Work, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is shown on a terminal of 40 columns and 8 lines while `work` is being done."""
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("LINES", "8")
    screen = TerminalScreen()
    screen._work = work
    with screen._console.capture() as shown:
        screen._console.print(screen._picture())
    return shown.get()


def test_checked_sentences_stand_above_what_is_being_done(monkeypatch: pytest.MonkeyPatch) -> None:
    work = Work(
        "writing, 9 words", time.perf_counter(), ("Tides",), checked="**Tides** rise [1].\n\n- twice\n- a day [2]."
    )
    shown = _picture(work, monkeypatch)
    assert shown == "Tides rise [1].\n\n • twice\n • a day [2].\nwriting, 9 words… 0 s\n"


def test_of_many_checked_sentences_the_last_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    work = Work("writing", time.perf_counter(), checked=" ".join(f"Tide {number} rises." for number in range(60)))
    lines = _picture(work, monkeypatch).splitlines()
    assert len(lines) < 8
    assert lines[-2].endswith("Tide 59 rises.")


def test_over_ssh_the_clipboard_is_that_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "1.2.3.4 5 6.7.8.9 22")
    monkeypatch.setenv("TERM", "xterm")
    terminal = io.StringIO()
    assert "OSC 52" in clipboard.copy_text("48 GB “”", terminal)
    sent = terminal.getvalue()
    assert (sent[:7], sent[-1]) == ("\x1b]52;c;", "\x07")
    assert base64.b64decode(sent[7:-1]).decode() == "48 GB “”"


def test_without_a_clipboard_it_is_an_error_that_names_another_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "1.2.3.4 5 6.7.8.9 22")
    with pytest.raises(NotFoundError, match="/save FILE"):
        clipboard.copy_text("text", None)
    with pytest.raises(NotFoundError):
        clipboard.copy_text("x" * 100_000, io.StringIO())
