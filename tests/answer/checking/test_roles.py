"""Who does what to whom."""

from __future__ import annotations

import pytest

from ragft.answer.checking.roles import clauses_crossed, is_of_others, names_swapped, subject_of


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("HARO lacks the sluices that MIRA has.", "MIRA lacks some of the sluices known from HARO."),
        ("SGD is slower than SFO.", "SFO, a quasi-Newton method, is slower than SGD."),
        ("HARO ersetzt die Tore von MIRA.", "MIRA ersetzt die Tore von HARO."),
    ],
)
def test_two_names_that_changed_places(claim: str, source: str) -> None:
    assert names_swapped(claim, [source])
    assert not names_swapped(source, [source])


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("MIRA is beaten by HARO.", "HARO has beaten MIRA."),
        ("HARO and MIRA both leak.", "MIRA and HARO leak in spring."),
        ("The gates of HARO leak.", "HARO has gates that leak."),
        ("Nothing of the kind is said of HARO or MIRA.", "Bread rises."),
    ],
)
def test_names_in_another_order_without_another_role(claim: str, source: str) -> None:
    assert not names_swapped(claim, [source])


def test_we_do_not_speak_for_what_is_only_compared() -> None:
    text = "We keep the index fixed, unlike REALM."
    assert is_of_others("REALM keeps the index fixed.", [text], "RAG")
    assert not is_of_others("RAG keeps the index fixed.", [text], "RAG")
    assert not is_of_others("REALM keeps the index fixed.", ["REALM keeps the index fixed."], "RAG")
    assert not is_of_others("The authors keep the index fixed.", [text], "RAG")


@pytest.mark.parametrize(
    ("text", "name"), [("No, the HARO lock leaks.", "HARO"), ("The lock leaks.", ""), ("Our MIRA leaks.", "MIRA")]
)
def test_the_name_that_a_sentence_begins_with(text: str, name: str) -> None:
    assert subject_of(text) == name


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("The encoder reads what the decoder writes.", "The decoder reads what the encoder writes."),
        (
            "Keepers watch the middle of the canal and forget its ends.",
            "In winter keepers only watch the ends of a canal, while forgetting the middle.",
        ),
    ],
)
def test_words_of_two_clauses_that_changed_places(claim: str, source: str) -> None:
    assert clauses_crossed(claim, [source])
    assert not clauses_crossed(claim, [claim])


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("The decoder writes what the encoder reads.", "The encoder reads, and the decoder writes."),
        ("The encoder reads and the decoder writes.", "The decoder reads texts and writes notes."),
        ("Haro leaks and Mira rusts.", "Haro and Mira, respectively, leak and rust."),
        ("The encoder reads what the decoder writes.", "Bread rises, and the decoder reads."),
    ],
)
def test_clauses_in_another_order_are_not_crossed(claim: str, source: str) -> None:
    assert not clauses_crossed(claim, [source])
