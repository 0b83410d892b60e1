"""The beginnings of questions that code derives from a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.dataset.angles import angles


@pytest.mark.parametrize(
    ("sentence", "start"),
    [
        ("Dense retrieval finds paraphrases and misses names.", "What does dense retrieval find"),
        ("The BEIR collection brings together 18 data sets.", "What does the BEIR collection bring together"),
        ("The BEIR collection brings together 18 data sets.", "How many data sets"),
        ("Faithfulness is the number of supported statements.", "What is faithfulness"),
        ("Weights are quantised in blocks of 64.", "How are weights quantised"),
        ("QLoRA saves memory by keeping the base weights frozen.", "How does QLoRA"),
        ("BM25 favours rare words because they say more about a topic.", "Why does BM25"),
        ("RAG-Token may change its source with every token.", "What may RAG-Token change"),
        ("Ragas showed that evaluation is possible without gold answers.", "What did Ragas show"),
        ("Fusion relies on ranks alone.", "What does Fusion rely on"),
        ("The training set held about 7 billion tokens.", "How many tokens"),
    ],
)
def test_the_beginning_fits_the_sentence(sentence: str, start: str) -> None:
    common = {"dense", "faithfulness", "weights"}
    assert start in [angle.start for angle in angles(sentence, common)]


@pytest.mark.parametrize(
    "sentence",
    [
        "The planted passages read naturally.",  # no object
        "Results from two judges cannot be compared.",  # a noun that looks like a verb
        "A model of four billion parameters needs care.",  # the number belongs to a name
        "Scales stored apart would be awkward there.",  # a participle
        "The two corrections address different defects.",  # a subject that needs its neighbours
        "Encoding was the strongest.",  # a superlative is no definition
    ],
)
def test_what_only_looks_like_it_is_left_alone(sentence: str) -> None:
    starts = [angle.start for angle in angles(sentence)]
    assert not [s for s in starts if not s.startswith("What does a model of four")]


def test_a_name_keeps_its_capital_and_a_common_word_does_not() -> None:
    sentence = "Abstention converts a hallucination into an honest gap."
    assert angles(sentence)[0].start == "What does Abstention convert"
    assert angles(sentence, {"abstention"})[0].start == "What does abstention convert"


@given(st.text(max_size=200))
def test_no_text_breaks_it_and_the_focus_stands_in_the_sentence(text: str) -> None:
    for angle in angles(text):
        assert angle.focus in text
