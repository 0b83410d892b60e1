"""The form of an answer follows the size of the model and the words of the question."""

from __future__ import annotations

from typing import Literal

import pytest

from ragft.answer.prompts.form import (
    BRIEF,
    CAPABLE,
    REFUSAL,
    TOLD_TO_REFUSE,
    UNTOLD,
    capable_form,
    form_of,
    style_of,
)


def test_a_small_model_is_asked_as_it_was_trained() -> None:
    assert form_of(135_000_000, style="auto", question="Summarise DPO.") is BRIEF
    assert form_of(0, style="auto", question="Summarise DPO.") is BRIEF


@pytest.mark.parametrize("weights", [0, 135_000_000, CAPABLE, TOLD_TO_REFUSE])
def test_what_was_measured_goes_before_the_size(weights: int) -> None:
    for told in (True, False):
        form = form_of(weights, style="auto", question="Summarise DPO.", told=told)
        assert (REFUSAL in form.instruction) is told
    assert form_of(0, style="auto", question="Summarise DPO.", told=False) is UNTOLD
    assert BRIEF.instruction.startswith(UNTOLD.instruction)


def test_a_capable_model_may_write_as_much_as_the_question_asks() -> None:
    assert form_of(TOLD_TO_REFUSE, style="auto", question="Summarise DPO.") == capable_form("full")
    assert form_of(TOLD_TO_REFUSE, style="auto", question="Who wrote it?") == capable_form("brief")


@pytest.mark.parametrize("style", ["auto", "full", "list"])
def test_a_model_that_declines_too_easily_is_not_told_how_to_refuse(style: Literal["auto", "full", "list"]) -> None:
    assert REFUSAL not in form_of(CAPABLE, style=style, question="Summarise DPO.").instruction
    assert REFUSAL not in form_of(TOLD_TO_REFUSE - 1, style=style, question="Summarise DPO.").instruction
    assert REFUSAL in form_of(TOLD_TO_REFUSE, style=style, question="Summarise DPO.").instruction
    assert REFUSAL in form_of(CAPABLE - 1, style=style, question="Summarise DPO.").instruction


def test_a_style_that_was_asked_for_holds_for_every_model() -> None:
    assert form_of(135_000_000, style="list", question="Which tasks?") == capable_form("list")
    assert form_of(4_000_000_000, style="brief", question="Summarise DPO.") == capable_form("brief")


@pytest.mark.parametrize(
    ("question", "style"),
    [
        ("List the data sets of DPR.", "list"),
        ("What are the limitations, as bullet points?", "list"),
        ("Compare DPR and BM25 in a table", "table"),
        ("How many parameters does LLaMA have?", "brief"),
        ("Does DPR beat BM25?", "brief"),
        ("Why does RLHF help?", "full"),
        ("Summarise the DPO paper", "full"),
    ],
)
def test_the_words_of_a_question_choose_the_style(question: str, style: str) -> None:
    assert style_of(question) == style


@pytest.mark.parametrize(
    "question",
    ["How do LoRA and QLoRA differ?", "Compare DPR with BM25.", "List what RAG and FiD have in common as both."],
)
def test_a_capable_model_says_of_each_what_is_compared(question: str) -> None:
    style = style_of(question)
    form = form_of(TOLD_TO_REFUSE, style="auto", question=question)
    assert form == capable_form(style, of_each=True) != capable_form(style)


@pytest.mark.parametrize(
    ("weights", "question"),
    [
        (TOLD_TO_REFUSE, "Summarise DPO."),
        (TOLD_TO_REFUSE, "Is DPR better than BM25?"),
        (135_000_000, "How do LoRA and QLoRA differ?"),
    ],
)
def test_no_other_question_is_answered_so_and_by_no_small_model(weights: int, question: str) -> None:
    plain = BRIEF if weights < CAPABLE else capable_form(style_of(question))
    assert form_of(weights, style="auto", question=question) == plain
