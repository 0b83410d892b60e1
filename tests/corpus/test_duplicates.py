"""Fingerprints stay as they are, and documents that state other numbers are two."""

from __future__ import annotations

import pytest

from ragft.corpus.base import Block, Document
from ragft.corpus.duplicates import (
    SAME_NOTE,
    SAME_PAPER,
    SHORT,
    fingerprint_of,
    least_similarity,
    numbers_in,
    states_other_numbers,
)


def test_fingerprints_are_the_same_on_every_machine() -> None:
    """They are stored: these numbers may change only together with `CHUNKER_VERSION`."""
    found = fingerprint_of(["Retrieval grounds a model in documents that it has never seen before."])
    assert {bin_: value for bin_, value in enumerate(found) if value != 0xFFFFFFFF} == {
        20: 1891518021,
        55: 429854796,
        146: 1063350435,
        150: 3059503646,
        155: 3926689506,
        212: 3328853977,
        238: 2940747421,
        241: 2210762229,
    }


@pytest.mark.parametrize(("words", "least"), [(0, SAME_NOTE), (SHORT - 1, SAME_NOTE), (SHORT, SAME_PAPER)])
def test_a_short_document_must_be_more_similar_to_count_as_a_repeat(words: int, least: float) -> None:
    half, rest = divmod(words, 2)
    blocks = (Block("word " * half, 1), Block("word " * (half + rest), 2))
    assert least_similarity(Document("a", "a.md", "T", blocks)) == least


def test_characters_of_a_script_without_spaces_count_as_words() -> None:
    assert least_similarity(Document("a", "a.md", "T", (Block("水" * SHORT, 1),))) == SAME_PAPER


def other(title: str, text: str, other_title: str, other_text: str) -> bool:
    return states_other_numbers(numbers_in(title, [text]), numbers_in(other_title, [other_text]))


def test_another_year_in_the_title_is_another_document() -> None:
    assert other("Report 2023", "no figures", "Report 2024", "no figures")
    assert not other("Report 2023", "no figures", "The report of 2023", "no figures")


def test_a_number_in_twenty_may_be_new() -> None:
    shared = " ".join(str(n) for n in range(100, 119))
    assert not other("T", f"{shared} 7", "T", shared)
    assert other("T", f"{shared} 7 8", "T", shared)


def test_numbers_that_only_the_other_document_states_make_no_difference() -> None:
    assert not other("T", "12 and 13", "T", "12, 13, 14, 15, 16")
    assert not other("T", "nothing counted", "T", "12 and 13")


def test_a_number_is_the_same_however_its_thousands_are_set_off() -> None:
    assert not other("T", "1,410 pages", "T", "1410 pages")
    assert not other("T", "1\u202f410 pages", "T", "1410 pages")
    assert other("T", "14.10 pages", "T", "1410 pages")
