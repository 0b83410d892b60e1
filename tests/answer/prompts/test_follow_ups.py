"""A capable model puts a follow-up so that it stands alone; what cannot be used gives way to the rewriting by code."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from ragft.answer.asked import AskedDocuments
from ragft.answer.base import Turn
from ragft.answer.prompts.brief_requests import TOKENS
from ragft.answer.prompts.follow_ups import as_standalone
from ragft.answer.prompts.form import CAPABLE
from ragft.answer.prompts.prompt import assign_keys
from ragft.answer.prompts.rewrite import standalone
from ragft.errors import GenerationError
from tests.answer.fakes import QLORA, Player, Shelf, asked_of, hit

FIRST = Turn("How does QLoRA store the base weights?", "In NF4 [1].")
FOLLOW_UP = "and how much memory does it need?"
REWRITTEN = "How much memory does QLoRA need?"
BY_CODE = standalone(FOLLOW_UP, [FIRST])
GOOD = "QLoRA needs 48 GB [1]."


def asked(
    question: str,
    *replies: str | Exception,
    by: Literal["code", "model"] = "model",
    weights: int = CAPABLE,
    history: list[Turn] | None = None,
    **given: Any,
) -> tuple[Any, Player, Shelf]:
    engine, shelf = Player(*replies), Shelf(hit(QLORA))
    made = asked_of(engine, AskedDocuments(shelf), weights, follow_ups=by)
    return made.ask(question, history=[FIRST] if history is None else history, **given), engine, shelf


def test_a_capable_model_rewrites_a_follow_up_and_the_reader_is_told() -> None:
    answer, engine, shelf = asked(FOLLOW_UP, REWRITTEN, GOOD)
    assert shelf.queries == [REWRITTEN]
    assert answer.metrics.searched_for == REWRITTEN
    rewriting, reply = engine.requests
    assert rewriting.options.num_predict == TOKENS
    shown = rewriting.messages[-1].content
    assert FIRST.question in shown and shown.endswith(FOLLOW_UP)
    assert "[1]" not in shown, "keys name other sources now"
    assert reply.messages[-1].content.endswith(FOLLOW_UP), "the answer is asked for in the reader's own words"


@pytest.mark.parametrize(
    ("question", "given"),
    [
        (REWRITTEN, {}),
        (FOLLOW_UP, {"history": []}),
        (FOLLOW_UP, {"weights": CAPABLE - 1}),
        (FOLLOW_UP, {"weights": 0}),
        (FOLLOW_UP, {"by": "code"}),
        (FOLLOW_UP, {"evidence": assign_keys((hit(QLORA),))}),
    ],
    ids=["stands alone", "nothing before", "small model", "unknown size", "by code", "evidence given"],
)
def test_no_model_rewrites_what_needs_no_rewriting_or_where_none_is_able(question: str, given: dict[str, Any]) -> None:
    _, engine, _ = asked(question, GOOD, **given)
    assert all(request.options.num_predict != TOKENS for request in engine.requests)


@pytest.mark.parametrize("reply", ["", "It needs 48 GB.", GenerationError("stopped")])
def test_what_cannot_be_used_gives_way_to_the_rewriting_by_code(reply: str | Exception) -> None:
    _, _, shelf = asked(FOLLOW_UP, reply, GOOD)
    assert shelf.queries == [BY_CODE]


def test_only_the_turns_that_are_referred_to_are_shown_and_no_refusal() -> None:
    history = [Turn("What is Ragas?", "A tool."), FIRST, Turn("and its speed?", "Nothing says so.", refused=True)]
    _, engine, _ = asked(FOLLOW_UP, REWRITTEN, GOOD, history=history)
    shown = engine.requests[0].messages[-1].content
    assert "Ragas" not in shown and "Nothing says so" not in shown
    assert "and its speed?" in shown and "In NF4." in shown


@pytest.mark.parametrize(
    ("reply", "question"),
    [
        (REWRITTEN, REWRITTEN),
        (f'Rewritten question: "{REWRITTEN}"\nThat is all.', REWRITTEN),
        (f"\n**{REWRITTEN}**", REWRITTEN),
        ("How much memory does NF4 need?", "How much memory does NF4 need?"),
        ("How much memory is needed?", None),
        ("How does QLoRA store its weights?", None),
        ("How much memory does QLoRA need beside LoRA?", None),
        ("QLoRA needs 48 GB.", None),
        (f"{REWRITTEN} " * 20, None),
        ("   \n", None),
    ],
    ids=["good", "label", "marks", "name of the answer", "subject lost", "matter lost", "new name", "an answer", "long",
         "empty"],
)  # fmt: skip
def test_a_rewritten_question_keeps_matter_and_names_takes_the_subject_along_and_invents_none(
    reply: str, question: str | None
) -> None:
    assert as_standalone(FOLLOW_UP, [FIRST], reply) == question


def test_a_name_of_the_follow_up_is_kept() -> None:
    first = Turn("How many questions a second does DPR answer?", "995.")
    good = "How many questions a second does BM25 answer?"
    assert as_standalone("and bm25?", [first], good) == good
    assert as_standalone("and bm25?", [first], "How many questions a second does DPR answer?") is None


def test_a_name_may_be_written_in_small_letters() -> None:
    first = Turn("What does DetectGPT do?", "It detects text of a model.")
    good = "Does DetectGPT work for GPT-3 too?"
    assert as_standalone("does it work for gpt-3 too?", [first], good) == good
