"""Which places of a passage are quoted for a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.answer.checking.quotes import QUOTE_CHARACTERS, find_quote, find_quotes
from tests.answer.fakes import NF4, QLORA


def _quoted(sentence: str, passage: str) -> list[str]:
    return [passage[start:end] for start, end in sorted(find_quotes(sentence, passage))]


def test_the_quote_is_the_closest_sentence() -> None:
    start, end = find_quote("Each parameter is 0.37 bits smaller by double quantisation.", NF4) or (0, 0)
    assert NF4[start:end] == "Double quantisation saves about 0.37 bits per parameter."


def test_a_sentence_that_begins_with_a_pronoun_is_quoted_with_the_one_before() -> None:
    text = "Oil ran out. QLoRA freezes the weights. It needs 48 GB for a 65B model. Sleep is good."
    quote = find_quote("QLoRA needs 48 GB for a model of 65B.", text)
    assert quote is not None
    assert text[slice(*quote)] == "QLoRA freezes the weights. It needs 48 GB for a 65B model."


def test_a_pronoun_at_the_start_of_a_paragraph_is_quoted_alone() -> None:
    text = "QLoRA freezes the weights.\nIt needs 48 GB for a 65B model."
    quote = find_quote("48 GB for a model of 65B.", text)
    assert quote is not None
    assert text[slice(*quote)] == "It needs 48 GB for a 65B model."


def test_no_quote_without_a_common_word() -> None:
    assert find_quote("Sourdough bread.", QLORA) is None


def test_a_long_sentence_is_quoted_around_the_words_that_matter() -> None:
    text = "rows " * 200 + "of the adapters weigh 26 MB " + "columns " * 200
    start, end = find_quote("The adapters weigh 26 MB.", text) or (0, 0)
    assert end - start <= QUOTE_CHARACTERS
    assert "26 MB" in text[start:end]


def test_a_number_that_only_counts_the_list_makes_no_quote() -> None:
    text = "We look at three questions. Bolts rust in salt water.\nHinges wear out, and seals leak after a winter."
    assert "We look at three questions." not in _quoted("The three faults: bolts rust, hinges wear, seals leak.", text)


def test_a_head_of_columns_without_the_number_is_quoted_beside_the_row() -> None:
    table = "lock | weight@1k | depth\nMira | 41.8 | 88.0\nOrla | 30.2 | 71.5"
    assert _quoted("Mira has a weight@1k of 41.8.", table)[-1] == "Mira | 41.8 | 88.0"


@pytest.mark.parametrize(
    ("sentence", "passage", "first", "second"),
    [
        (
            "The northern gate sticks in frost because its rollers are dry, so the keeper melts the ice with steam.",
            "The northern gate sticks in frost because its rollers are dry. Visitors come in May. "
            "Most of them walk. Then the keeper melts the ice with steam.",
            "The northern gate sticks in frost because its rollers are dry.",
            "Then the keeper melts the ice with steam.",
        ),
        (
            "Das Nordtor klemmt bei Frost, weshalb der Wärter das Eis mit Dampf auftaut.",
            "Das Nordtor klemmt bei Frost. Besucher kommen im Mai. Die meisten gehen zu Fuß. "
            "Der Wärter muss das Eis mit Dampf auftauen, denn sonst taut es nicht auf.",
            "Das Nordtor klemmt bei Frost.",
            "Der Wärter muss das Eis mit Dampf auftauen, denn sonst taut es nicht auf.",
        ),
        (
            "北门在严寒时会卡住，守闸人用蒸汽融化冰层。",
            "北门在严寒时会卡住。游客五月到来。多数人步行前往。守闸人用蒸汽融化冰层。",
            "北门在严寒时会卡住。",
            "守闸人用蒸汽融化冰层。",
        ),
    ],
)
def test_a_sentence_joined_from_two_places_is_quoted_from_both(
    sentence: str, passage: str, first: str, second: str
) -> None:
    assert _quoted(sentence, passage) == [first, second]


def test_a_place_that_adds_one_word_is_not_quoted_too() -> None:
    text = "QLoRA needs 48 GB for a model of 65B. Bread rises slowly. The weights are stored in four bits."
    assert _quoted("QLoRA needs 48 GB for the weights of a 65B model.", text) == [
        "QLoRA needs 48 GB for a model of 65B."
    ]


@given(st.text(max_size=300), st.text(max_size=300))
def test_quotes_lie_apart_in_the_passage_on_whole_words(sentence: str, passage: str) -> None:
    quotes = find_quotes(sentence, passage)
    assert not quotes or quotes[0] == find_quote(sentence, passage)
    end = 0
    for first, last in sorted(quotes):
        assert end <= first < last <= len(passage)
        assert passage[first:last].strip() == passage[first:last]
        end = last


CONTRIBUTIONS = "Author contributions\nAnn proved that QLoRA needs 48 GB for a 65B model and wrote the text."


def test_who_did_what_is_not_quoted_where_another_sentence_says_the_same() -> None:
    text = f"A 65B model takes 48 GB in QLoRA.\n{CONTRIBUTIONS}"
    assert _quoted("QLoRA needs 48 GB for a 65B model.", text) == ["A 65B model takes 48 GB in QLoRA."]


def test_who_did_what_is_quoted_where_nothing_else_says_it() -> None:
    assert _quoted("Ann wrote the text.", f"A 65B model takes 48 GB in QLoRA.\n{CONTRIBUTIONS}") == [
        CONTRIBUTIONS.split("\n")[1]
    ]


def test_the_section_before_the_text_counts() -> None:
    text = "Ann ran QLoRA on a 65B model.\nB Results of QLoRA\nA 65B model is run by QLoRA."
    claim = "Ann ran QLoRA on a 65B model."
    assert [text[slice(*place)] for place in find_quotes(claim, text)] == [claim]
    assert text[slice(*find_quotes("QLoRA ran a 65B model.", text, "Acknowledgements")[0])] == (
        "A 65B model is run by QLoRA."
    )


def test_a_marked_heading_is_quoted_only_where_nothing_else_says_it() -> None:
    heading = "# Attention in the Haro lock"
    sentence = "The Haro lock has much attention."
    text = f"{heading}\nMuch attention was on Haro, a lock."
    start, end = find_quote(sentence, text) or (0, 0)
    assert text[start:end] == "Much attention was on Haro, a lock."
    assert find_quote(sentence, heading) is not None
