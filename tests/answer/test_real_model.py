"""The answer path with the real small model over the real sample corpus."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ragft.answer.asked import AskedDocuments, AskedModel
from ragft.answer.assistant import Assistant
from ragft.answer.base import Answer
from ragft.answer.prompts.form import CAPABLE
from ragft.answer.written.stream import Event, Status
from ragft.index.index import Index, open_index
from ragft.setting_sections import AnswerSettings, IndexSettings
from ragft.workspace import Workspace

if TYPE_CHECKING:
    from ragft.engine.embedded.engine import EmbeddedEngine

PAPERS = Path(__file__).parents[2] / "corpus" / "papers"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with open_index(Workspace(tmp_path_factory.mktemp("real")), IndexSettings()) as opened:
        opened.ingest([PAPERS / f"{name}.pdf" for name in ("qlora", "rag_security", "tides")])
        yield opened


def ask(engine: EmbeddedEngine, index: Index, question: str) -> Answer:
    settings = AnswerSettings(evidence_tokens=200, num_predict=64)
    return Assistant(AskedModel(engine, "smollm2"), AskedDocuments(index, embed=index.embed), settings).ask(question)


@pytest.mark.slow
def test_the_question_of_the_readme_is_answered_from_the_right_paper(
    embedded_engine: EmbeddedEngine, index: Index
) -> None:
    answer = ask(embedded_engine, index, "How much GPU memory does QLoRA need for a 65B model?")
    assert not answer.refused
    assert "48 GB" in answer.answer
    citation = answer.citations[0]
    assert "QLoRA" in citation.title
    assert citation.pages[0] == 1
    assert index.chunk(citation.chunk_id).text[citation.start : citation.end] == citation.quote
    assert answer.metrics.warnings == (), "our token count is the engine's"
    assert 100 < answer.metrics.prompt_tokens < 450


@pytest.mark.slow
def test_questions_about_other_subjects_are_refused_without_the_model(
    embedded_engine: EmbeddedEngine, index: Index
) -> None:
    for question in ("How do I cook a mushroom risotto?", "Who won the football World Cup in 1998?"):
        answer = ask(embedded_engine, index, question)
        assert (answer.refused, answer.reason) == (True, "weak_evidence")
        assert answer.metrics.generated_tokens == 0


@pytest.mark.slow
def test_a_paper_is_read_part_by_part_for_a_summary(embedded_engine: EmbeddedEngine, index: Index) -> None:
    """As a capable model reads it: the small one stands in for one."""
    documents = AskedDocuments(index, embed=index.embed, chunks=index.chunks)
    settings = AnswerSettings(summary_parts=2, num_predict=64, capable_num_predict=64)
    assistant = Assistant(AskedModel(embedded_engine, "smollm2", CAPABLE), documents, settings)
    seen: list[Event] = []
    answer = assistant.ask("Summarise the tides paper", on_event=seen.append)
    read = [event.text for event in seen if isinstance(event, Status)]
    assert [text for text in read if "part" in text] == ["reading part 1 of 2", "reading part 2 of 2"]
    assert not answer.refused
    assert answer.citations
    for citation in answer.citations:
        assert citation.title.startswith("The Clock in the Sea")
        assert index.chunk(citation.chunk_id).text[citation.start : citation.end] == citation.quote
