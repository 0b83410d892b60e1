"""What speaks against a sentence whose words stand in its sources."""

from __future__ import annotations

import pytest

from ragft.answer.checking.doubts import doubts, words_missing
from tests.answer.fakes import hit

LOCKS = hit(
    "The Haro lock has 48 bolts a gate and was repaired twice. The Mira lock has 36 bolts a gate. It never leaked. "
    "Larger gates bring more noise.",
    title="On locks",
)


@pytest.mark.parametrize(
    ("sentence", "doubt"),
    [
        ("The Mira lock has 48 bolts a gate.", "number_of_another"),
        ("The Tarn lock was repaired twice and has bolts at a gate.", "name_of_another"),
        ("The Haro lock was not repaired.", "denied"),
        ("Larger gates bring less noise.", "reversed"),
        ("The Haro lock has bolts a gate, cast by famous Swedish blacksmiths.", "words_missing"),
    ],
)
def test_each_doubt_has_a_name(sentence: str, doubt: str) -> None:
    assert doubts(sentence, [LOCKS], [LOCKS]) == (doubt,)


@pytest.mark.parametrize(
    "sentence",
    [
        "The Haro lock has 48 bolts a gate.",
        "At Haro 48 bolts hold a gate, at Mira 36.",
        "The Mira lock never leaked.",
        "Repairs of the Haro lock were made twice.",
    ],
)
def test_nothing_speaks_against_what_the_source_says(sentence: str) -> None:
    assert doubts(sentence, [LOCKS], [LOCKS]) == ()


def test_a_denial_that_stands_elsewhere_in_the_document_is_none_of_its_own() -> None:
    other = hit("In one year the Haro lock was not repaired.", title="On locks")
    assert doubts("The Haro lock was not repaired.", [LOCKS], [LOCKS, other]) == ()


def test_forms_of_a_word_are_not_missing() -> None:
    assert words_missing("Accessible gates", [hit("access to a gate")]) == []
