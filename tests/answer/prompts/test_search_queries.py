"""A model may write further queries for a question: what it writes is searched with beside the question, and shown."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.answer.asked import AskedDocuments, AskedModel
from ragft.answer.assistant import Assistant
from ragft.answer.base import Turn
from ragft.answer.prompts.brief_requests import TOKENS
from ragft.answer.prompts.prompt import assign_keys
from ragft.answer.prompts.search_queries import LARGE, MOST, as_queries, asks_of_several, together
from ragft.answer.shown.notes import notes
from ragft.errors import GenerationError
from ragft.setting_sections import AnswerSettings
from tests.answer.fakes import QLORA, Player, Shelf, hit

COMPARISON = "How much memory do QLoRA and LoRA need, compared with each other?"
PLAIN = "How much memory does QLoRA need?"
WRITTEN = "QLoRA memory\nLoRA memory"
GOOD = "QLoRA needs 48 GB [1]."
When = Literal["off", "auto", "on"]


def asked(
    question: str, *replies: str | Exception, when: When = "auto", weights: int = LARGE, **given: Any
) -> tuple[Any, Player, Shelf]:
    engine, shelf = Player(*replies), Shelf(hit(QLORA))
    settings = AnswerSettings(queries=when, follow_ups="model")
    made = Assistant(AskedModel(engine, "tiny", weights), AskedDocuments(shelf), settings)
    return made.ask(question, **given), engine, shelf


def test_a_large_model_writes_queries_for_a_comparison_and_the_reader_sees_them() -> None:
    answer, engine, shelf = asked(COMPARISON, WRITTEN, GOOD)
    assert shelf.queries == [COMPARISON, "QLoRA memory", "LoRA memory"]
    assert answer.metrics.also_searched_for == ("QLoRA memory", "LoRA memory")
    assert "also searched for: QLoRA memory; LoRA memory" in notes(answer)
    queries, reply = engine.requests
    assert queries.options.num_predict == TOKENS and queries.messages[-1].content.endswith(COMPARISON)
    assert "LoRA memory" not in reply.messages[-1].content, "the answer is asked for in the reader's own words"


@pytest.mark.parametrize(
    ("question", "given"),
    [
        (PLAIN, {}),
        (COMPARISON, {"weights": LARGE - 1}),
        (COMPARISON, {"weights": 0}),
        (COMPARISON, {"when": "off"}),
        (COMPARISON, {"when": "on", "evidence": assign_keys((hit(QLORA),))}),
    ],
    ids=["plain question", "smaller model", "unknown size", "off", "evidence given"],
)
def test_none_are_written_where_none_are_wanted(question: str, given: dict[str, Any]) -> None:
    answer, engine, shelf = asked(question, GOOD, **given)
    assert len(engine.requests) <= 1 and len(shelf.queries) <= 1
    assert not any("also searched" in warning for warning in answer.metrics.warnings)


@pytest.mark.parametrize(
    ("question", "several"),
    [
        ("Which optimizers do ResNet and ViT use?", True),
        ("RAG or FiD?", True),
        ("how does dpr differ from bm25", True),
        ("What are the gains and losses of ViT?", False),
        ("Who wrote RoBERTa?", False),
        ("", False),
    ],
)
def test_a_question_about_two_names_asks_of_several(question: str, several: bool) -> None:
    assert asks_of_several(question) == several


def test_on_has_any_model_write_queries_for_any_question() -> None:
    _, _, shelf = asked(PLAIN, "memory of QLoRA in GB", GOOD, when="on", weights=0)
    assert shelf.queries == [PLAIN, "memory of QLoRA in GB"]


def test_a_follow_up_stands_alone_for_the_model_too() -> None:
    history = [Turn(PLAIN, GOOD)]
    alone = "What is QLoRA compared with?"
    _, engine, shelf = asked(
        "and what is it compared with?", alone, "QLoRA baselines", GOOD, when="on", history=history
    )
    assert engine.requests[1].messages[-1].content.endswith(alone)
    assert shelf.queries == [alone, "QLoRA baselines"]


@pytest.mark.parametrize("reply", [GenerationError("it broke"), "", f"{COMPARISON.upper()}\n", "x" * 300])
def test_the_question_alone_is_searched_for_where_the_model_writes_nothing_of_use(reply: str | Exception) -> None:
    _, _, shelf = asked(COMPARISON, reply, GOOD)
    assert shelf.queries == [COMPARISON]


def test_queries_lose_numbers_labels_and_quotes_and_come_once() -> None:
    reply = 'Queries:\n1. QLoRA memory\n- "LoRA memory"\n2) memory qlora\nQuery 3: rank of LoRA\n* one more\n* another'
    assert as_queries(COMPARISON, reply) == ["QLoRA memory", "LoRA memory", "rank of LoRA"]


@given(st.text(max_size=200))
def test_any_reply_gives_few_short_lines(reply: str) -> None:
    found = as_queries(PLAIN, reply)
    assert len(found) <= MOST and all(text.strip() == text != "" and "\n" not in text for text in found)


def test_hits_of_the_question_and_of_the_queries_come_by_turns_each_once() -> None:
    a, b, c, d, e, f = (hit(QLORA, number=number) for number in range(6))
    found = together([[a, b, c], [d, a], [e, f]], 5)
    assert [one.chunk_id for one in found] == [one.chunk_id for one in (a, d, b, e, c)]
    assert [one.rank for one in found] == [1, 2, 3, 4, 5]
    assert together([[a, b, c]], 2) == [a, b]
