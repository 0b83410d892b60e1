"""Nothing that a document or a model says can steer the terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.console import safe, safe_line, stdout


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
    ],
)
def test_control_sequences_vanish_and_the_text_stays(hostile: str) -> None:
    assert safe(hostile) == "ab"


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
