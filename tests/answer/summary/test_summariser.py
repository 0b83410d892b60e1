"""A capable model reads a whole document part by part, and writes the summary from what it noted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from ragft.answer.asked import AskedDocuments, AskedModel
from ragft.answer.assistant import Assistant
from ragft.answer.base import Answer
from ragft.answer.checking.support import Supporter
from ragft.answer.prompts.budget import TokenCounter
from ragft.answer.prompts.form import CAPABLE
from ragft.answer.prompts.prompt import assign_keys
from ragft.answer.shown.messages import say
from ragft.answer.summary.section_notes import NOTE_TOKENS, PART_TOKENS, Note, PartReader
from ragft.answer.summary.summariser import Summariser, SummaryNotes
from ragft.answer.written.stream import Done, Event, Status
from ragft.corpus.base import Chunk
from ragft.errors import ContextOverflow, EngineUnavailable, GenerationError
from ragft.index.base import Wanted
from ragft.setting_sections import AnswerSettings
from tests.answer.fakes import Player, Shelf, asked_of, hit

TEXTS = {
    "Abstract": "Tidal gates close the harbour against storm surges of more than three metres.",
    "1 Introduction": "In 1953 a storm surge flooded the old town and drowned ninety people.",
    "2 Method": "Sluices measure the level every minute, and pumps start when it rises quickly.",
    "3 Conclusion": "With the gates the harbour has stayed dry since 1987.",
}
QUESTION = "Summarise the paper on tidal gates"
NOTES = [f"{text} [1]" for text in TEXTS.values()]
SUMMARY = "A surge flooded the old town in 1953 [2]. With the gates the harbour has stayed dry since 1987 [4]."


def chunks(document: str = "doc-0") -> list[Chunk]:
    return [
        Chunk(f"chunk-{place}", document, place, text, "Tidal gates", section, (place + 1, place + 1))
        for place, (section, text) in enumerate(TEXTS.items())
    ]


def events(
    *replies: Any,
    question: str = QUESTION,
    weights: int = CAPABLE,
    wanted: Wanted = "summary",
    parts: int = 8,
    **given: Any,
) -> tuple[list[Event], Player]:
    found = hit(TEXTS["Abstract"], title="Tidal gates")
    shelf, engine = Shelf(type(found)(**{**vars(found), "wanted": wanted})), Player(*replies)
    documents = AskedDocuments(shelf, chunks=chunks, **given)
    assistant = asked_of(engine, documents, weights, summary_parts=parts)
    return list(assistant.stream(question)), engine


def answer_of(found: Sequence[Event]) -> Answer:
    last = found[-1]
    assert isinstance(last, Done)
    return last.answer


def test_the_whole_transcript_of_a_summary() -> None:
    found, engine = events(*NOTES, SUMMARY)
    answer = answer_of(found)
    assert [event.text for event in found if isinstance(event, Status)] == [
        "searching",
        *(f"reading part {number} of 4" for number in range(1, 5)),
        "reading",
    ]
    *notes, summary = engine.requests
    for request, (section, text) in zip(notes, TEXTS.items(), strict=True):
        assert section in request.messages[-1].content and text in request.messages[-1].content
        assert request.options.num_predict == NOTE_TOKENS
    for text in TEXTS.values():
        assert text in summary.messages[-1].content
    assert summary.messages[-1].content.endswith(QUESTION)
    assert answer.answer == SUMMARY
    assert [(citation.quote, citation.section) for citation in answer.citations] == [
        (TEXTS["1 Introduction"], "1 Introduction"),
        (TEXTS["3 Conclusion"], "3 Conclusion"),
    ]
    assert not answer.metrics.warnings, "all of it was read"


def test_a_note_that_its_part_does_not_support_is_not_shown_to_the_model_again() -> None:
    false = "The gates cost 48 million euros [1]."
    found, engine = events(NOTES[0], NOTES[1], false, NOTES[3], SUMMARY.replace("[4]", "[3]"))
    prompt = engine.requests[-1].messages[-1].content
    assert "48 million" not in prompt and "Sluices" not in prompt
    assert not answer_of(found).refused


def test_the_notes_are_the_answer_where_the_model_makes_none_of_them() -> None:
    answer = answer_of(events(*NOTES, "The moon is made of green cheese.")[0])
    assert not answer.refused and not answer.metrics.quoted
    assert all(sentence.supported for sentence in answer.sentences)
    assert "stayed dry since 1987 [4]" in answer.answer


def test_a_summary_is_checked_by_the_passages_and_not_by_the_notes() -> None:
    wrong = "A surge flooded the old town in 1953 [2]. With the gates the harbour has stayed dry since 1878 [4]."
    answer = answer_of(events(*NOTES, wrong)[0])
    assert [sentence.supported for sentence in answer.sentences] == [True, False]


def test_without_any_note_the_beginning_is_read_as_before() -> None:
    failed = [GenerationError("stopped")] * 4
    answer = answer_of(events(*failed, "Tidal gates close the harbour against storm surges [1].")[0])
    assert answer.citations[0].quote == TEXTS["Abstract"]
    assert not answer.metrics.warnings, "what was read of the parts says nothing of the beginning"


@pytest.mark.parametrize("nothing", [GenerationError("stopped"), " "], ids=["failed", "empty"])
def test_a_part_that_the_model_says_nothing_of_counts_as_not_read(nothing: Any) -> None:
    found, _ = events(*NOTES[:2], nothing, NOTES[3], SUMMARY.replace("[4]", "[3]"))
    share = 1 - len(TEXTS["2 Method"]) / sum(map(len, TEXTS.values()))
    assert answer_of(found).metrics.warnings == (say("part_read", "en", share=f"{share:.0%}"),)


def test_an_engine_that_is_gone_is_not_asked_for_the_other_parts() -> None:
    engine = Player(NOTES[0], EngineUnavailable("gone"), *NOTES[2:], SUMMARY)
    documents = AskedDocuments(Shelf(), attached=chunks("stdin"))
    assistant = asked_of(engine, documents, CAPABLE, summary_parts=8)
    with pytest.raises(EngineUnavailable, match="gone"):
        assistant.ask("Summarise this", evidence=assign_keys([hit(TEXTS["Abstract"])]))
    assert len(engine.requests) == 2


def summariser_and_notes() -> tuple[Summariser, SummaryNotes]:
    """Notes of two passages, the second three times as long, all of which was read."""
    engine = Player()
    documents = AskedDocuments(Shelf())
    assistant = asked_of(engine, documents, CAPABLE)
    reader = PartReader(engine, "tiny", TokenCounter(engine, "tiny"), Supporter(), 0.5)
    text = TEXTS["Abstract"]
    items = assign_keys([hit(text), hit(text * 3)])
    return Summariser(documents, assistant.prompts, reader, 8), SummaryNotes([Note(item, text) for item in items])


def test_notes_that_the_prompt_has_no_room_for_are_counted_as_left_out_and_not_read() -> None:
    summariser, notes = summariser_and_notes()
    options = summariser.prompts.options(QUESTION)
    whole = summariser.fit(QUESTION, notes, options)
    assert (len(whole.evidence), whole.evidence_dropped, whole.evidence_share) == (2, 0, 1.0)
    fitted = summariser.fit(QUESTION, notes, replace(options, num_ctx=whole.prompt_tokens + options.num_predict - 1))
    assert (len(fitted.evidence), fitted.evidence_dropped, fitted.evidence_share) == (1, 1, 0.25)
    assert summariser.share_read(QUESTION, notes, fitted.evidence) == 0.25


def test_a_note_that_does_not_fit_alone_overflows_the_window() -> None:
    summariser, notes = summariser_and_notes()
    options = summariser.prompts.options(QUESTION)
    alone = summariser.fit(QUESTION, notes.first(1), options).prompt_tokens
    with pytest.raises(ContextOverflow):
        summariser.fit(QUESTION, notes, replace(options, num_ctx=alone + options.num_predict - 1))


def test_the_notes_that_the_prompt_had_no_room_for_are_in_the_answer_that_is_made_of_them() -> None:
    def asked(num_ctx: int) -> Answer:
        engine = Player(*NOTES, "The moon is made of green cheese.")
        documents = AskedDocuments(Shelf(), attached=chunks("stdin"))
        settings = AnswerSettings(summary_parts=8, num_ctx=num_ctx, num_predict=512)
        assistant = Assistant(AskedModel(engine, "tiny", CAPABLE), documents, settings)
        return assistant.ask("Summarise this", evidence=assign_keys([hit(TEXTS["Abstract"])]))

    whole = asked(4096)
    answer = asked(whole.metrics.prompt_tokens + 511)
    assert answer.metrics.evidence_dropped == 1
    assert all(sentence.supported for sentence in answer.sentences)
    assert "stayed dry since 1987 [4]" in answer.answer


@pytest.mark.parametrize(
    "given",
    [
        {"weights": CAPABLE - 1},
        {"weights": 0},
        {"parts": 0},
        {"wanted": ""},
        {"wanted": "part"},
        {"question": "What is the gate paper about, in one sentence?"},
        {"question": "What is the main idea of the paper on tidal gates?"},
    ],
    ids=["small model", "unknown size", "switched off", "no paper named", "a part of it", "one sentence", "one idea"],
)
def test_other_questions_and_small_models_read_as_before(given: dict[str, Any]) -> None:
    _, engine = events("Tidal gates close the harbour against storm surges [1].", **given)
    assert len(engine.requests) == 1


def test_more_sections_than_parts_are_read_together() -> None:
    found, engine = events(NOTES[0], NOTES[2], SUMMARY, parts=2)
    assert [event.text for event in found if isinstance(event, Status)][1:3] == [
        "reading part 1 of 2",
        "reading part 2 of 2",
    ]
    assert len(engine.requests) == 3


def test_a_text_that_came_with_the_question_is_read_part_by_part() -> None:
    engine = Player(*NOTES, SUMMARY)
    documents = AskedDocuments(Shelf(), attached=chunks("stdin"))
    assistant = asked_of(engine, documents, CAPABLE, summary_parts=8)
    answer = assistant.ask("Summarise this", evidence=assign_keys([hit(TEXTS["Abstract"])]))
    assert len(engine.requests) == 5
    assert {citation.chunk_id for citation in answer.citations} == {"chunk-1", "chunk-3"}


@pytest.mark.parametrize("question", ["Summarise this", "What is this about?"])
def test_how_much_of_an_attached_text_was_read_is_said(question: str) -> None:
    documents = AskedDocuments(Shelf(), attached=chunks("stdin"))
    assistant = asked_of(Player(NOTES[0]), documents, judgement=0.0)
    share = len(TEXTS["Abstract"]) / sum(map(len, TEXTS.values()))
    answer = assistant.ask(question, evidence=assign_keys([hit(TEXTS["Abstract"])]))
    assert answer.metrics.warnings == (say("part_read", "en", share=f"{share:.0%}"),)


def test_nothing_is_said_of_it_for_a_question_that_is_searched_for_in_the_text() -> None:
    documents = AskedDocuments(Shelf(), attached=chunks("stdin"))
    assistant = asked_of(Player(NOTES[1]), documents)
    answer = assistant.ask("When did a surge flood the old town?", evidence=assign_keys([hit(TEXTS["1 Introduction"])]))
    assert not answer.metrics.warnings


def test_of_a_part_that_is_too_long_the_fitting_sentences_are_read_and_it_is_said() -> None:
    long = [
        Chunk(f"c{n}", "stdin", n, f"Gate {n} is painted in colour {n}. " * 60, "Gates", "", (1, 1)) for n in range(8)
    ]
    notes = [f"Gate {4 * n} is painted in colour {4 * n} [1]." for n in range(2)]
    engine = Player(*notes, "Gate 0 is painted in colour 0 [1].")
    documents = AskedDocuments(Shelf(), attached=long)
    assistant = asked_of(engine, documents, CAPABLE, summary_parts=2)
    answer = assistant.ask("Summarise this", evidence=assign_keys([hit(long[0].text)]))
    (said,) = answer.metrics.warnings
    assert said.startswith("Only ") and 0 < answer.metrics.evidence_share < 0.5
    for request in engine.requests[:2]:
        assert len(engine.tokenize("tiny", request.messages[-1].content)) < 1.5 * PART_TOKENS
