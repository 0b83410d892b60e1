"""The remarks below an answer: which there are, in which language, and which one is shown alone."""

from __future__ import annotations

import pytest

from ragft.answer.base import Answer, AnswerMetrics, Sentence, SentenceVerdict, Shown
from ragft.answer.shown.messages import say
from ragft.answer.shown.notes import footer, notes

QUESTIONS = {"en": "How much memory does it need?", "de": "Wie viel Speicher braucht das Modell?"}
SEARCHED = AnswerMetrics(searched_for="How much memory?", also_searched_for=("memory", "GPU"))


def answer(
    *sentences: tuple[SentenceVerdict, Shown], language: str = "en", metrics: AnswerMetrics = SEARCHED
) -> Answer:
    judged = tuple(
        Sentence("Sentence.", (), 0.5, verdict == "supported", verdict, shown=shown) for verdict, shown in sentences
    )
    return Answer(QUESTIONS[language], "Sentence.", sentences=judged, judged=judged, metrics=metrics)


@pytest.mark.parametrize("language", QUESTIONS)
def test_what_was_searched_for_is_said_in_the_language_of_the_question(language: str) -> None:
    assert notes(answer(language=language)) == [
        say("searched_for", language, query="How much memory?"),
        say("also_searched_for", language, queries="memory; GPU"),
    ]


def test_a_sentence_without_support_is_more_important_than_what_was_searched_for() -> None:
    assert footer(answer(("not_found", "marked"))) == [say("unsupported", "en", count=1)]
    assert footer(answer(("supported", "plain"))) == [say("searched_for", "en", query="How much memory?")]


def test_only_what_is_marked_counts_as_marked() -> None:
    found = answer(
        ("partly", "marked"),
        ("not_found", "marked"),
        ("not_found", "left_out"),
        ("contradicted", "left_out"),
        ("not_found", "plain"),
        ("supported", "plain"),
        metrics=AnswerMetrics(),
    )
    assert notes(found) == [
        say("unsupported", "en", count=2),
        say("contradicted", "en", count=1),
        say("left_out", "en", count=1),
    ]
