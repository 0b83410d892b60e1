"""Which sentences may become answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.base import Chunk
from ragft.tasks.papers.recipe.claims import claims_of, is_claim, plain_sentence


def chunk(text: str, section: str = "Method", number: int = 0) -> Chunk:
    return Chunk(f"c{number}", "d", number, text, "Title", section, (1, 1))


@pytest.mark.parametrize(
    "sentence",
    [
        "LoRA freezes the pretrained weights and adds a product of two thin matrices.",
        "The BEIR collection contains 18 data sets from biomedicine and finance.",
        "FActScore splits a long text into atomic facts and checks each of them.",
    ],
)
def test_a_sentence_that_stands_alone_is_a_claim(sentence: str) -> None:
    assert is_claim(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "This halves the memory that the optimiser state needs in training.",
        "However, the memory that the optimiser needs is halved by the change.",
        "We propose a retrieval model that reads passages one by one.",
        "Table 3 lists the memory that each optimiser needs in training.",
        "Specific metrics of each evaluation aspect are summarised in Table III.",
        "RAGCache applies a similar process to the memory of the host.",
        "Section 10 gives an outlook on the future of retrieval and generation.",
        "2 comparisons are treated as a separate point of the data.",
        "The results in the table above favour the larger retrieval model.",
        "Lewis et al. trained a retriever and a generator together end to end.",
        "Adam keeps θ and updates it by the learning rate times the moment ratio.",
        "Adam keeps two moments of every gradient, see https://example.org for code.",
        "Short and plain words.",
        "Retrieval finds the passages that answer a question and then it",
        "Does retrieval find the passages that answer a question in a corpus?",
    ],
)
def test_a_sentence_that_leans_on_others_or_is_no_prose_is_none(sentence: str) -> None:
    assert not is_claim(sentence)


def test_reference_marks_are_taken_out_of_the_answer() -> None:
    text = "Dense retrieval finds paraphrases [3, 7] and misses rare names (Karpukhin et al., 2020; Lee, 2019)."
    assert plain_sentence(text) == "Dense retrieval finds paraphrases and misses rare names."


def test_a_sentence_loses_the_number_of_its_item() -> None:
    assert plain_sentence("2. Train a reward model on comparisons.") == "Train a reward model on comparisons."
    for whole in (
        "2.5 million rows were read.",
        "15. August 1947 is the date of the independence of India.",
        "3. Oktober 1990 wurde die deutsche Einheit vollendet.",
        "2. Weltkrieg und Nachkriegszeit sind das Thema des Buches.",
    ):
        assert plain_sentence(whole) == whole


def test_sections_that_are_no_content_are_skipped_and_overlaps_counted_once() -> None:
    sentence = "LoRA freezes the pretrained weights and adds a product of two thin matrices."
    chunks = [chunk(sentence), chunk(sentence, number=1), chunk(sentence.replace("LoRA", "DoRA"), "References", 2)]
    (claim,) = claims_of(chunks)
    assert claim.chunk.id == "c0"
    assert claim.chunk.text[claim.start : claim.end] == sentence


@given(st.text(max_size=300))
def test_any_text_gives_claims_that_stand_in_it(text: str) -> None:
    for claim in claims_of([chunk(text)]):
        assert claim.text == plain_sentence(text[claim.start : claim.end])
