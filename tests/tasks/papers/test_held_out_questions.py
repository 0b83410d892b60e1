"""The benchmark's questions from documents set aside, over some of the sample papers in a real index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ragft.benchmark.base import BenchmarkQuestion
from ragft.benchmark.questions import load_questions, write_questions
from ragft.benchmark.scoring.metrics import keyword_coverage
from ragft.corpus.base import Chunk
from ragft.dataset.generation_request import GenerationRequest
from ragft.dataset.store import TRAIN, read_rows
from ragft.engine.scripted import ScriptedEngine
from ragft.index.index import Index, open_index
from ragft.setting_sections import AnswerSettings, GenerateSettings, IndexSettings
from ragft.tasks.papers.aside import CHUNKS_A_QUESTION, PartialIndex, set_aside
from ragft.tasks.papers.generate import generate
from ragft.tasks.papers.held_out_questions import make_questions, merged, what_they_show
from ragft.workspace import Workspace

pytestmark = pytest.mark.slow  # reads papers in every test
PAPERS = Path(__file__).parents[3] / "corpus" / "papers"
USED = ("lora", "peft", "qlora", "rag")
SETTINGS = GenerateSettings(count=8, replay=0.0, held_out=0.0)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with open_index(Workspace(tmp_path_factory.mktemp("ws") / ".ragft"), IndexSettings()) as opened:
        opened.ingest([PAPERS / f"{name}.pdf" for name in USED])
        yield opened


@pytest.fixture(scope="module")
def aside(library: Index) -> frozenset[str]:
    return set_aside(library.chunks(), 0, 60)


@pytest.fixture(scope="module")
def made(library: Index, aside: frozenset[str], tmp_path_factory: pytest.TempPathFactory) -> list[BenchmarkQuestion]:
    return make_questions(
        library,
        GenerationRequest(ScriptedEngine("What is it?"), "scripted", SETTINGS, AnswerSettings(), avoid=()),
        tmp_path_factory.mktemp("questions"),
        documents=aside,
        count=12,
    )


def chunk(document: str, number: int) -> Chunk:
    return Chunk(f"{document}-{number}", document, number, "text", document, "", (1, 1))


@pytest.mark.parametrize(
    ("documents", "chunks", "questions", "wanted"),
    [(3, 5, 60, 0), (4, 5, 60, 1), (12, 5, 60, 3), (40, 30, 60, 3), (40, 30, 100, 5), (40, 2, 60, 10)],
)
def test_as_many_documents_are_set_aside_as_the_questions_need(
    documents: int, chunks: int, questions: int, wanted: int
) -> None:
    found = set_aside([chunk(f"d{d}", n) for d in range(documents) for n in range(chunks)], 0, questions)
    assert len(found) == wanted
    enough = len(found) * chunks >= CHUNKS_A_QUESTION * questions
    assert enough or len(found) == documents // 4 or documents < 4


def test_the_seed_says_which() -> None:
    chunks = [chunk(f"d{d}", 0) for d in range(40)]
    assert set_aside(chunks, 0, 4) == set_aside(chunks[::-1], 0, 4) != set_aside(chunks, 1, 4)


def test_questions_are_about_the_documents_set_aside_and_have_what_the_metrics_need(
    library: Index, aside: frozenset[str], made: list[BenchmarkQuestion]
) -> None:
    names = {Path(record.path).name for record in library.documents() if record.id in aside}
    answerable = [question for question in made if question.answerable]
    assert answerable
    for question in answerable:
        assert set(question.documents) <= names
        assert question.reference
        assert question.pages
        assert question.keywords
        assert keyword_coverage(question.reference, question.keywords) == 1
        assert not any(f" {keyword}" in f" {question.question.lower()}" for keyword in question.keywords)
        assert "[" not in question.reference
        assert not question.withheld


def test_of_a_question_to_refuse_the_source_is_withheld(made: list[BenchmarkQuestion]) -> None:
    refused = [question for question in made if not question.answerable]
    assert refused
    assert len(refused) <= len(made) / 4
    assert all(question.withheld and not question.documents for question in refused)


def test_they_are_read_as_they_were_written(made: list[BenchmarkQuestion], tmp_path: Path) -> None:
    write_questions(tmp_path / "questions.jsonl", made)
    assert load_questions(tmp_path / "questions.jsonl") == made


def test_no_training_row_shows_anything_of_a_document_set_aside(
    library: Index, aside: frozenset[str], made: list[BenchmarkQuestion], tmp_path: Path
) -> None:
    rest = frozenset(record.id for record in library.documents()) - aside
    avoid = [question.question for question in made]
    request = GenerationRequest(ScriptedEngine("What is it?"), "scripted", SETTINGS, AnswerSettings(), avoid=avoid)
    generate(PartialIndex(library, rest, hidden=aside), request, tmp_path / "rows")
    hidden = {chunk.id for document in aside for chunk in library.chunks(document)}
    rows = read_rows(tmp_path / "rows" / TRAIN)
    assert rows
    for row in rows:
        assert not hidden & {*row.chunk_ids, *row.oracle_ids}
        assert not aside & set(row.document_ids)


def test_a_hidden_document_is_in_no_result(library: Index, aside: frozenset[str]) -> None:
    rest = frozenset(record.id for record in library.documents()) - aside
    query = library.chunks(next(iter(aside)))[1].text[:200]
    assert any(hit.document_id in aside for hit in library.search(query, 3))
    found = PartialIndex(library, rest, hidden=aside).search(query, 3)
    assert len(found) == 3
    assert not {hit.document_id for hit in found} & aside
    assert PartialIndex(library, rest, hidden=aside).digest() != library.digest()


def test_a_users_own_questions_come_first(made: list[BenchmarkQuestion]) -> None:
    own = [BenchmarkQuestion("mine", "Why?"), replace(made[0], question="How?")]
    found = merged(own, made)
    assert found[:2] == own
    assert len({question.id for question in found}) == len(found) == len(made) + 2


def test_what_can_be_shown_is_said_beforehand() -> None:
    sixty = [BenchmarkQuestion(str(n), "?", answerable=n % 4 != 3) for n in range(60)]
    assert what_they_show(sixty) == (
        "60 questions, 15 of them without an answer: a change of about 15 points shows; ten points need 104 with an"
        " answer"
    )
    many = [BenchmarkQuestion(str(n), "?", answerable=n % 4 != 3) for n in range(140)]
    assert what_they_show(many).endswith("35 of them without an answer: a change of about 10 points shows")
    assert "too few to show any change" in what_they_show(sixty[:4])
