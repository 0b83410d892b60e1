"""Fifteen languages: a question is answered with a citation, or refused, by the same rules as in English."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ragft.answer.asked import AskedDocuments, AskedModel
from ragft.answer.assistant import Assistant
from ragft.answer.base import Answer
from ragft.answer.checking.quotes import QUOTE_CHARACTERS, find_quote
from ragft.answer.checking.support import support_score
from ragft.corpus.text import split_sentences
from ragft.engine.scripted import ScriptedEngine
from ragft.index.index import Index, open_index
from ragft.setting_sections import AnswerSettings, IndexSettings
from ragft.workspace import Workspace
from tests.answer.languages import SAMPLES, Sample

each = pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES.keys())


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """One index of all notes: a question has to find the note in its own language."""
    folder = tmp_path_factory.mktemp("languages")
    for language, sample in SAMPLES.items():
        (folder / f"{language}.md").write_text(f"# {sample.title}\n\n{sample.text}\n", "utf-8")
    with open_index(Workspace(folder / "w"), IndexSettings()) as opened:
        report = opened.ingest([folder])
        assert report.documents == len(SAMPLES)
        yield opened


def ask(index: Index, question: str, reply: str) -> Answer:
    engine = ScriptedEngine([reply, reply])
    assistant = Assistant(
        AskedModel(engine, "m"), AskedDocuments(index, embed=index.embed, reads=index.reads), AnswerSettings()
    )
    return assistant.ask(question)


@each
def test_a_question_is_answered_and_the_citation_is_the_notes_own_sentence(index: Index, sample: Sample) -> None:
    answer = ask(index, sample.question, f"{sample.answer} [1]")
    assert not answer.refused, answer.reason
    assert [citation.title for citation in answer.citations] == [sample.title]
    start, end = split_sentences(sample.text)[0]
    assert sample.text[start:end].startswith(answer.citations[0].quote.rstrip())


@each
def test_a_question_about_something_else_is_refused_before_the_model(index: Index, sample: Sample) -> None:
    answer = ask(index, sample.elsewhere, f"{sample.answer} [1]")
    assert answer.refused
    assert answer.reason in ("weak_evidence", "no_evidence")


@each
def test_an_answer_that_stands_nowhere_is_not_supported(index: Index, sample: Sample) -> None:
    wrong = sample.answer.translate({ord("2"): "4", ord("२"): "४"})
    assert wrong != sample.answer
    assert support_score(sample.answer, sample.text) >= 0.6
    assert support_score(wrong, sample.text) < 0.6


@each
def test_the_note_is_found_by_its_words_alone(index: Index, sample: Sample) -> None:
    hits = index.search(sample.question, 3, mode="lexical")
    assert hits[0].title == sample.title


def test_dense_vectors_are_left_out_where_the_encoder_does_not_read_the_language(index: Index) -> None:
    assert index.search(SAMPLES["en"].question, 1)[0].dense is not None
    assert index.search(SAMPLES["hi"].question, 1)[0].dense is None


def test_a_key_stands_before_the_full_stop_of_any_script(index: Index) -> None:
    for language, mark in (("zh", "。"), ("ja", "。")):
        sample = SAMPLES[language]
        answer = ask(index, sample.question, f"{sample.answer} [1]")
        assert answer.answer.endswith(f" [1]{mark}")


def test_a_long_sentence_without_spaces_is_quoted_where_it_speaks_of_the_claim() -> None:
    text = "水" * 900 + "哈罗水闸有螺栓" + "山" * 900
    start, end = find_quote("哈罗水闸有螺栓", text) or (0, 0)
    assert "哈罗水闸有螺栓" in text[start:end]
    assert end - start <= QUOTE_CHARACTERS
