"""What a number is said of: a sentence, or a row and its column."""

from __future__ import annotations

from ragft.answer.checking.values import clauses, overlaps, places_of

TABLE = (
    "Table 3: Bolts and weight of the gates of two locks.\n"
    "Lock | Bolts | Weight\nHaro | 48 | 3.5\nMira | 36 | 2.5\n"
    "Each gate of the Haro lock was raised in 1894. The gate of Mira was raised in 1901."
)


def doubted(claim: str, text: str = TABLE) -> bool:
    found = overlaps(claim, places_of(text, "On locks", ""))
    return any(one is not None and one.rival > one.own for one in found)


def test_a_cell_is_said_of_its_row() -> None:
    assert not doubted("Haro has 48 bolts.")
    assert doubted("Mira has 48 bolts.")


def test_a_cell_is_said_of_its_column() -> None:
    assert not doubted("The weight of Mira is 2.5 t.")
    text = TABLE.replace("3.5", "60").replace("2.5", "70")
    assert doubted("Haro has 60 bolts.", text)


def test_a_number_of_another_sentence_is_doubted() -> None:
    assert not doubted("The gate of the Haro lock was raised in 1894.")
    assert doubted("The gate of the Haro lock was raised in 1901.")


def test_two_values_of_one_sentence_are_told_apart() -> None:
    text = "In particular, we consider a 52-billion Cohere model and an 11-billion FLAN model."
    assert not doubted("The Cohere model has 52 billion parameters and the FLAN model 11 billion.", text)
    assert doubted("The FLAN model has 52 billion parameters and the Cohere model 11 billion.", text)


def test_a_number_that_no_place_has_is_not_compared() -> None:
    assert overlaps("Haro has 99 bolts.", places_of(TABLE, "", "")) == [None]


def test_words_for_few_count_for_nothing() -> None:
    assert overlaps("The two locks are old.", places_of(TABLE, "", "")) == []


def test_what_says_where_stays_with_its_clause() -> None:
    assert clauses("With 4 heads, it gets 24.9, but 25.8 is the best.") == [
        "With 4 heads it gets 24.9",
        "but 25.8 is the best.",
    ]
