"""Words of one meaning, and words that say next to nothing."""

from __future__ import annotations

import pytest

from ragft.answer.checking.opposites import reversed_words
from ragft.answer.checking.same_meaning import GROUPS, all_meanings, meanings
from ragft.answer.checking.terms import content_terms
from ragft.corpus.stems import stem


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The gate beats the weir.", "The gate outperforms the weir."),
        ("Keepers split the toll rapidly.", "Keepers divide the toll quickly."),
        ("The paper puts the beam before the gate near Mora.", "The beam before the gate near Mora."),
    ],
)
def test_the_same_in_other_words(one: str, other: str) -> None:
    assert meanings(one) == meanings(other)


def test_other_meanings_stay_apart() -> None:
    assert set(meanings("The gate opens.")) != set(meanings("The gate closes."))


def test_words_of_another_language_are_left_as_they_are() -> None:
    text = "Die große Schleuse ist das Ziel der Fahrt und der Grund für den Bau."
    assert all_meanings(text) == meanings(text) == tuple(content_terms(text))


def test_a_sentence_of_few_words_keeps_its_light_ones() -> None:
    assert meanings("The paper becomes a case.") == tuple(map(stem, ("paper", "becomes", "case")))


def test_no_word_is_in_two_groups_and_no_group_has_opposites() -> None:
    seen: dict[str, int] = {}
    for number, line in enumerate(GROUPS):
        for word in line.split():
            assert seen.setdefault(stem(word), number) == number, word
        first, *others = line.split()
        for other in others:
            assert not reversed_words(f"{first} gates", f"{other} gates"), line
