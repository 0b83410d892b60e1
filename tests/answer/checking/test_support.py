"""Support of a sentence by a passage, and the quote that shows it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.answer.checking.support import Supporter, clauses_of, sentence_spans, sentences_in, support_score
from tests.answer.fakes import NF4, OPTIMISERS, QLORA


def test_a_sentence_taken_from_the_passage_is_fully_supported() -> None:
    assert support_score("Double quantisation saves about 0.37 bits per parameter.", NF4) == pytest.approx(1.0)


def test_a_paraphrase_with_the_same_words_is_supported() -> None:
    assert support_score("For a single GPU, QLoRA brings memory down to 48 GB.", QLORA) > 0.7


def test_another_subject_is_not_supported() -> None:
    assert support_score("Bread dough rises overnight in the fridge.", QLORA) < 0.2


def test_a_wrong_number_caps_the_score() -> None:
    right = support_score("QLoRA brings it down to a single GPU with 48 GB of memory.", QLORA)
    wrong = support_score("QLoRA brings it down to a single GPU with 24 GB of memory.", QLORA)
    assert right > 0.9
    assert wrong <= 0.25


def test_a_negated_copy_scores_half() -> None:
    plain = "Paged optimisers move optimiser state to the CPU."
    negated = "Paged optimisers do not move optimiser state to the CPU."
    assert support_score(negated, OPTIMISERS) <= 0.55 * support_score(plain, OPTIMISERS)


def test_words_scattered_over_the_passage_support_less_than_words_together() -> None:
    together = "The weights are frozen in four bits."
    scattered = "The single regular adapters job brings weights."
    assert support_score(together, QLORA) > support_score(scattered, QLORA) + 0.2


@pytest.mark.parametrize("nothing", ["", "It is.", "…", "   "])
def test_a_sentence_that_claims_nothing_has_no_support(nothing: str) -> None:
    assert support_score(nothing, QLORA) == 0.0


@given(st.text(max_size=300), st.text(max_size=300))
def test_scores_stay_in_range(sentence: str, passage: str) -> None:
    assert 0.0 <= support_score(sentence, passage) <= 1.0


def _embed_by_subject(texts: object) -> np.ndarray:
    """Sentences on price and cost point one way, all others another: a paraphrase without a common word."""
    rows = [[1.0, 0.0] if any(w in t for w in ("cheap", "inexpensive")) else [0.0, 1.0] for t in texts]  # type: ignore[attr-defined]
    return np.array(rows, dtype=np.float32)


def test_meaning_lifts_a_paraphrase_but_not_a_wrong_number() -> None:
    supporter = Supporter(_embed_by_subject)
    passage = "This tool is inexpensive. Bricks are heavy."
    assert supporter.score("The tool comes cheap.", passage) > support_score("The tool comes cheap.", passage) + 0.2
    assert supporter.score("The tool is cheap, 5 dollars.", passage) <= 0.25


class RecordingEncoder:
    """Encodes every text alike, and remembers the texts."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        self.texts += texts
        return np.array([[1.0, 0.0]] * len(texts), dtype=np.float32)


def test_a_text_that_cannot_reach_the_least_support_is_not_encoded() -> None:
    encoder = RecordingEncoder()
    sentence = "The adapters are weighed in a small shop."
    words_alone = support_score(sentence, QLORA)
    assert Supporter(encoder).score(sentence, QLORA, least=0.51 + 0.5 * words_alone) == words_alone
    assert encoder.texts == []
    assert Supporter(encoder).score(sentence, QLORA, least=0.49 + 0.5 * words_alone) > words_alone
    assert encoder.texts


def test_of_a_text_with_most_of_the_words_only_the_closest_sentences_are_encoded() -> None:
    encoder = RecordingEncoder()
    sentence = "QLoRA shrinks work down to a single cheap GPU with 48 GB of memory."
    assert 0.6 < support_score(sentence, QLORA) < 0.85
    Supporter(encoder).score(sentence, QLORA)
    assert encoder.texts == [sentence, sentences_in(QLORA)[0]]


def test_a_heading_is_no_part_of_the_sentence_below_it() -> None:
    text = "3 Memory\nThe adapters weigh 26 MB. They are small."
    assert [text[start:end] for start, end in sentence_spans(text)] == [
        "3 Memory",
        "The adapters weigh 26 MB.",
        "They are small.",
    ]


def test_a_sentence_is_parted_only_where_each_clause_says_something() -> None:
    assert len(clauses_of("Paged optimisers move state to the CPU, and gradients flow into small adapters.")) == 2
    assert len(clauses_of("Paged optimisers move state to the CPU, and so on.")) == 1
