"""A server that answers with something else than Ollama's replies is an error in one line. Found by `make fuzz`."""

from __future__ import annotations

import httpx
import pytest

from ragft.engine.base import ChatRequest, Message, Options
from ragft.engine.embedded.server import _chunks
from ragft.engine.ollama.engine import OllamaEngine
from ragft.errors import EngineError, GenerationError

HELLO = ChatRequest("m", (Message("user", "Hello?"),), Options())
DEEP = "[" * 100_000


def engine_answered_with(reply: str) -> OllamaEngine:
    engine = OllamaEngine("127.0.0.1:1")
    transport = httpx.MockTransport(lambda _: httpx.Response(200, text=reply))
    engine._client._client = httpx.Client(transport=transport, base_url="http://127.0.0.1:1")
    return engine


@pytest.mark.parametrize(
    "line",
    [
        '{"message":5}',
        '{"message":{"content":5}}',
        '{"message":{"thinking":[1]}}',
        '{"done":true,"eval_count":[1]}',
        '{"done":true,"eval_count":1e999}',
        "[]",
        "5",
        "not JSON",
        DEEP,
    ],
)
def test_a_line_of_an_answer_of_another_shape(line: str) -> None:
    with pytest.raises(EngineError):
        list(engine_answered_with(line).chat(HELLO))


@pytest.mark.parametrize(
    "reply", ['{"models":5}', '{"models":[5]}', '{"models":[{"details":[1]}]}', '{"models":[{"size":"x"}]}', "[]", DEEP]
)
def test_a_list_of_models_of_another_shape(reply: str) -> None:
    with pytest.raises(EngineError):
        engine_answered_with(reply).models()


@pytest.mark.parametrize("reply", ['{"models":5}', '{"models":[5]}', '{"models":[{"context_length":[1]}]}', DEEP])
def test_a_list_of_loaded_models_of_another_shape(reply: str) -> None:
    with pytest.raises(EngineError):
        engine_answered_with(reply).loaded()


@pytest.mark.parametrize(
    "reply",
    ['{"model_info":5}', '{"details":5}', '{"capabilities":5}', '{"model_info":{"general.parameter_count":"x"}}'],
)
def test_a_description_of_another_shape(reply: str) -> None:
    with pytest.raises(EngineError):
        engine_answered_with(reply).show("m")


@pytest.mark.parametrize(
    "reply", ['{"logprobs":5}', '{"logprobs":[5]}', '{"logprobs":[{"top_logprobs":[{"logprob":"x"}]}]}']
)
def test_log_probabilities_of_another_shape(reply: str) -> None:
    with pytest.raises(EngineError):
        engine_answered_with(reply).next_tokens("m", "x")


def test_a_parameter_nested_without_end_is_kept_as_text() -> None:
    from ragft.engine.ollama.wire import _parse_parameters

    assert _parse_parameters(f"stop {DEEP}") == {"stop": [DEEP]}


@pytest.mark.parametrize(
    "event",
    [
        '{"choices":null}',
        '{"choices":[5]}',
        '{"choices":[{"delta":5}]}',
        '{"timings":null}',
        '{"timings":{"prompt_ms":"x"}}',
        DEEP,
    ],
)
def test_an_event_of_llama_cpp_of_another_shape(event: str) -> None:
    with pytest.raises(GenerationError):
        list(_chunks(iter([f"data: {event}"]), "m"))
