"""JSON is found where the model put it, validated here, and asked for once more where there is none."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.engine.base import ChatChunk, ChatRequest, Message, ModelInfo, Options
from ragft.engine.json_replies import BLANKS_AFTER, BLANKS_WITHIN, ask_json, find_json
from ragft.engine.scripted import Reply, ScriptedEngine
from ragft.errors import ContextOverflow, EngineError

SCHEMA = {
    "type": "object",
    "properties": {"q": {"type": "string", "pattern": "^What"}},
    "required": ["q"],
    "additionalProperties": False,
}
GOOD = '{"q": "What is LoRA?"}'
REQUEST = ChatRequest("m", (Message("user", "Ask."),), Options(num_predict=64), format=SCHEMA)
DONE = ChatChunk(done=True, done_reason="stop")


class Thinker(ScriptedEngine):
    """A scripted engine whose models can think."""

    def show(self, name: str) -> ModelInfo:
        return replace(super().show(name), capabilities=("completion", "thinking"))


@pytest.mark.parametrize(
    "reply",
    [
        GOOD,
        f"\n\n{GOOD}\n\n  \t",
        f"<think>\n\n</think>\n\n{GOOD}",
        f"```json\n{GOOD}\n```",
        f"Here it is: {GOOD} I hope it helps.",
        [ChatChunk(thinking=f"Well. {GOOD}"), DONE],
    ],
)
def test_json_is_found_where_the_model_put_it(reply: Reply) -> None:
    engine = ScriptedEngine([reply])
    assert ask_json(engine, REQUEST) == GOOD


@pytest.mark.parametrize("reply", ["", "no", "{", '{"q": 1}', '{"q": "Why?"}', '{"a": "What?"}', "[1]", "{" * 100_000])
def test_what_the_schema_does_not_allow_is_rejected(reply: str) -> None:
    assert ask_json(ScriptedEngine([lambda _: [ChatChunk(content=reply), DONE]]), REQUEST) is None


@pytest.mark.parametrize("think", [False, True, "high"])
def test_a_model_that_can_think_is_asked_once_more_with_the_other_setting(think: Any) -> None:
    engine = Thinker(["", GOOD])
    assert ask_json(engine, replace(REQUEST, think=think)) == GOOD
    first, second = engine.requests
    assert bool(first.think) is not bool(second.think)
    assert (second.options.num_predict > 64) is bool(second.think)


def test_it_is_asked_twice_at_most() -> None:
    engine = Thinker(["", "", GOOD])
    assert ask_json(engine, REQUEST) is None
    assert len(engine.requests) == 2


def test_a_model_that_cannot_think_is_asked_once() -> None:
    engine = ScriptedEngine(["", GOOD])
    assert ask_json(engine, REQUEST) is None
    assert len(engine.requests) == 1


@pytest.mark.parametrize(("text", "expected"), [(GOOD, GOOD), ('{"q": "What', None)])
def test_blanks_without_end_are_not_waited_for(text: str, expected: str | None) -> None:
    heard = []

    def speak() -> Iterator[ChatChunk]:
        yield ChatChunk(content=text)
        while True:
            heard.append(1)
            yield ChatChunk(content=" \n")

    assert ask_json(ScriptedEngine([lambda _: speak()]), REQUEST) == expected
    assert len(heard) <= BLANKS_WITHIN


def test_a_schema_that_the_server_refuses_is_left_out() -> None:
    engine = ScriptedEngine([EngineError("Ollama refuses (500): invalid JSON schema in format"), GOOD])
    assert ask_json(engine, REQUEST) == GOOD
    assert [request.format for request in engine.requests] == [SCHEMA, None]


@pytest.mark.parametrize("error", [ContextOverflow("too long"), EngineError("out of memory")])
def test_any_other_error_comes_through(error: EngineError) -> None:
    with pytest.raises(type(error), match=error.message):
        ask_json(ScriptedEngine([error]), REQUEST)


@pytest.mark.parametrize(
    "before",
    [
        "The set {a, b} matters. ",
        '{"q": ',
        "{" * 1000 + "x ",
        '{"q": "Why?"} ',
        "{} {q} ",
        '{"x": 1' + "0" * 5000 + "} ",
    ],
)
def test_braces_before_it_do_not_hide_it(before: str) -> None:
    assert find_json(f"{before}{GOOD} and {{so on}}.", SCHEMA) == GOOD


@pytest.mark.parametrize("text", [f'{{"rows": [{GOOD}, ', f'{{"rows": [{GOOD}, "unfin', f'{{"rows": [{GOOD}]}}'])
def test_a_part_of_an_object_is_no_reply(text: str) -> None:
    assert find_json(text, SCHEMA) is None


def test_blanks_after_a_part_are_waited_for() -> None:
    """As where a model indents its JSON deeply."""
    pieces = ['{"q": {"a": 1}', " " * (BLANKS_AFTER + 1), ', "b": 2}', " " * BLANKS_AFTER, "x"]
    engine = ScriptedEngine([lambda _: [*(ChatChunk(content=piece) for piece in pieces), DONE]])
    assert ask_json(engine, replace(REQUEST, format={})) == '{"q": {"a": 1}' + " " * (BLANKS_AFTER + 1) + ', "b": 2}'


@pytest.mark.parametrize("part", ["{", '{"a":', '{"a":{"b":1},', '{"a":[', '{"', "{}", '{"a": "'])
def test_a_hostile_text_costs_linear_time(part: str) -> None:
    start = time.perf_counter()
    find_json(part * (200_000 // len(part)) + "x y", SCHEMA)
    assert time.perf_counter() - start < 10


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_around_it_does_no_harm(before: str, after: str) -> None:
    if "{" not in before:
        assert find_json(before + GOOD + after, SCHEMA) == GOOD


@given(st.text(max_size=80))
def test_no_text_raises(text: str) -> None:
    find_json(text, SCHEMA)
