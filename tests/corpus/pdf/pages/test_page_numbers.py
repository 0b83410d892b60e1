"""What is a page number, and what a number that belongs to the words beside it."""

from __future__ import annotations

import pytest

from ragft.corpus.pdf.pages.page_numbers import is_page_number, split_page_number


@pytest.mark.parametrize(
    "text",
    [
        "3",
        "– 3 –",
        "[3]",
        "vi",
        "Page 3 of 9",
        "p. 4",
        "Seite 3 von 8",
        "Strana 4 z 9",
        "2. oldal",
        "стр. 5",
        "第 3 页",
        "7 / 12",
    ],
)
def test_a_number_with_words_for_page_is_a_page_number(text: str) -> None:
    assert is_page_number(text)


@pytest.mark.parametrize(
    "text", ["$320", "320 kg", "Total 3", "3.5", "12 %", "Unit price 320", "45 bolts", "3 of the gates"]
)
def test_a_number_with_other_words_is_none(text: str) -> None:
    assert not is_page_number(text)


@pytest.mark.parametrize(
    ("text", "title", "number"),
    [
        ("Gates and Locks | 12", "Gates and Locks", 12),
        ("12 · Gates and Locks", "Gates and Locks", 12),
        ("Thesis on Gates - iv", "Thesis on Gates", 4),
        ("Gate Report, page 3 of 9", "Gate Report", 3),
        ("111:3", "111", 3),
        ("Unit price 320", "Unit price 320", None),
        ("Subtotal 1000 tonnes", "Subtotal 1000 tonnes", None),
    ],
)
def test_a_number_is_split_off_where_something_sets_it_apart(text: str, title: str, number: int | None) -> None:
    assert split_page_number(text) == (title, number)
