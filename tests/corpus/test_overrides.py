"""Text that is forced to run from right to left is read as it is seen."""

from __future__ import annotations

import pytest

from ragft.corpus.text import one_line, sanitise, sanitise_lines


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("It costs \u202e023\u202c euros.", "It costs 320 euros."),
        ("It costs \u202e023", "It costs 320"),
        ("\u202e.soruE 7.65 stsoc tI\u202c It leaks.", "It costs 56.7 Euros. It leaks."),
        ("\u202e)32(\u202c", ")23("),
        ("\u202ee\u0301fac\u202c", "cafe\u0301".replace("e\u0301", "é")),
        ("a \u202e12\u202c b \u202e34\u202c", "a 21 b 43"),
        ("\u202eשלום 023 עולם\u202c 57", "שלום 320 עולם 57"),
        ("\u202d320\u202c \u202b57\u202c \u200f4711", "320 57 4711"),
    ],
)
def test_numbers_are_the_ones_a_reader_sees(text: str, seen: str) -> None:
    assert one_line(text) == sanitise(text) == seen


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028"])
def test_an_override_ends_with_its_line(end: str) -> None:
    assert sanitise_lines(f"x = \u202e023{end}y = 57") == ["x = 320", "y = 57"]
