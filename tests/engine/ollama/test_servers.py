"""Two Ollama servers as one engine: which is asked, what happens when one fails, and that both have the same model."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from ragft.engine.base import ChatRequest, Message, ModelSpec, collect_reply
from ragft.engine.engines import engine_label, memory_of, open_ollama
from ragft.engine.ollama import servers as several
from ragft.engine.ollama.engine import OllamaEngine
from ragft.engine.ollama.servers import OllamaServers
from ragft.errors import EngineError, EngineUnavailable, GenerationError, ModelNotFound, ServerNotFound
from ragft.setting_sections import EngineSettings
from tests.engine.fake_ollama import Die, FakeOllama, Wait, says, serve
from tests.engine.gguf_maker import write_gguf

HELLO = ChatRequest("m", (Message("user", "Hello?"),))


@pytest.fixture
def fakes() -> Iterator[tuple[FakeOllama, FakeOllama]]:
    """Two servers that have the model m."""
    with ExitStack() as stack:
        made = []
        for name in ("one", "two"):
            running = serve(FakeOllama(answer=says(name)))
            stack.callback(running.close)  # type: ignore[attr-defined]
            made.append(next(running))
            made[-1].add("m:latest")
        yield made[0], made[1]
    assert [fake.violations for fake in made] == [[], []]


@pytest.fixture
def engine(fakes: tuple[FakeOllama, FakeOllama]) -> Iterator[OllamaServers]:
    opened = open_ollama(EngineSettings.model_validate({"ollama_host": [fake.url for fake in fakes], "timeout": 5}))
    assert isinstance(opened, OllamaServers)
    yield opened
    opened.close()


def answered(engine: OllamaServers) -> str:
    return collect_reply(engine, HELLO)[0]


def first_words(engine: OllamaServers, model: str = "m") -> list[str]:
    """Those of three answers that are all begun before one is read on."""
    begun = [engine.chat(ChatRequest(model, HELLO.messages)) for _ in range(3)]
    return [next(answer).content for answer in begun]


def fail(fake: FakeOllama) -> None:
    fake.failures |= dict.fromkeys(("/api/chat", "/api/tags", "/api/version", "/api/show"), (503, "busy"))


@pytest.fixture
def no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that failed rests only for as long as that took."""
    monkeypatch.setattr(several, "REST", 0.0)


def test_one_address_is_one_server() -> None:
    engine = open_ollama(EngineSettings(ollama_host="127.0.0.1:9"))
    assert isinstance(engine, OllamaEngine)
    engine.close()


def test_who_asks_one_thing_after_the_other_stays_with_the_server_that_has_the_model_loaded(
    engine: OllamaServers,
) -> None:
    assert len({answered(engine) for _ in range(4)}) == 1


def test_questions_at_the_same_time_are_shared(engine: OllamaServers, fakes: tuple[FakeOllama, FakeOllama]) -> None:
    together = threading.Barrier(4)

    def slow(name: str) -> Callable[[Any], list[Any]]:
        def answer(_: Any) -> list[Any]:
            together.wait(10)
            return says(name)

        return answer

    for fake, name in zip(fakes, ("one", "two"), strict=True):
        fake.answer = slow(name)
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(answered(engine))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["one", "one", "two", "two"]


def test_a_question_goes_to_the_other_server_where_one_fails(
    engine: OllamaServers, fakes: tuple[FakeOllama, FakeOllama], logged: Callable[[], str]
) -> None:
    fail(fakes[0])
    assert [answered(engine) for _ in range(3)] == ["two"] * 3
    assert fakes[0].bodies("/api/chat") == []  # it is known from the first question on
    assert logged().count("the other servers are asked") == 1


def test_a_server_that_dies_before_the_first_word_is_replaced_and_later_is_an_error(
    engine: OllamaServers, fakes: tuple[FakeOllama, FakeOllama]
) -> None:
    fakes[0].answer = [Die()]
    fakes[1].answer = says("whole")
    assert answered(engine) == "whole"
    fakes[1].answer = [*says("half")[:1], Die()]
    with pytest.raises(GenerationError):
        answered(engine)


@pytest.mark.usefixtures("no_rest")
def test_a_server_that_answers_again_is_asked_again(
    engine: OllamaServers, fakes: tuple[FakeOllama, FakeOllama]
) -> None:
    fail(fakes[0])
    assert answered(engine) == "two"
    fakes[0].failures.clear()
    fail(fakes[1])
    assert answered(engine) == "one"


def test_a_server_that_takes_connections_and_says_nothing_is_passed_over_soon(
    fakes: tuple[FakeOllama, FakeOllama], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(several, "LOOK", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hosts = [f"http://127.0.0.1:{silent.getsockname()[1]}", fakes[1].url]
        engine = OllamaServers([OllamaEngine(host, timeout=60) for host in hosts])
        started = time.monotonic()
        assert answered(engine) == "two"
        assert [model.name for model in engine.models()] == ["m:latest"]
        assert engine.loaded()[0].name == "m:latest"
        assert time.monotonic() - started < 30
        engine.close()


def test_servers_that_say_nothing_are_waited_for_at_the_same_time(
    fakes: tuple[FakeOllama, FakeOllama], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(several, "LOOK", 2.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        hosts = [*(f"http://127.0.0.1:{port}/{number}" for number in range(4)), fakes[1].url]
        engine = OllamaServers([OllamaEngine(host, timeout=60) for host in hosts])
        started = time.monotonic()
        assert answered(engine) == "two"
        assert time.monotonic() - started < 8
        engine.close()


@pytest.mark.usefixtures("no_rest")
def test_a_server_that_gives_no_sign_of_life_is_replaced_and_rests_as_long_as_that_took(
    fakes: tuple[FakeOllama, FakeOllama],
) -> None:
    fakes[0].answer = [Wait(3), *says("late")]
    engine = OllamaServers([OllamaEngine(fake.url, timeout=1) for fake in fakes])
    assert answered(engine) == "two"
    rest = engine._servers[0].rests_until - time.monotonic()
    assert 0 < rest <= 1.5
    engine.close()


@pytest.mark.usefixtures("no_rest")
def test_a_server_that_fails_late_in_an_answer_rests_no_longer_than_that_took(
    engine: OllamaServers, fakes: tuple[FakeOllama, FakeOllama]
) -> None:
    half = says("half")[0]
    fakes[0].answer = [half, Wait(2), half, {"error": "an error was encountered while running the model"}]
    with pytest.raises(GenerationError):
        answered(engine)
    assert engine._servers[0].rests_until - time.monotonic() < 1.5


@pytest.mark.parametrize("reason", ["llama runner process has terminated: exit status 2", "something new"])
def test_a_question_goes_to_the_other_server_where_the_model_cannot_be_run(
    engine: OllamaServers, fakes: tuple[FakeOllama, FakeOllama], reason: str
) -> None:
    fakes[0].failures["/api/chat"] = (500, reason)
    assert [answered(engine) for _ in range(3)] == ["two"] * 3
    assert len(fakes[0].bodies("/api/chat")) == 1


def test_a_question_that_is_wrong_itself_goes_to_no_other(
    engine: OllamaServers, fakes: tuple[FakeOllama, FakeOllama], logged: Callable[[], str]
) -> None:
    for status, reason in ((400, '"m" does not support thinking'), (500, "the prompt is too long")):
        fakes[0].failures["/api/chat"] = (status, reason)
        with pytest.raises(EngineError):
            answered(engine)
    assert fakes[1].bodies("/api/chat") == []
    assert "the other servers are asked" not in logged()


def test_a_server_that_fails_in_the_middle_of_an_answer_is_not_asked_the_next_question(
    engine: OllamaServers, fakes: tuple[FakeOllama, FakeOllama]
) -> None:
    fakes[0].answer = [*says("half")[:1], {"error": "an error was encountered while running the model"}]
    with pytest.raises(GenerationError, match="in the middle of an answer"):
        answered(engine)
    assert [answered(engine) for _ in range(3)] == ["two"] * 3


def test_a_server_that_cannot_list_its_models_stops_no_question(
    engine: OllamaServers, fakes: tuple[FakeOllama, FakeOllama]
) -> None:
    fakes[0].failures["/api/tags"] = (500, "the disk cannot be read")
    assert answered(engine) == "two"
    assert [model.name for model in engine.models()] == ["m:latest"]


@pytest.mark.usefixtures("no_rest")
def test_a_server_that_comes_back_with_another_model_is_not_asked(
    engine: OllamaServers, fakes: tuple[FakeOllama, FakeOllama]
) -> None:
    fail(fakes[0])
    assert answered(engine) == "two"
    fakes[0].failures.clear()
    fakes[0].add("m:latest", digest="f" * 64)
    assert first_words(engine) == ["two"] * 3


def test_a_model_that_a_server_has_lost_is_asked_of_the_other(
    engine: OllamaServers, fakes: tuple[FakeOllama, FakeOllama]
) -> None:
    assert answered(engine) == "one"
    fakes[0].models.clear()
    assert first_words(engine) == ["two"] * 3
    assert len(fakes[0].bodies("/api/chat")) == 2


def test_where_none_answers_the_error_is_that_of_a_server(
    engine: OllamaServers, fakes: tuple[FakeOllama, FakeOllama]
) -> None:
    for fake in fakes:
        fail(fake)
    with pytest.raises(EngineUnavailable):
        answered(engine)
    with pytest.raises(EngineUnavailable):
        engine.probe(0.5)
    gone = OllamaServers([OllamaEngine("127.0.0.1:9"), OllamaEngine("127.0.0.1:9")])
    with pytest.raises(ServerNotFound):
        gone.models()
    gone.close()


def test_a_server_with_another_model_of_that_name_is_not_asked(
    engine: OllamaServers, fakes: tuple[FakeOllama, FakeOllama], logged: Callable[[], str]
) -> None:
    fakes[1].add("m:latest", digest="f" * 64)
    fakes[1].add("own:latest")
    assert first_words(engine) == ["one"] * 3
    assert logged().count("is another one than at") == 1
    assert engine.show("own").name == "own:latest"
    assert [model.name for model in engine.models()] == ["m:latest", "own:latest"]
    with pytest.raises(ModelNotFound):
        engine.show("none")


def test_it_is_another_model_in_any_spelling_of_its_name(
    engine: OllamaServers, fakes: tuple[FakeOllama, FakeOllama]
) -> None:
    for fake, digest in zip(fakes, ("a" * 64, "b" * 64), strict=True):
        fake.add("Locks-GGUF:Q4_K_M", digest=digest)
    assert first_words(engine, "locks-gguf:q4_k_m") == ["one"] * 3


def test_what_a_server_made_before_the_other_failed_is_known(
    engine: OllamaServers, fakes: tuple[FakeOllama, FakeOllama]
) -> None:
    for fake in fakes:
        fake.add("old:latest", digest="a" * 64)
    assert answered(engine) == "one"
    fakes[0].add("m:latest", digest="b" * 64)
    fakes[1].failures["/api/copy"] = (500, "the disk is full")
    with pytest.raises(EngineError):
        engine.copy("old", "new")
    assert first_words(engine) == ["one"] * 3


def test_an_answer_that_is_closed_frees_its_server(engine: OllamaServers) -> None:
    for _ in range(3):
        answer = engine.chat(HELLO)
        next(answer)
        answer.close()  # type: ignore[attr-defined]
    assert [server.busy for server in engine._servers] == [0, 0]


def test_what_is_registered_is_so_on_each(
    engine: OllamaServers, fakes: tuple[FakeOllama, FakeOllama], tmp_path: Path
) -> None:
    engine.create(ModelSpec("new", gguf=write_gguf(tmp_path / "new.gguf", template="{{ messages }}")))
    engine.copy("new", "newer")
    engine.delete("new")
    assert [sorted(fake.models) for fake in fakes] == [["m:latest", "newer:latest"]] * 2
    with pytest.raises(ModelNotFound):
        engine.delete("new")


def test_what_is_said_of_them(engine: OllamaServers, fakes: tuple[FakeOllama, FakeOllama]) -> None:
    fakes[1].version = "0.24.0"
    assert engine.version() == "ollama 0.30.1, ollama 0.24.0"
    assert engine.release() == (0, 24, 0)
    assert engine.slots == 2
    assert engine_label(engine) == f"Ollama at {fakes[0].url}, {fakes[1].url}"
    assert memory_of(engine) is not None
    far = OllamaServers([OllamaEngine("127.0.0.1:9"), OllamaEngine("10.0.0.9")])
    assert memory_of(far) is None
    far.close()
