"""Typography is no difference."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.fold import fold, without_accents


@pytest.mark.parametrize("hyphen", "‐‑‒–—−－﹣")
def test_every_hyphen_and_dash_is_one(hyphen: str) -> None:
    assert fold(f"low{hyphen}rank") == "low-rank"


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("don’t", "don't"),
        ("“quoted” «text» „so“", '"quoted" "text" "so"'),
        ("adap\u00adter", "adapter"),
        ("key\u200bword \u202eleft", "keyword left"),
        ("zero\ufeff\u2060width", "zerowidth"),
        ("eﬃcient ﬁlter", "efficient filter"),
        ("ｆｕｌｌ　ｗｉｄｔｈ １２", "full width 12"),
        ("İstanbul", "istanbul"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("a\u00a0b\u202fc\u2009d", "a b c d"),
        ("10–20", "10-20"),
        ("٢٢٣ और २२३", "223 और 223"),
        ("٤٥٫٥٪ of ١٬٢٣٤", "45.5% of 1234"),
        ("한글", unicodedata.normalize("NFC", "한글")),
        (unicodedata.normalize("NFD", "한글 é"), "한글 é"),
    ],
)
def test_forms_that_look_alike_are_one(written: str, plain: str) -> None:
    assert fold(written) == plain


@pytest.mark.parametrize("number", ["1,410", "1’410", "1\u00a0410", "1\u202f410", "1\u2009410"])
def test_a_grouped_number_is_written_together(number: str) -> None:
    assert fold(f"about {number} pounds") == "about 1410 pounds"


@pytest.mark.parametrize("text", ["1,4", "1,41", "1.410", "12 410", "1,4105", "3,141,59", "0.5,200"])
def test_what_may_be_something_else_is_left_as_it_is(text: str) -> None:
    assert fold(text) == text


@pytest.mark.parametrize(("text", "plain"), [("10²", "10^2"), ("2½", "2 1⁄2"), ("Foo™bar", "foo bar"), ("5①", "5 1")])
def test_no_compatibility_form_joins_a_number(text: str, plain: str) -> None:
    assert " ".join(fold(text).split()) == plain


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold(text)
    assert fold(once) == once


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("zürich señor łódź ømega", "zurich senor lodz omega"),
        ("мой ёж", "мой еж"),
        ("مُحَمَّد", "محمد"),
        ("שָׁלוֹם", "שלום"),
        ("कंप्यूटर", "कंप्यूटर"),
        ("ที่นี่", "ที่นี่"),
        ("が", "が"),
    ],
)
def test_accents_go_and_letters_stay(text: str, plain: str) -> None:
    assert without_accents(fold(text)) == plain
