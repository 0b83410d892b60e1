"""Follow-up questions made to stand alone."""

from __future__ import annotations

import pytest

from ragft.answer.base import Turn
from ragft.answer.prompts.rewrite import is_follow_up, is_small_talk, standalone

FIRST = Turn("How does QLoRA store the base weights?", "In NF4.")


@pytest.mark.parametrize(
    "question",
    [
        "and its memory?",
        "Why?",
        "What about LoRA?",
        "How large are they?",
        "Is this method slow?",
        "Which model is used there?",
    ],
)
def test_follow_ups_are_recognised(question: str) -> None:
    assert is_follow_up(question)


@pytest.mark.parametrize(
    "question",
    [
        "What is NF4?",
        "How does retrieval augmented generation work?",
        "Who proposed LoRA?",
        "What kinds of LoRA are there?",
    ],
)
def test_questions_that_stand_alone_are_left_alone(question: str) -> None:
    assert standalone(question, [FIRST]) == question


def test_a_follow_up_takes_the_subject_along() -> None:
    assert standalone("and its memory?", [FIRST]) == "and its memory? (QLoRA store base weights)"


def test_a_chain_reaches_back_to_the_question_that_stands_alone() -> None:
    chain = [Turn("What is Ragas?", "A tool."), FIRST, Turn("and its memory?", "48 GB.")]
    rewritten = standalone("and their speed?", chain)
    assert "QLoRA" in rewritten
    assert "memory" in rewritten
    assert "Ragas" not in rewritten


def test_without_history_nothing_changes() -> None:
    assert standalone("and its memory?", []) == "and its memory?"


@pytest.mark.parametrize("text", ["hello", "Hi there!", "Thank you very much", "what can you do?", "?", "Who are you?"])
def test_small_talk_asks_nothing_of_the_documents(text: str) -> None:
    assert is_small_talk(text)


@pytest.mark.parametrize(
    "text", ["qlora", "memory?", "Hello, what is NF4?", "help with NF4", "what can LoRA do?", "显存？"]
)
def test_a_question_is_no_small_talk(text: str) -> None:
    assert not is_small_talk(text)
