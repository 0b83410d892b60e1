"""The smoke test refuses what a broken export says, and nothing that a small model may say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ragft.engine.base import ChatChunk, ChatRequest, ModelInfo
from ragft.engine.scripted import ScriptedEngine
from ragft.errors import EngineError, ExportError, GenerationError
from ragft.export.smoke import QUESTIONS, smoke_test


def test_five_questions_are_asked_greedily_and_without_thinking() -> None:
    engine = ScriptedEngine(["Paris."] * 5)
    smoke_test(engine, "m")
    assert [request.messages[-1].content for request in engine.requests] == list(QUESTIONS)
    assert len(QUESTIONS) == 5
    assert {(request.options.temperature, request.think) for request in engine.requests} == {(0.0, False)}


@pytest.mark.parametrize(
    "reply",
    [
        "5",
        "The answer is wrong: Lyon.",
        "the same again, " * 60,  # runs in circles, and into the limit
        "An elephant is < a mouse | no.",
    ],
)
def test_what_a_small_model_may_say(reply: str) -> None:
    smoke_test(ScriptedEngine([reply] * 5), "m")


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("", "with nothing"),
        (" \n ", "with nothing"),
        ("!!!", "with nothing"),
        ("Paris.<|im_end|>", "token of its chat template"),
        ("Paris.<end_of_turn>", "token of its chat template"),
        ("Paris.<|eot_id|>", "token of its chat template"),
        ("[INST] What?", "token of its chat template"),
        ("Paris.</s>", "token of its chat template"),
        ("<think>hm</think>Paris", "its thoughts"),
    ],
)
def test_what_a_broken_export_says(reply: str, said: str) -> None:
    with pytest.raises(ExportError, match=f"^m answered '{QUESTIONS[4][:5]}.*{said}"):
        smoke_test(ScriptedEngine(["Fine."] * 4 + [reply]), "m")


def test_an_engine_that_fails() -> None:
    with pytest.raises(EngineError, match="m failed on 'What is the capital of France\\?': out of memory"):
        smoke_test(ScriptedEngine([GenerationError("out of memory")]), "m")


def only_thinks(reason: str) -> Callable[[ChatRequest], list[ChatChunk]]:
    return lambda _: [ChatChunk(thinking="hm"), ChatChunk(done=True, done_reason=reason)]


def test_thoughts_that_end_without_an_answer_are_none() -> None:
    with pytest.raises(ExportError, match="with nothing"):
        smoke_test(ScriptedEngine(only_thinks("stop")), "m")


def test_thoughts_that_the_limit_cuts_are_no_broken_export() -> None:
    engine = ScriptedEngine(only_thinks("length"))
    smoke_test(engine, "m")
    assert len(engine.requests) == len(QUESTIONS)


def test_an_answer_of_nothing_that_the_limit_cuts_is_a_broken_export() -> None:
    engine = ScriptedEngine(lambda _: [ChatChunk(content="\n" * 160), ChatChunk(done=True, done_reason="length")])
    with pytest.raises(ExportError, match="with nothing"):
        smoke_test(engine, "m")


def test_a_model_that_can_think_has_tokens_for_it() -> None:
    class Thinker(ScriptedEngine):
        def show(self, name: str) -> ModelInfo:
            return replace(super().show(name), capabilities=("completion", "thinking"))

    thinker, plain = Thinker(["Paris."] * 5), ScriptedEngine(["Paris."] * 5)
    for engine in (thinker, plain):
        smoke_test(engine, "m")
    assert {request.options.num_predict for request in thinker.requests} == {160 + (4096 - 160) // 2}
    assert {request.options.num_predict for request in plain.requests} == {160}
