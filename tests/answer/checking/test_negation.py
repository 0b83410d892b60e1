"""Denials are compared word by word: what one sentence denies, another may not state."""

from __future__ import annotations

import pytest

from ragft.answer.checking.negation import affirms_denied, denied, denies, denies_near, opposes


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("DPO needs a reward model.", "DPO does not need a reward model."),
        ("The index can't be replaced.", "The index can be replaced."),
        ("Chain of thought helps small models.", "Chain of thought never helps small models."),
        ("Updating the index is needed for good results.", "We do not find that updating the index is needed."),
        ("The verifier cannot be trained.", "The verifier can be trained."),
        ("FLARE brought a significant gain over not retrieving.", "FLARE did not provide significant gains."),
        ("Labels are needed.", "No labels are needed."),
        ("Haro has 38.5 boats a day.", "Haro does not have 38.5 boats a day."),
    ],
)
def test_a_lost_or_added_denial_is_seen(claim: str, source: str) -> None:
    assert opposes(claim, source)
    assert opposes(source, claim)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It works without labels.", "No labels are needed."),
        ("No, DPR already outperforms BM25.", "Our DPR already outperforms BM25."),
        ("DPO does not need a reward model.", "DPO never needs a reward model."),
        ("It is trained on pairs.", "It is trained on pairs, without a decoder."),
        ("LLMs cannot replace search engines.", "LLMs will not be able to replace search engines."),
        ("Some tokens need no world knowledge.", "Not all tokens require world knowledge."),
        ("Many tokens need world knowledge.", "Not all tokens need world knowledge."),
        ("LLMs cannot replace search engines.", "LLMs would unlikely be able to replace search engines."),
        ("The model is not larger, and the data are larger.", "The data are larger, but the model is not larger."),
    ],
)
def test_what_both_say_is_no_denial(claim: str, source: str) -> None:
    assert not opposes(claim, source)


def test_a_denial_reaches_the_verb_and_its_object() -> None:
    assert denied("It does not improve accuracy much, and it uses queries.") == {"improv", "accuraci"}


def test_a_denial_ends_with_its_cell() -> None:
    assert denied("Haro | no | 36 bolts") == frozenset()


def test_a_point_within_a_number_ends_no_clause() -> None:
    assert denies_near("It holds no more than 1.5 gates.", "gate", "It does not hold gates.")
    assert not denies_near("It holds no more than 1. Gates are 5.", "gate", "It does not hold gates.")


@pytest.mark.parametrize(
    "text",
    [
        "It is unlikely to help.",
        "They use this instead of labels.",
        "An inaccessible store.",
        "By previously-unknown means.",
    ],
)
def test_some_words_deny_without_a_negation(text: str) -> None:
    assert denies(text)


@pytest.mark.parametrize("text", ["An important input until then.", "The unit is under the non-parametric memory."])
def test_beginnings_that_look_like_a_denial(text: str) -> None:
    assert not denies(text)


@pytest.mark.parametrize(
    ("claim", "affirms"),
    [
        ("The Haro lock helps small boats.", True),
        ("The Haro lock does not help small boats.", False),
        ("The Haro lock impedes small boats in spring.", False),  # two words of its own
        ("The Haro lock lifts small boats.", False),  # what it denies it says itself
        ("Small boats came.", False),
    ],
)
def test_another_word_for_what_the_source_denies(claim: str, affirms: bool) -> None:
    source = "The Haro lock does not lift small boats."
    assert affirms_denied(claim, source) is affirms


def test_neither_denies_the_verb_of_two_subjects() -> None:
    source = "No model is trained in HyDE: both the language model and the encoder stay intact."
    claim = "Neither the language model nor the encoder is trained in HyDE."
    assert "train" in denied(claim)
    assert not denied(claim) & {"model", "encod"}
    assert not opposes(claim, source)
    assert opposes("HyDE trains both the language model and the encoder.", source)
    assert denied("It uses neither labels nor rewards.") == {"label", "reward"}


def test_another_clause_is_not_denied() -> None:
    assert denied("This is not necessary and a pure Transformer is used.") == {"necessari"}


def test_a_negation_behind_a_noun_denies_nothing_of_the_sentence() -> None:
    source = "The models make up facts not present in the input half as often as GPT-3."
    assert not affirms_denied("The models make up facts today half as often as GPT-3.", source)


@pytest.mark.parametrize("word", ["were also", "were therefore", "were certainly", "need", "did"])
def test_a_negation_behind_a_verb_or_an_adverb_is_one_of_the_sentence(word: str) -> None:
    source = f"The Haro gates {word} not painted for small boats."
    assert affirms_denied("The Haro gates closed for small boats.", source)
