"""Which questions the documents can answer; the sample papers are known by their content."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.benchmark.base import BenchmarkQuestion
from ragft.benchmark.relevance import answerable_here, is_sample, sample_documents
from ragft.corpus.readers.base import document_id
from ragft.errors import UsageError
from ragft.index.base import DocumentRecord, DocumentStatus

PAPERS = Path(__file__).parents[2] / "corpus" / "papers"
SAMPLE = sample_documents()


def record(found: str, path: str, status: DocumentStatus = "indexed") -> DocumentRecord:
    return DocumentRecord(found, path, path, (), None, 1, 1, status)


SHELF = [record(found, name) for name, found in SAMPLE.items()]
OWN_LORA = record("0123456789abcdef", "/mine/lora.pdf")
ASKED = {
    "papers": [
        BenchmarkQuestion("lora", "What is LoRA?", documents=("lora.pdf",)),
        BenchmarkQuestion("rag", "What is RAG?", documents=("rag.pdf",)),
        BenchmarkQuestion("any", "What is the weather?", answerable=False),
    ]
}


def kept(documents: list[DocumentRecord], *, ships: bool = True) -> list[str]:
    ids = {Path(found.path).name: found.id for found in documents}
    found, _ = answerable_here(ASKED, documents, ids.get, ships=ships)
    return [question.id for question in found["papers"]]


def test_the_list_of_sample_papers_is_that_of_the_files() -> None:
    assert {path.name: document_id(path) for path in PAPERS.glob("*.pdf")} == dict(SAMPLE)


def test_the_sample_papers_are_asked_about_in_any_part() -> None:
    assert kept(SHELF) == ["lora", "rag", "any"]
    assert kept([found for found in SHELF if found.path != "rag.pdf"]) == ["lora", "any"]


def test_a_paper_of_the_same_name_is_another_one() -> None:
    with pytest.raises(UsageError, match="none of the 2 questions of papers"):
        kept([OWN_LORA])
    assert kept([OWN_LORA], ships=False) == ["lora", "any"]


def test_among_other_documents_the_sample_questions_are_not_asked() -> None:
    with pytest.raises(UsageError, match="about the sample papers alone"):
        kept([*SHELF, record("fedcba9876543210", "/mine/notes.md")])
    assert kept([*SHELF, record("fedcba9876543210", "/mine/broken.pdf", "failed")])


def test_nothing_is_no_sample() -> None:
    assert is_sample(SHELF)
    assert not is_sample([])
    assert not is_sample([OWN_LORA])


def test_a_question_that_names_no_document_is_kept() -> None:
    asked = {"own": [BenchmarkQuestion("a", "What?"), BenchmarkQuestion("b", "Why?", documents=("gone.pdf",))]}
    with pytest.raises(UsageError):
        answerable_here(asked, [OWN_LORA], {}.get, ships=False)
    assert answerable_here({"own": asked["own"][:1]}, [OWN_LORA], {}.get, ships=False)[0] == {"own": asked["own"][:1]}
