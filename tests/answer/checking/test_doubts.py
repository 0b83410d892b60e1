"""Reasons to doubt a sentence although its sources have its words."""

from __future__ import annotations

import pytest

from ragft.answer.checking.doubts import doubts, words_missing
from tests.answer.fakes import hit

LOCKS = hit(
    "The Haro lock has 48 bolts a gate and was repaired twice. The Mira lock has 36 bolts a gate. It never leaked. "
    "Larger gates bring more noise. Locks have a gate, a sluice and a beam.",
    title="On locks",
)


@pytest.mark.parametrize(
    ("sentence", "doubt"),
    [
        ("The Mira lock has 48 bolts a gate.", "number_of_another"),
        ("The Tarn lock was repaired twice and has bolts at a gate.", "name_of_another"),
        ("The Haro lock was not repaired.", "denied"),
        ("The Mira lock was repaired twice.", "name_of_another"),
        ("Locks have a gate, a sluice and a capstan.", "item_of_another"),
        ("Larger gates bring less noise.", "reversed"),
        ("The Haro lock has bolts a gate, cast by Swedish blacksmiths.", "words_missing"),
        ("The Haro lock has bolts a gate and copper sheathing.", "words_missing"),
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
        "The sturdy Haro lock has bolts a gate, and repairs are recorded.",
        "The author says that larger gates result in more noise.",
        "The alpha beta of the Haro lock has bolts a gate.",
    ],
)
def test_what_the_source_says_is_not_doubted(sentence: str) -> None:
    assert doubts(sentence, [LOCKS], [LOCKS]) == ()


def test_a_number_tells_of_what_a_sentence_speaks() -> None:
    """Three words and 21 % with one name outweigh two of these words with the other."""
    text = "The Haro gate leaked less, by 21 %. The Mira gate leaked in May."
    passage = hit(text, title="On leaks")
    assert doubts("The Haro gate leaked less, by 21 %.", [passage], [passage]) == ()
    assert "name_of_another" in doubts("The Mira gate leaked less, by 21 %.", [passage], [passage])


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        (
            "Draught means that water leaves the chamber.",
            "Seepage means that water leaves the chamber. Draught: depth.",
        ),
        ("The encoder reads what the decoder writes.", "The decoder reads what the encoder writes."),
        ("HARO raises thousands of gates at once.", "MIRA, built after HARO, raises thousands of gates at once."),
    ],
)
def test_a_definition_or_a_subject_of_another_is_the_name_of_another(sentence: str, text: str) -> None:
    passage = hit(text, title="On locks")
    assert doubts(sentence, [passage], [passage]) == ("name_of_another",)


def test_an_opposite_before_other_words_has_a_name_of_its_own() -> None:
    keeper = hit("The last gate keeper leaves at noon.")
    assert doubts("The first gate closes at noon.", [keeper], [keeper]) == ("opposite_word",)


def test_numbers_that_deny_their_own_comparison_say_the_opposite() -> None:
    passage = hit("The Haro gate weighs 11 tons. The Mira gate weighs 15 tons.", title="On gates")
    claim = "The Haro gate weighs 11 tons, {} than the Mira gate with 15 tons."
    assert doubts(claim.format("less"), [passage], [passage]) == ()
    assert doubts(claim.format("more"), [passage], [passage]) == ("reversed",)


def test_a_comparison_the_other_way_round_says_the_opposite() -> None:
    passage = hit("Oak gates are preferred to iron gates.", title="On gates")
    assert doubts("Iron gates are preferred to oak gates.", [passage], [passage]) == ("reversed",)


def test_an_opposite_in_one_of_two_cited_sources_is_no_doubt() -> None:
    agrees = hit("Larger gates bring less noise at night.", title="On locks")
    assert doubts("Larger gates bring less noise.", [LOCKS, agrees], [LOCKS, agrees]) == ()


def test_a_name_in_the_title_is_that_of_every_sentence() -> None:
    sentence, text = "The Haro lock has bolts in its gate.", "The bolts in its gate came from Sheffield."
    assert doubts(sentence, [haro := hit(text, title="The Haro lock")], [haro]) == ()
    assert doubts(sentence, [locks := hit(text, title="On locks")], [locks]) == ("name_of_another",)


def test_missing_words_are_looked_for_in_the_document_and_in_no_other() -> None:
    sentence = "The Haro lock has bolts a gate, cast by Swedish blacksmiths."
    same, other = (hit("Swedish blacksmiths cast anchors.", number=number) for number in (0, 1))
    assert doubts(sentence, [LOCKS], [LOCKS, same]) == ()
    assert doubts(sentence, [LOCKS], [LOCKS, other]) == ("words_missing",)


def test_a_denial_that_the_document_has_elsewhere_is_not_doubted() -> None:
    other = hit("In one year the Haro lock was not repaired.", title="On locks")
    assert doubts("The Haro lock was not repaired.", [LOCKS], [LOCKS, other]) == ()


@pytest.mark.parametrize(
    ("sentence", "added"),
    [
        ("The Haro lock has 48 bolts a gate, painted by volunteers.", True),
        ("The Haro lock was repaired twice and painted by volunteers.", True),
        ("Painted by volunteers, the Haro lock was repaired twice.", False),  # the first clause has the subject
        ("The Haro lock was repaired twice, and painted.", False),
        ("The Haro lock was repaired twice, and the paper says so in one place.", False),
    ],
)
def test_a_clause_of_which_what_is_cited_has_no_word_is_an_addition(sentence: str, added: bool) -> None:
    elsewhere = hit("Volunteers met. A fence was painted in May.", title="On locks")
    assert doubts(sentence, [LOCKS], [LOCKS, elsewhere]) == (("words_missing",) if added else ())


def test_a_clause_that_one_of_the_closest_sentences_denies_too_is_not_doubted() -> None:
    sentence = "The old lock opens at noon, while the new lock has no keepers in spring."
    passage = hit(f"In spring the new lock has two keepers. {sentence}", title="On locks")
    assert doubts(sentence, [passage], [passage]) == ()


def test_forms_of_a_word_are_not_missing() -> None:
    assert words_missing("Accessible gates", [hit("access to a gate")]) == []


def test_the_words_of_an_acronym_of_the_source_are_not_missing() -> None:
    gates = hit("Gates close by the HLS in winter.", title="On gates")
    assert doubts("Gates close by the hydraulic locking system in winter.", [gates], [gates]) == ()


@pytest.mark.parametrize(
    ("sentence", "denying"),
    [
        ("The wet rope does not stay.", "Keepers keep the wet rope."),
        ("The gate was not unsafe.", "The gate could be unsafe in spring."),
        ("The gate does not turn by itself.", "The gate turns by itself, without a rope at noon."),
        ("The keeper will hardly open the gate.", "The keeper will likely open the gate."),
        (
            "The keeper lifts the beam; the iron gate moves on a rope.",
            "The keeper lifts the beam. The iron gate does not move on a rope.",
        ),
        ("Gates are opened without a rope.", "Instead of smoke, keepers use flags; gates are opened with a rope."),
        ("The keeper does not open the gate.", "Unlike in rain, ships wait far away; the keeper opens the gate."),
    ],
)
def test_a_denial_of_something_else_in_the_source_excuses_nothing(sentence: str, denying: str) -> None:
    passage = hit(denying, title="On gates")
    assert "denied" in doubts(sentence, [passage], [passage])


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("The lock runs without keepers.", "A keeper-free lock runs since May."),
        ("The lock was built in the absence of plans.", "No plans were at hand as the lock was built."),
        ("One rope is not enough when a long barge waits.", "A long barge waits on two ropes."),
    ],
)
def test_another_way_to_deny_is_no_contradiction(sentence: str, text: str) -> None:
    passage = hit(text, title="On gates")
    assert "denied" not in doubts(sentence, [passage], [passage])


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("Mira keeps its gates shut in frost.", "We keep the gates shut in frost, as MIRA does in rain."),
        ("MIRA hält die Tore bei Frost geschlossen.", "Wir halten die Tore bei Frost geschlossen."),
    ],
)
def test_what_the_authors_say_of_themselves_is_not_said_of_another(sentence: str, text: str) -> None:
    haro = hit(text, title="The HARO lock")
    assert "name_of_another" in doubts(sentence.replace("Mira", "MIRA"), [haro], [haro])
    assert "name_of_another" not in doubts(sentence.replace("Mira", "HARO").replace("MIRA", "HARO"), [haro], [haro])


def test_we_speak_for_what_the_paper_names_again_and_again() -> None:
    text = "TARN is a lock. TARN has gates. TARN is in Mora. We paint all beams, also those of HARO, in red oil paint."
    passage = hit(text, title="On locks")
    assert doubts("TARN paints beams in red oil paint.", [passage], [passage]) == ()


def test_the_closest_sentence_of_the_document_denies_what_another_is_cited_for() -> None:
    cited = hit("The Haro lock has gates.", title="On locks")
    closest = hit("No lock is emptied in May: the Haro lock and the Mira lock stay full.", title="On locks")
    sentence = "The Haro lock and the Mira lock are both emptied in May."
    assert "denied" in doubts(sentence, [cited], [cited, closest])
    assert "denied" not in doubts(sentence, [cited], [cited])
