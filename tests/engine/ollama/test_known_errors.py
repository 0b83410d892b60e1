"""Every refusal of Ollama says what happened and what helps, whichever version wrote it."""

from __future__ import annotations

import json

import pytest

from ragft.engine.ollama.known_errors import explain_error, reason_of, request_error
from ragft.errors import ContextOverflow, EngineError, EngineUnavailable, ModelNotFound

INNER = {
    "error": {
        "code": 400,
        "message": "request (3010 tokens) exceeds the available context size (1024 tokens), try increasing it",
        "type": "exceed_context_size_error",
    }
}


def test_an_error_inside_an_error_is_unwrapped() -> None:
    assert reason_of(json.dumps(INNER)) == INNER["error"]["message"]
    assert reason_of(json.dumps({"error": json.dumps(INNER)})) == INNER["error"]["message"]


@pytest.mark.parametrize("text", ["plain words", "[1, 2]", '"a"', "{}", '{"error": 5}', "null", "", "[" * 100_000])
def test_a_text_that_wraps_nothing_stays(text: str) -> None:
    assert reason_of(text) in (text, text.strip('"'))


def test_a_prompt_that_is_too_long_is_reported_with_its_numbers() -> None:
    found = request_error(400, json.dumps(INNER), model="m", host="h")
    assert isinstance(found, ContextOverflow)
    assert found.message == "the prompt has 3010 tokens, and m is loaded with a context of 1024"


@pytest.mark.parametrize(
    ("status", "text", "kind", "message", "fix"),
    [
        (404, "model 'm' not found", ModelNotFound, "no model 'm'", "ollama pull m"),
        (404, "model 'm:latest' not found", ModelNotFound, "no model 'm'", "ollama pull m"),
        (400, "the input length exceeds the context length", ContextOverflow, "does not fit", "answer.num_ctx"),
        (401, "unauthorized", EngineUnavailable, "refuses access (401)", "OLLAMA_API_KEY"),
        (403, "forbidden", EngineUnavailable, "refuses access (403)", "USER:PASSWORD"),
        (503, "server busy", EngineUnavailable, "busy", "moment"),
        (400, '"m" does not support chat', EngineError, "m is not a chat model", "ragft models list"),
        (400, '"m" does not support thinking', EngineError, "does not support thinking", "answer.think"),
        (
            501,
            "This server does not support embeddings. Start it with `--embeddings`",
            EngineError,
            "m is not an embedding model",
            "index.encoder",
        ),
        (
            500,
            "llama-server process has terminated: signal: illegal instruction",
            EngineError,
            "could not run m: llama-server process has terminated: signal: illegal instruction",
            "log",
        ),
        (500, "llama runner process has terminated: exit status 2", EngineError, "could not run m", "log"),
        (
            500,
            "model requires more system memory (5.6 GiB) than is available (3.1 GiB)",
            EngineError,
            "does not fit the memory",
            "smaller",
        ),
        (500, "something new", EngineError, "refuses (500): something new", "log"),
    ],
)
def test_every_refusal_has_a_remedy(status: int, text: str, kind: type[EngineError], message: str, fix: str) -> None:
    found = request_error(status, text, model="m", host="http://h")
    assert type(found) is kind
    assert message in found.message
    assert fix in (found.fix or "")


@pytest.mark.parametrize(
    ("reason", "message", "fix"),
    [
        ("write /models/blobs/x: no space left on device", "disk of Ollama is full", "OLLAMA_MODELS"),
        ("invalid model name", "'m' cannot be the name", "letters"),
        ("open /models/manifests/m: is a directory", "name 'm' is in use", "another name"),
        ("quantization is only supported for F16, BF16 and F32 models", "only supported", "bf16"),
    ],
)
def test_what_ends_a_registration_has_a_remedy(reason: str, message: str, fix: str) -> None:
    found = explain_error(reason, "m", "Ollama did not make m: ")
    assert found is not None
    assert found.message.startswith("Ollama did not make m: ")
    assert message in found.message
    assert fix in (found.fix or "")
