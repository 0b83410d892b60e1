"""What a sentence claims: stems and quantities."""

from __future__ import annotations

import pytest

from ragft.answer.terms import Quantity, content_terms, missing_quantities, quantities
from ragft.corpus.stems import stem


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("quantisation", "quantized"),
        ("training", "trained"),
        ("adapters", "adapter"),
        ("memories", "memory"),
        ("running", "run"),
    ],
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_different_words_keep_different_stems() -> None:
    assert len({stem(word) for word in ("model", "memory", "method", "metric", "merge")}) == 5


def test_stop_words_and_numbers_are_no_content() -> None:
    assert content_terms("How much memory does it need for 65 of them?") == [stem("memory")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("48 GB", Quantity("48", "gb")),
        ("48GB", Quantity("48", "gb")),
        ("5,048 MB", Quantity("5048", "mb")),
        ("a 65B model", Quantity("65", "b")),
        ("99.3%", Quantity("99.3", "%")),
        ("a rate of 2e-4", Quantity("2e-4")),
        ("four bits", Quantity("4", "bit")),
        ("four-bit", Quantity("4", "bit")),
        ("0.370 bits", Quantity("0.37", "bit")),
    ],
)
def test_quantities_are_read_with_their_unit(text: str, expected: Quantity) -> None:
    assert expected in quantities(text)


def test_a_number_with_another_unit_is_missing() -> None:
    assert missing_quantities("It takes 48 MB.", "It takes 48 GB.") == {Quantity("48", "mb")}


def test_a_number_without_unit_matches_one_with_it() -> None:
    assert missing_quantities("48", "48 GB") == set()
