from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.base import Chunk
from ragft.corpus.text import split_sentences
from ragft.index.search.closest import DEPTH, Query, best_window, by_fitness, by_sentences
from ragft.index.search.hybrid import Ranking

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors


def encode(texts: Sequence[str]) -> Vectors:
    """A ship is a boat; everything else means something of its own."""
    rows = np.zeros((len(texts), 3), np.float32)
    for row, text in zip(rows, texts, strict=True):
        row[0 if any(word in text.lower() for word in ("ship", "boat")) else 2] = 1
    return rows


def ranking(*texts: str, sections: Sequence[str] = (), positions: Sequence[int] = ()) -> Ranking:
    """Passages of one document, each a little better than the next."""
    chunks = [
        Chunk(str(n), "d", positions[n] if positions else n, text, "", sections[n] if sections else "", (1, 1))
        for n, text in enumerate(texts)
    ]
    return Ranking(chunks, {chunk.id: -0.01 * n for n, chunk in enumerate(chunks)})


def order(found: Ranking) -> str:
    return "".join(chunk.id for chunk in found.chunks)


def query(question: str, **weights: float) -> Query:
    return Query(question, np.asarray([1, 0, 0], np.float32), weights)


def test_the_passage_with_the_closest_sentence_comes_first() -> None:
    found = ranking("The sea is deep. It is cold.", "The sea is deep. A boat swims. It is cold.")
    assert order(by_sentences(found, query("are ships afloat"), encode)) == "10"


def test_rare_words_of_the_question_count_where_two_neighbouring_sentences_have_them() -> None:
    apart = "The keel is long. Snow falls. Rain falls. The mast is high."
    together = "Snow falls. The keel is long. The mast is high. Rain falls."
    asked = query("keel and mast", keel=5.0, mast=5.0)
    assert order(by_sentences(ranking(apart, together), asked, encode)) == "10"
    assert order(by_sentences(ranking(apart, together), query("keel and mast"), encode)) == "01"


def test_an_abstract_comes_before_its_equals() -> None:
    found = ranking("The sea is deep.", "The sea is wide.", sections=("2 Method", "Abstract"))
    assert order(by_sentences(found, query("how is it"), encode)) == "10"


def test_passages_far_down_stay_there() -> None:
    texts = ["The sea is deep."] * DEPTH + ["A boat swims."]
    assert by_sentences(ranking(*texts), query("are ships afloat"), encode).chunks[-1].id == str(DEPTH)


def test_scores_fall_from_passage_to_passage() -> None:
    tables = ["tide | 1 | 2"] * DEPTH + ["A tide is a wave.", "A tide is no wave."]
    found = by_fitness(ranking(*tables, positions=[90] * len(tables)), "What is a tide?")
    scores = [found.scores[chunk.id] for chunk in found.chunks]
    assert scores == sorted(scores, reverse=True)


def test_nothing_is_made_of_nothing() -> None:
    assert order(by_sentences(ranking(), query("why"), encode)) == ""
    assert order(by_fitness(ranking(""), "why")) == "0"


@pytest.mark.parametrize("question", ["how many layers has it", "which accuracy does it reach", "how fast is it"])
def test_a_passage_with_a_number_comes_first_where_one_is_asked_for(question: str) -> None:
    assert order(by_fitness(ranking("It is good.", "It has 12 of them."), question)) == "10"


def test_a_number_of_the_question_is_no_answer() -> None:
    assert order(by_fitness(ranking("Model 7 is good.", "It has 12 layers."), "how many layers has model 7")) == "10"


def test_a_number_is_worth_nothing_where_none_is_asked_for() -> None:
    assert order(by_fitness(ranking("It is good.", "It has 12 of them."), "why is it good")) == "01"


def test_what_something_is_is_looked_for_early_and_in_sentences() -> None:
    late = ranking("It is used here.", "A tide is a wave.", positions=(30, 1))
    assert order(by_fitness(late, "What is a tide?")) == "10"
    assert order(by_fitness(late, "Why is there a tide?")) == "01"
    table = ranking("tide | 1 | 2", "A tide is a wave.", positions=(3, 3))
    assert order(by_fitness(table, "what does tide mean")) == "10"


def test_a_short_text_is_its_own_window() -> None:
    assert best_window("A ship sails. It sinks.", {"sink": 1.0}, 100) == "A ship sails. It sinks."


def test_the_window_has_most_of_the_words_by_their_weights() -> None:
    text = "The crew slept well. A ship sails north. It sinks near the coast. Nobody saw the wreck."
    assert (
        best_window(text, {"sink": 2.0, "ship": 1.0, "crew": 1.0}, 60) == "A ship sails north. It sinks near the coast."
    )


@given(st.text(st.sampled_from("ab. \n"), max_size=80), st.integers(1, 40))
def test_a_window_is_of_the_text_and_no_longer_than_asked_but_for_one_sentence(text: str, most: int) -> None:
    window = best_window(text, {"a": 1.0}, most)
    assert set(window.split()) <= set(text.split()) or window == text[:most]
    alone = [line[start:end] for line in text.split("\n") for start, end in split_sentences(line)]
    assert len(window) <= most or window in alone


def test_a_sentence_that_defines_it_comes_first_where_a_definition_is_asked_for() -> None:
    found = ranking("A tide has many uses.", "A tide is a rise of the sea.", positions=[20, 20])
    assert order(by_fitness(found, "What is a tide?")) == "10"
    assert order(by_fitness(found, "Why is there a tide?")) == "01"
