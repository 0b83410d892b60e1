"""Which source supports a sentence, and with what verdict."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ragft.answer.checking.finding import Finding, clauses_of, find_support, sources_of
from ragft.answer.checking.support import Supporter
from tests.answer.fakes import NF4, OPTIMISERS, QLORA, evidence

SOURCES = sources_of(evidence(QLORA, NF4, OPTIMISERS))
QUESTION = "How much GPU memory does QLoRA need for a 65B model?"


def find(sentence: str, *named: str, supporter: Supporter | None = None) -> Finding:
    sources = tuple(SOURCES.values())
    return find_support(sentence, QUESTION, [SOURCES[key] for key in named], sources, supporter or Supporter(), 0.6)


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("QLoRA brings the job down to a single GPU with 48 GB of memory.", "supported"),
        ("QLoRA brings the job down to a single GPU with 780 GB of memory.", "partly"),
        ("Bread dough rises for twelve hours in a warm kitchen.", "not_found"),
        ("The weights are not frozen in four bits, and gradients flow into small adapters.", "contradicted"),
    ],
)
def test_each_verdict(sentence: str, verdict: str) -> None:
    assert find(sentence, "1").verdict == verdict


def test_only_what_is_supported_may_be_cited() -> None:
    assert [item.key for item in find("Double quantisation saves about 0.37 bits per parameter.", "1").evidence] == [
        "2"
    ]
    assert find("QLoRA brings the job down to a single GPU with 780 GB of memory.", "1").evidence == ()


def test_a_model_that_reads_for_meaning_needs_no_words_in_common_but_the_numbers() -> None:
    def entail(_: str, premises: Sequence[str]) -> list[float]:
        return [0.9] * len(premises)

    supporter = Supporter(entail=entail)
    assert (
        find("Adaptation became affordable on modest consumer hardware.", "1", supporter=supporter).verdict
        == "supported"
    )
    assert find("Adaptation became affordable with 96 GB of hardware.", "1", supporter=supporter).verdict == "not_found"


def test_a_sentence_is_parted_only_where_each_clause_says_something() -> None:
    assert len(clauses_of("Paged optimisers move state to the CPU, and gradients flow into small adapters.")) == 2
    assert len(clauses_of("Paged optimisers move state to the CPU, and so on.")) == 1
