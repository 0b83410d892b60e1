"""Natural questions over the small shelf: qlora.pdf (pages 1 and 2), rag.pdf, bread.pdf."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ragft.answer.base import Turn
from ragft.benchmark.retrieval.natural import NaturalReport, measure_retrieval, prompt_fitter
from ragft.benchmark.retrieval.natural_questions import AnswerDocument, NaturalQuestion
from ragft.engine.scripted import ScriptedEngine
from ragft.index.base import DocumentRecord, Hit
from ragft.setting_sections import AnswerSettings
from tests.benchmark.conftest import Shelf

QLORA = AnswerDocument(title="qlora.pdf", pages=(1,), evidence=(("48 GB",),))
SAVES = AnswerDocument(title="qlora.pdf", pages=(2,), evidence=(("0.37", "bits"),))
RAG = AnswerDocument(title="RAG.PDF", pages=(1,), evidence=(("Wikipedia",),))


def asks(
    question: str, *sources: AnswerDocument, name: str = "one", kind: str = "number_text", **more: object
) -> NaturalQuestion:
    row = {"id": name, "question": question, "kind": kind, "documents": sources, "answer": "…", **more}
    return NaturalQuestion.model_validate(row)


def only(report: NaturalReport) -> tuple[int | None, int | None, int | None]:
    (placed,) = report.placed
    return placed.evidence, placed.page, placed.document


def test_ranks_are_those_of_the_first_hit_of_the_document_that_shows_it(shelf: Shelf) -> None:
    assert only(measure_retrieval([asks("single 48 GB GPU", QLORA)], shelf)) == (1, 1, 1)
    # The first hit is page 1 of the right document, the second page 2.
    assert only(measure_retrieval([asks("65B parameter model", SAVES)], shelf)) == (2, 2, 1)


def test_another_document_that_shows_the_same_strings_does_not_count(shelf: Shelf) -> None:
    elsewhere = AnswerDocument(title="bread.pdf", pages=(1,), evidence=(("48 GB",),))
    assert only(measure_retrieval([asks("single 48 GB GPU", elsewhere)], shelf))[0] == 0


def test_all_documents_of_a_comparison_are_needed_and_one_of_several_otherwise(shelf: Shelf) -> None:
    question = "dense vector index of Wikipedia"
    assert only(measure_retrieval([asks(question, QLORA, RAG, needs="any")], shelf)) == (1, 1, 1)
    together = only(measure_retrieval([asks(question, QLORA, RAG, kind="comparison", needs="all")], shelf))[0]
    assert together is not None
    assert together > 1
    gone = AnswerDocument(title="bread.pdf", evidence=(("rye",),))
    assert only(measure_retrieval([asks(question, gone, RAG, kind="comparison", needs="all")], shelf))[0] == 0


class Renamed(Shelf):
    """The shelf with rag.pdf as another file of no title to speak of."""

    def documents(self) -> Sequence[DocumentRecord]:
        return [replace(r, id="abcdef0123456789", title="draft") for r in super().documents() if r.id == "rag"]

    def search(self, query: str, k: int) -> Sequence[Hit]:
        return [replace(hit, document_id="abcdef0123456789") for hit in super().search(query, k)]


def test_a_document_is_known_by_the_digest_of_its_file_or_by_its_title(shelf: Shelf) -> None:
    assert only(measure_retrieval([asks("Wikipedia", RAG)], shelf)) == (1, 1, 1)
    assert measure_retrieval([asks("Wikipedia", RAG)], Renamed()).missing == ["RAG.PDF"]
    assert only(measure_retrieval([asks("Wikipedia", RAG.model_copy(update={"sha256": "abcdef01"}))], Renamed())) == (
        1,
        1,
        1,
    )


def test_questions_about_documents_that_are_not_there_are_left_out_and_named(shelf: Shelf) -> None:
    gone = AnswerDocument(title="Gone", evidence=(("x",),))
    report = measure_retrieval(
        [
            asks("a", gone),
            asks("b", gone, QLORA, name="two", needs="all"),
            asks("c", gone, QLORA, name="three"),
            asks("how many papers", name="four", kind="metadata", fields=("documents",)),
        ],
        shelf,
    )
    assert (report.skipped, report.missing, report.catalogue) == (2, ["Gone"], 1)
    assert [placed.id for placed in report.placed] == ["three"]


def test_shares_are_means_over_the_questions_in_all_and_by_kind_and_style(shelf: Shelf) -> None:
    report = measure_retrieval(
        [
            asks("single 48 GB GPU", QLORA),
            asks("65B parameter model", SAVES, name="two", kind="cause", style="telegraph"),
            asks("rye", AnswerDocument(title="bread.pdf", evidence=(("rye",),)), name="three", kind="cause"),
        ],
        shelf,
    )
    assert report.all.questions == 3
    assert report.all.evidence_at == pytest.approx({1: 1 / 3, 3: 2 / 3, 8: 2 / 3, 20: 2 / 3})
    assert report.all.mrr == pytest.approx((1 + 1 / 2 + 0) / 3)
    assert report.all.page_at[1] == pytest.approx(1 / 2)  # the third question names no page
    assert report.by_kind["cause"].evidence_at[8] == pytest.approx(1 / 2)
    assert {name: scores.questions for name, scores in report.by_style.items()} == {"plain": 2, "telegraph": 1}
    assert report.all.in_prompt is None


def test_evidence_that_no_single_chunk_shows_is_distinguished_from_evidence_that_is_not_found(shelf: Shelf) -> None:
    apart = AnswerDocument(title="qlora.pdf", evidence=(("48 GB", "0.37"),))
    report = measure_retrieval(
        [asks("48 GB", apart), asks("rye", RAG, name="two"), asks("rye", SAVES, RAG, name="3", needs="all")], shelf
    )
    assert [placed.in_index for placed in report.placed] == [False, True, True]
    assert report.all.in_index == pytest.approx(2 / 3)


def test_a_metadata_question_about_a_document_counts_the_document_alone(shelf: Shelf) -> None:
    named = AnswerDocument(title="rag.pdf")
    report = measure_retrieval([asks("who wrote about Wikipedia", named, kind="metadata", fields=("authors",))], shelf)
    assert only(report) == (None, None, 1)
    assert report.all.evidence_at[8] is None
    assert report.all.mrr is None


def test_a_follow_up_is_searched_for_with_the_question_before_it(shelf: Shelf) -> None:
    asked: list[str] = []

    class Listening(Shelf):
        def search(self, query: str, k: int) -> Sequence[Hit]:
            asked.append(query)
            return super().search(query, k)

    first = asks("What does double quantization save?", SAVES)
    then = asks("and why is it useful?", SAVES, name="two", kind="follow_up", follow_up_of="one")
    third = asks("and is it worth it?", SAVES, name="three", kind="follow_up", follow_up_of="two")
    histories: list[list[str]] = []

    def fit(query: str, question: str, hits: Sequence[Hit], history: Sequence[Turn]) -> list[tuple[str, str]]:
        histories.append([turn.question for turn in history])
        return []

    report = measure_retrieval([first, then, third], Listening(), fit=fit)
    assert "quantization" in asked[1]
    assert histories == [[], [first.question], [first.question, then.question]]
    assert report.all.in_prompt == 0


def test_the_prompt_is_fitted_as_an_answer_would_be(shelf: Shelf) -> None:
    question = asks("Which passages of Wikipedia does the dense vector index hold?", RAG)
    engine = ScriptedEngine(models=["small"])
    wide = prompt_fitter(engine, "small", shelf, AnswerSettings(evidence_tokens=300))
    assert measure_retrieval([question], shelf, fit=wide, evidence_tokens=300).all.in_prompt == 1
    narrow = prompt_fitter(engine, "small", shelf, AnswerSettings(evidence_tokens=1))
    far = asks("Wikipedia", SAVES, QLORA, name="far", kind="list", needs="all")
    report = measure_retrieval([question, far], shelf, fit=narrow, evidence_tokens=1)
    assert [placed.in_prompt for placed in report.placed] == [True, False]
