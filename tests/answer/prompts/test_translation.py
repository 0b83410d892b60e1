"""A question in a language that no document is in is translated for the search, or it is said why it finds little."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest

from ragft.answer.asked import AskedDocuments, AskedModel
from ragft.answer.assistant import Assistant
from ragft.answer.base import Turn
from ragft.answer.prompts.brief_requests import TOKENS
from ragft.answer.prompts.form import CAPABLE
from ragft.answer.prompts.prompt import assign_keys
from ragft.answer.prompts.translation import as_translation
from ragft.answer.shown.messages import LANGUAGES, say
from ragft.answer.shown.notes import notes
from ragft.corpus.words import is_english
from ragft.errors import GenerationError
from ragft.setting_sections import AnswerSettings
from tests.answer.fakes import QLORA, Player, Shelf, hit

GERMAN = "Wie viel Speicher braucht QLoRA für ein 65B-Modell?"
ENGLISH = "How much memory does QLoRA need for a 65B model?"
GOOD = "QLoRA braucht 48 GB [1]."


def asked(
    question: str,
    *replies: str | Exception,
    languages: Collection[str] = ("en",),
    weights: int = CAPABLE,
    reads: Any = is_english,
    **given: Any,
) -> tuple[Any, Player, Shelf]:
    engine, shelf = Player(*replies), Shelf(hit(QLORA))
    made = Assistant(
        AskedModel(engine, "tiny", weights),
        AskedDocuments(shelf, reads=reads, languages=lambda: languages),
        AnswerSettings(),
    )
    return made.ask(question, **given), engine, shelf


def test_a_capable_model_translates_the_question_and_the_reader_is_informed() -> None:
    answer, engine, shelf = asked(GERMAN, ENGLISH, GOOD)
    assert shelf.queries == [ENGLISH]
    assert answer.metrics.searched_for == ENGLISH
    assert f"Gesucht wurde: {ENGLISH}" in notes(answer)
    translation, reply = engine.requests
    assert translation.options.num_predict == TOKENS
    assert GERMAN in translation.messages[-1].content
    assert GERMAN in reply.messages[-1].content, "the answer is asked for in the reader's own words"
    assert ENGLISH not in reply.messages[-1].content


@pytest.mark.parametrize(
    ("question", "given"),
    [
        (ENGLISH, {}),
        (GERMAN, {"languages": ("en", "de")}),
        (GERMAN, {"languages": ("de",)}),
        (GERMAN, {"languages": ("fr",)}),
        (GERMAN, {"languages": ()}),
        (GERMAN, {"evidence": assign_keys((hit(QLORA),))}),
    ],
)
def test_nothing_is_translated_where_words_or_meaning_can_find_it(question: str, given: dict[str, Any]) -> None:
    answer, engine, _ = asked(question, GOOD, **given)
    assert len(engine.requests) <= 1
    assert (answer.metrics.searched_for, answer.metrics.warnings) == ("", ())


def test_a_small_model_is_not_asked_and_the_reader_learns_why() -> None:
    answer, engine, shelf = asked(GERMAN, GOOD, weights=135_000_000)
    assert shelf.queries == [GERMAN]
    assert len(engine.requests) <= 1
    assert say("other_language", "de") in answer.metrics.warnings


def test_it_is_translated_for_a_multilingual_encoder_too_which_does_without_where_it_must() -> None:
    _, _, shelf = asked(GERMAN, ENGLISH, GOOD, reads=lambda _: True)
    assert shelf.queries == [ENGLISH]
    answer, _, shelf = asked(GERMAN, GOOD, reads=lambda _: True, weights=135_000_000)
    assert shelf.queries == [GERMAN]
    assert say("other_language", "de") not in answer.metrics.warnings


@pytest.mark.parametrize("reply", ["", "Ich weiß es nicht, was das ist.", GenerationError("stopped")])
def test_what_is_no_translation_is_not_searched_for(reply: str | Exception) -> None:
    answer, _, shelf = asked(GERMAN, reply, GOOD)
    assert shelf.queries == [GERMAN]
    assert answer.metrics.warnings == (say("not_translated", "de", model="tiny"),), "a larger model is no remedy"


def test_a_follow_up_is_translated_with_what_it_refers_to() -> None:
    _, engine, _ = asked("Und wie lange?", "How long does QLoRA take?", GOOD, history=[Turn(GERMAN, GOOD)])
    assert "QLoRA" in engine.requests[0].messages[-1].content


@pytest.mark.parametrize(
    ("question", "reply", "translation"),
    [
        (GERMAN, ENGLISH, ENGLISH),
        (GERMAN, f'Translation: "{ENGLISH}"\nI kept the names.', ENGLISH),
        (GERMAN, f"\n**{ENGLISH}**", ENGLISH),
        (
            "JFT 数据集有多少张图片?",
            "How many images does the JFT dataset have?",
            "How many images does the JFT dataset have?",
        ),
        (GERMAN, "How much memory does it need for a 65B model?", None),
        (GERMAN, "How much memory does QLoRA need for a 70B model?", None),
        (GERMAN, GERMAN, None),
        (GERMAN, f"{ENGLISH} " * 20, None),
        (GERMAN, "QLoRA 65B 需要多少内存?", None),
        (GERMAN, "   \n", None),
    ],
)
def test_a_translation_is_one_english_line_that_keeps_names_and_numbers(
    question: str, reply: str, translation: str | None
) -> None:
    assert as_translation(question, reply) == translation


def test_the_reason_is_said_in_every_language_and_names_the_setting() -> None:
    for language in LANGUAGES:
        for reason in (say("other_language", language), say("not_translated", language, model="tiny")):
            assert "index.encoder" in reason and "multilingual" in reason
        assert "1B" not in say("not_translated", language, model="tiny")
