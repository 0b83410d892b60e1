"""What the documents tell of a question: which are right, what they hold, and how alike a text is to its reference."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ragft.benchmark.asking.bench_corpus import BenchCorpus
from ragft.benchmark.base import BenchmarkQuestion

ASK = BenchmarkQuestion(
    "q",
    "How large a model fits a single 48 GB GPU?",
    reference="A 65B model.",
    documents=("qlora.pdf",),
    pages=(2,),
)


def test_a_document_that_the_index_lacks_is_right_but_cannot_be_found(shelf: Any) -> None:
    placed = BenchCorpus(shelf).placed(replace(ASK, documents=("QLoRA.PDF", "moe.pdf")))
    assert placed.right_documents == {"qlora", "missing:moe.pdf"}
    assert (placed.id, placed.pages) == (ASK.id, ASK.pages)


def test_right_evidence_is_of_the_pages_that_answer(shelf: Any) -> None:
    corpus = BenchCorpus(shelf)
    assert [item.hit.chunk_id for item in corpus.right_evidence(ASK, 3)] == ["qlora.pdf-1"]
    anywhere = replace(ASK, pages=())
    assert [item.hit.chunk_id for item in corpus.right_evidence(anywhere, 3)] == ["qlora.pdf-0", "qlora.pdf-1"]
    assert [item.hit.chunk_id for item in corpus.right_evidence(anywhere, 1)] == ["qlora.pdf-0"]


def test_as_much_evidence_is_left_without_the_documents_that_are_withheld(shelf: Any) -> None:
    left = BenchCorpus(shelf).evidence_left(replace(ASK, withheld=("qlora.pdf",)), 2, shelf)
    assert {item.hit.document_id for item in left} == {"rag", "bread"}
    assert [item.key for item in left] == ["1", "2"]


def test_a_text_is_compared_with_the_reference(shelf: Any) -> None:
    similarity = BenchCorpus(shelf).placed(ASK).similarity
    assert similarity(ASK.reference) == pytest.approx(1)
    assert similarity("Bread.") == pytest.approx(0, abs=0.5)
    assert similarity(" ") is None
    assert BenchCorpus(shelf).placed(replace(ASK, reference="")).similarity("Bread.") is None


def test_what_was_remembered_is_not_encoded_again(shelf: Any) -> None:
    corpus = BenchCorpus(shelf)
    corpus.remember([ASK.reference, "A 7B model.", " "])
    assert corpus.placed(ASK).similarity("A 7B model.") == pytest.approx(2 / 3)
    assert shelf.encodings == 1
