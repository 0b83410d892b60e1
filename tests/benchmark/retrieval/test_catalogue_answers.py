"""Questions that the catalogue answers, in the benchmark of natural questions."""

from __future__ import annotations

import pytest

from ragft.answer.library.librarian import CatalogueAnswer, Librarian
from ragft.benchmark.retrieval.catalogue_answers import gives
from ragft.benchmark.retrieval.natural import NaturalReport, measure_retrieval
from ragft.benchmark.retrieval.natural_questions import AnswerDocument, NaturalQuestion
from tests.answer.library.shelves import ALIGN, ATTENTION, DPO, RESNET, library


def asks(question: str, answer: str, *titles: str, name: str = "one", **more: object) -> NaturalQuestion:
    sources = tuple(AnswerDocument(title=title) for title in titles)
    row = {"id": name, "question": question, "kind": "metadata", "documents": sources, "answer": answer, **more}
    return NaturalQuestion.model_validate({"fields": ("documents",), "corpus": "made", **row})


def report(*questions: NaturalQuestion) -> NaturalReport:
    made = library()
    return measure_retrieval(questions, made, librarian=Librarian(made))  # type: ignore[arg-type]


WROTE, PUBLISHED = "Who wrote the DPO paper?", "When was the DPO paper published?"
LENGTH = "How many pages does the DPO paper have?"


@pytest.mark.parametrize(
    ("question", "right"),
    [
        (asks(WROTE, "Rafael Rafailov, Archit Sharma and Eric Mitchell.", DPO.title, fields=("authors",)), True),
        (asks(WROTE, "Rafailov and Chelsea Finn.", DPO.title, fields=("authors",)), False),
        (asks(PUBLISHED, "In 2023, or so.", DPO.title, fields=("year",)), True),
        (asks(PUBLISHED, "2024.", DPO.title, fields=("year",)), False),
        (asks(LENGTH, "27.", DPO.title, fields=("pages",)), True),
        (asks(LENGTH, "7.", DPO.title, fields=("pages",)), False),
        (asks("DOI of the InstructGPT paper", "10.1000/inst.", ALIGN.title, fields=("doi",)), True),
        (asks("papers from 2015 to 2017", "…", RESNET.title, ATTENTION.title, needs="all"), True),
        (asks("papers from 2015", "…", RESNET.title, ATTENTION.title, needs="all"), False),
        (asks("papers from 2015", "…", RESNET.title, ATTENTION.title), True),
    ],
)
def test_an_answer_gives_what_the_question_names(question: NaturalQuestion, right: bool) -> None:
    (placed,) = report(question).placed
    assert (placed.catalogue, placed.evidence) == (right, int(right))


def test_a_number_of_papers_counts_for_its_own_collection_only() -> None:
    named = asks(WROTE, "Rafailov.", DPO.title, fields=("authors",))
    seven, eight = (asks("How many papers do I have?", f"{n}.", name=str(n)) for n in (7, 8))
    other = asks("How many papers do I have?", "16.", name="other", corpus="sample")
    found = report(named, seven, eight, other)
    assert {one.id: one.catalogue for one in found.placed} == {"one": True, "7": True, "8": False}
    assert found.catalogue == 1
    assert (found.all.by_catalogue, found.all.catalogue) == (3, pytest.approx(2 / 3))


def test_a_question_of_another_kind_that_the_catalogue_takes_counts_as_not_found() -> None:
    source = AnswerDocument(title=DPO.title, evidence=(("reward",),))
    row = {"id": "x", "question": "list my papers", "kind": "list", "answer": "1", "documents": (source,)}
    (placed,) = report(NaturalQuestion.model_validate(row)).placed
    assert (placed.evidence, placed.catalogue) == (0, False)


def test_without_a_librarian_passages_are_searched_for() -> None:
    question = asks(WROTE, "Rafailov.", DPO.title, fields=("authors",))
    (placed,) = measure_retrieval([question], library()).placed  # type: ignore[arg-type]
    assert placed.catalogue is None


def test_no_answer_gives_nothing() -> None:
    assert not gives(CatalogueAnswer("None."), asks(WROTE, "Rafailov.", DPO.title, fields=("authors",)), [{DPO.id}])
