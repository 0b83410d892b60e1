"""An engine whose models answer in workers: threads here, each with a scripted engine of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from ragft.config import Settings
from ragft.engine.base import ChatRequest, Engine, Message, ModelInfo, collect_reply
from ragft.engine.elsewhere import EngineElsewhere, ModelRunner, spread_by_settings, spread_over
from ragft.engine.scripted import ScriptedEngine
from ragft.errors import GenerationError, ModelNotFound, UsageError
from ragft.executors.local import LocalExecutor
from ragft.workspace import Workspace


def request(text: str) -> ChatRequest:
    return ChatRequest("small", (Message("user", text),))


def elsewhere(here: ScriptedEngine, there: Callable[[], ScriptedEngine], count: int = 2) -> EngineElsewhere:
    executor = LocalExecutor()
    executor.size = count
    return spread_over(executor, here, lambda: ModelRunner(there()))


def shout(asked: ChatRequest) -> str:
    return asked.messages[-1].content.upper()


def test_the_worker_answers_and_the_engine_here_is_not_asked() -> None:
    here = ScriptedEngine()
    engine = elsewhere(here, lambda: ScriptedEngine(shout), 3)
    with closing(engine.workers):
        text, last = collect_reply(engine, request("how high is the tide?"))
        assert (text, last.done_reason) == ("HOW HIGH IS THE TIDE?", "stop")
        assert [one.text for one in engine.next_tokens("small", "yes")] == ["YES"]
    assert here.requests == []
    assert engine.slots == 3
    assert isinstance(engine, Engine)


@pytest.mark.parametrize(("threads", "workers"), [(1, 8), (2, 4), (3, 2), (16, 1)])
def test_there_are_as_many_workers_as_have_a_core_for_each_thread(threads: int, workers: int) -> None:
    executor = LocalExecutor()
    executor.size = 8
    engine = spread_over(executor, ScriptedEngine(), lambda: ModelRunner(ScriptedEngine(shout)), threads=threads)
    with closing(engine.workers):
        assert engine.slots == workers


def test_a_reply_tells_its_own_time_and_not_that_of_waiting_for_a_worker() -> None:
    def slow(_: ChatRequest) -> str:
        time.sleep(0.1)
        return "yes"

    engine = elsewhere(ScriptedEngine(), lambda: ScriptedEngine(slow), 1)
    with closing(engine.workers), ThreadPoolExecutor(3) as threads:
        started = time.monotonic()
        replies = list(threads.map(engine.timed, map(request, "abc")))
        waited = time.monotonic() - started
    assert waited >= 0.3
    assert sum(reply.seconds for reply in replies) <= waited
    assert all(reply.seconds >= 0.1 for reply in replies)


def test_a_worker_with_another_model_of_that_name_is_refused() -> None:
    class Other(ScriptedEngine):
        def show(self, name: str) -> ModelInfo:
            return super().show(f"another {name}")

    engine = elsewhere(ScriptedEngine(), lambda: Other(shout))
    with closing(engine.workers), pytest.raises(ModelNotFound, match="a worker has another model small"):
        collect_reply(engine, request("?"))


def test_what_the_engine_of_a_worker_raises_is_raised_here() -> None:
    engine = elsewhere(ScriptedEngine(), lambda: ScriptedEngine([GenerationError("died", fix="ask again")]), 1)
    with closing(engine.workers), pytest.raises(GenerationError, match="died"):
        collect_reply(engine, request("?"))


def test_without_an_executor_the_engine_is_used_as_it_is(tmp_path: Path) -> None:
    engine = ScriptedEngine()
    with spread_by_settings(engine, Settings(), "generate", Workspace(tmp_path)) as found:
        assert found is engine


def test_ollama_is_not_run_in_workers(tmp_path: Path) -> None:
    engine = ScriptedEngine()
    engine.name = "ollama"
    settings = Settings().with_("benchmark", executor="ray")
    with (
        pytest.raises(UsageError, match=r"benchmark\.executor=ray has the embedded engine run") as raised,
        spread_by_settings(engine, settings, "benchmark", Workspace(tmp_path)),
    ):
        pass
    assert "engine.ollama_host (HOST,HOST)" in (raised.value.fix or "")


def test_where_the_models_run_is_no_part_of_a_record() -> None:
    here, there = Settings(), Settings().with_("generate", executor="ray").with_("benchmark", executor="ray")
    assert here.model_dump(mode="json") == there.model_dump(mode="json")
