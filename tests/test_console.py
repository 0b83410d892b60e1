"""Nothing that a document or a model says can steer the terminal."""

from __future__ import annotations

import io
import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.table import Table

from ragft.console import animates, escaped_json, fill, progress_bar, safe, safe_line, shortened, stderr, stdout


@pytest.mark.parametrize(
    "hostile",
    [
        "a\x1b[31mb",
        "a\x1b]0;title\x07b",
        "a\x1b]8;;http://evil\x1b\\b",
        "a\x9b2Jb",
        "a\x1bcb",
        "a\x1bP+q\x1b\\b",
        "a\x08b",
        "a\u202eb",
        "a\u200bb",
        "a\rb",
        "a\U000e0041\U000e007fb",
        "a\x1b]52;c;QQ==\x07b",
    ],
)
def test_control_sequences_vanish_and_the_text_stays(hostile: str) -> None:
    assert safe(hostile) == "ab"


@pytest.mark.parametrize("begun", ["\x1b]", "\x1bP", "\x1b_", "\x1b["])
def test_a_sequence_that_never_ends_takes_nothing_along(begun: str) -> None:
    assert safe(f"a{begun}\nthe rest\x1b\\ stays") == "a\nthe rest stays"


@given(st.text())
def test_no_control_character_but_tab_and_newline_is_left(text: str) -> None:
    left = safe(text)
    assert not any((ord(c) < 32 and c not in "\t\n") or 127 <= ord(c) < 160 for c in left)


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "Zs"])))
def test_plain_text_is_left_as_it_is(text: str) -> None:
    assert safe(text) == text


def test_a_safe_line_is_one_line() -> None:
    assert safe_line("one\ntwo\tthree\u2028four\x1b[31m") == "one two three four"


@pytest.mark.parametrize(("columns", "width"), [("0", 80), ("1", 80), ("40", 40)])
def test_a_width_that_shows_nothing_is_not_taken(monkeypatch: pytest.MonkeyPatch, columns: str, width: int) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert stdout().width == width


HOSTILE = "a\x1b]52;c;QQ==\x07\x9b2J\u202eb"


def test_what_nobody_made_safe_is_made_safe_by_the_console(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table(HOSTILE)
    table.add_row(HOSTILE)
    for shown in (HOSTILE, table):
        stdout().print(shown)
    written = capsys.readouterr().out
    assert len(written) > 20
    assert all(line.isprintable() for line in written.split("\n"))


def test_json_has_escapes_for_what_could_steer_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for encoding in ("utf-8", "ascii"):
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
        text = escaped_json(json.dumps({HOSTILE: "水\udcff"}, ensure_ascii=False, indent=2))
        assert all(line.isprintable() for line in text.split("\n"))
        assert json.loads(text) == {HOSTILE: "水\udcff"}
        assert ("水" in text) == (encoding == "utf-8")


@given(st.lists(st.text(alphabet="a水é🌊-", max_size=60)), st.integers(20, 40))
def test_lines_are_filled_by_cells_and_lose_nothing(words: list[str], width: int) -> None:
    text = "  ".join(words)
    lines = fill(text, width, first="    ", indent="    ").split("\n")
    assert max(map(cell_len, lines)) <= width
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert cell_len(shortened(text, width)) <= width


def test_wide_text_is_broken_at_words() -> None:
    assert fill("潮汐 能源 在海岸", 10, first="1. ", indent="   ").split("\n") == ["1. 潮汐", "   能源", "   在海岸"]
    assert fill("潮汐能源在海岸", 9).split("\n") == ["潮汐能源", "在海岸"]


def test_an_indented_wide_word_leaves_no_line_empty() -> None:
    assert fill("    潮汐能源在", 10) == "潮汐能源在"
    assert fill("    abcdefghij", 10) == "abcdefghij"


def test_a_title_without_spaces_is_shortened_and_not_left_out() -> None:
    assert shortened("潮汐能源在海岸的測量與分析", 11) == "潮汐能源在…"


@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_progress_is_plain_lines_where_nothing_can_be_replaced(
    term: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """FORCE_COLOR in a pipe, as continuous integration sets it, and a terminal that can do nothing."""
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("FORCE_COLOR", "1")
    if term == "dumb":
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert not animates(stderr())
    with progress_bar() as progress:
        progress("reading", 1, 2)
    assert capsys.readouterr().err == "reading: 1/2\n"
