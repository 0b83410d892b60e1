"""Numbers are written as word processors, slides and browsers write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.readers.numerals import (
    CSS,
    LATEX,
    SLIDES,
    WORD,
    circled,
    counted,
    han,
    han_digits,
    ordinal,
    repeated,
    roman,
)

VALUES = dict(zip("ivxlcdm", (1, 5, 10, 50, 100, 500, 1000), strict=True))


@pytest.mark.parametrize(("count", "text"), [(4, "iv"), (49, "xlix"), (1994, "mcmxciv"), (0, "0"), (5000, "5000")])
def test_roman_numbers(count: int, text: str) -> None:
    assert roman(count) == text


@given(st.integers(1, 4999))
def test_a_roman_number_has_the_value_it_was_made_of(count: int) -> None:
    letters = [VALUES[letter] for letter in roman(count)]
    signed = [-value if value < after else value for value, after in zip(letters, [*letters[1:], 0], strict=True)]
    assert sum(signed) == count


def test_letters_behind_the_last() -> None:
    assert [repeated(count) for count in (0, 1, 26, 27, 53, 781)] == ["0", "a", "z", "aa", "aaa", "781"]
    assert [counted(count) for count in (0, 1, 26, 27, 53, 703)] == ["0", "a", "z", "aa", "ba", "aaa"]


def test_ordinals_circles_and_han_numbers() -> None:
    assert [ordinal(count) for count in (1, 2, 3, 4, 11, 112, 121)] == "1st 2nd 3rd 4th 11th 112th 121st".split()
    assert [circled(count) for count in (1, 20, 21)] == ["①", "⑳", "21"]
    assert [han(count) for count in (3, 10, 12, 20, 103, 110, 1010, 10000)] == (
        "三 十 十二 二十 一百〇三 一百一十 一千〇一十 10000".split()
    )
    assert [han_digits(count) for count in (0, 10, 103, -5)] == "〇 一〇 一〇三 -五".split()


@given(st.integers(-5, 10**9), st.sampled_from([*WORD.values(), *CSS.values(), *SLIDES.values(), *LATEX.values()]))
def test_every_format_writes_every_number(count: int, write: object) -> None:
    assert callable(write)
    assert len(write(count)) < 50
