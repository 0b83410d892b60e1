"""An item of a list, a thing defined, or a subject, put in the place of another."""

from __future__ import annotations

import time

import pytest

from ragft.answer.checking.exchanged import defines_another, item_exchanged, sibling_exchanged, subject_exchanged

LIST = "The survey knows three kinds of lock: guard lock, flash lock, and pound lock. Tide locks are rare."


@pytest.mark.parametrize(
    ("claim", "exchanged"),
    [
        ("The three kinds are guard lock, flash lock and pound lock.", False),
        ("The three kinds are guard lock, flash lock and canal lift.", True),
        ("The three kinds are guard lock, tidal barrage and pound lock.", True),
        ("The three kinds are weirs, flash lock and pound lock.", True),
        ("The kinds are guard lock and canal lift.", False),  # two are no list
        ("The kinds are canal lift, tidal barrage and pound lock.", False),  # a list of other things
        ("The kinds are guard lock, flash lock and tide lock.", False),  # the passage has it elsewhere
        ("When a lock is of the pound kind, its guard flashes, then a canal lift follows and rises.", False),
    ],
)
def test_one_item_of_a_list_is_exchanged(claim: str, exchanged: bool) -> None:
    assert item_exchanged(claim, [LIST]) is exchanged


def test_a_passage_with_all_the_items_settles_it() -> None:
    claim = "The three kinds are guard lock, flash lock and canal lift."
    assert item_exchanged(claim, [LIST, "Elsewhere: guard lock, canal lift, flash lock."]) is False


def test_a_passage_that_is_no_list_says_nothing_of_lists() -> None:
    assert not item_exchanged("It has a guard lock, a canal lift and a pound lock.", ["A guard lock is a pound lock."])


DEFINITIONS = (
    "We look at two values. Seepage refers to water that leaves the chamber through its walls. "
    "(2) Draught: the depth of a vessel below the surface."
)


@pytest.mark.parametrize(
    ("claim", "another"),
    [
        ("Seepage means that water leaves the chamber through its walls.", False),
        ("Draught means that water leaves the chamber through its walls.", True),
        ("Seepage refers to the depth of a vessel below the surface.", True),
        ("Leakage means that water leaves the chamber through its walls.", False),  # perhaps another word for it
        ("Draught leaves the chamber through its walls.", False),  # no definition
    ],
)
def test_the_definition_of_another_thing(claim: str, another: bool) -> None:
    assert defines_another(claim, [DEFINITIONS]) is another


@pytest.mark.parametrize(
    ("claim", "exchanged"),
    [
        ("MIRA raises thousands of gates at once.", False),
        ("HARO raises thousands of gates at once.", True),
        ("Yes, HARO raises thousands of gates at once.", True),
        ("HARO lets MIRA raise thousands of gates at once.", False),
        ("It raises thousands of gates at once.", False),
        ("TARN raises thousands of gates at once.", False),  # a name the sentence does not have: claim_names judges it
    ],
)
def test_the_subject_of_the_closest_sentence_counts(claim: str, exchanged: bool) -> None:
    assert subject_exchanged(claim, ["MIRA, built after HARO, raises thousands of gates at once."]) is exchanged


@pytest.mark.parametrize(
    ("claim", "exchanged"),
    [
        ("AdaMax is a variant of the Adam algorithm based on the infinity norm.", False),
        ("Adam is a variant of the Adam algorithm based on the infinity norm.", True),
        ("RMSProp is a variant of the Adam algorithm based on the infinity norm.", True),
        ("Adam is an algorithm.", False),
    ],
)
def test_what_a_name_is_said_to_be_beside_it(claim: str, exchanged: bool) -> None:
    text = "Finally, we discuss AdaMax, a variant of the Adam algorithm based on the infinity norm."
    assert subject_exchanged(claim, [text]) is exchanged


def test_what_is_said_of_both_names_is_exchanged_for_neither() -> None:
    text = "MIRA is a lock with gates of iron. HARO, a lock with gates of iron, came later."
    assert not subject_exchanged("MIRA is a lock with gates of iron.", [text])


@pytest.mark.parametrize("text", ["A" * 20_000, "A-" * 10_000, "TARN, a " * 2_500])
def test_a_long_word_and_many_names_take_no_longer_than_their_length_asks_for(text: str) -> None:
    claim = "MIRA is a lock with gates of iron."
    started = time.process_time()
    assert not subject_exchanged(claim, [text])
    assert not item_exchanged("It has a lock" + " " * 20_000 + "and a gate, or a weir and a lift.", [text])
    assert time.process_time() - started < 3


GATES = "All gates were tested. The LOCK-3 model with its base gate needs 90 GB of CPU memory for a year of boats."


@pytest.mark.parametrize(
    ("claim", "exchanged"),
    [
        ("LOCK-3 with its base gate needs 90 GB of CPU memory.", False),
        ("LOCK-4 with its base gate needs 90 GB of CPU memory.", True),
        ("LOCK-3 with its big gate needs 90 GB of CPU memory.", True),
        ("LOCK-3 with its base gate needs 90 GB of GPU memory.", True),
        ("Unlike LOCK-4, LOCK-3 with its base gate needs 90 GB of CPU memory.", False),  # it names the other as well
        ("LOCK-4 was built in 1901.", False),  # no sentence is close
    ],
)
def test_a_name_of_the_family_in_its_place(claim: str, exchanged: bool) -> None:
    assert sibling_exchanged(claim, [GATES]) is exchanged


def test_a_name_that_is_there_without_its_sort_is_no_sibling() -> None:
    assert not sibling_exchanged("FID models beat the others.", ["FID beats the RAG models and all others."])
    assert not sibling_exchanged("FID models beat the others.", [])
