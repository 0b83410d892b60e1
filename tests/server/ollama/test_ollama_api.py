"""Ollama's API by Ollama's own client over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import ollama
import pytest

from tests.app.papers import ANSWER, QUESTION


@pytest.fixture
def client(url: str) -> Iterator[ollama.Client]:
    made = ollama.Client(host=url)
    yield made
    made.close()


def _ask(text: str = QUESTION) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


def test_the_papers_are_a_model_among_the_others(client: ollama.Client, url: str) -> None:
    names = [model.model for model in client.list().models]
    assert names[0] == "ragft:latest" and "base-model:latest" in names
    assert client.show("ragft").capabilities == ["completion"]
    assert client.show("minilm:latest").capabilities == ["embedding"]
    assert httpx.get(f"{url}/api/version").json()["version"].count(".") == 2
    assert list(client.ps().models) == []


def test_an_answer_names_its_sources_in_the_text(client: ollama.Client, url: str) -> None:
    reply = client.chat("ragft:latest", messages=_ask())
    text, _, sources = (reply.message.content or "").partition("\n\nSources:\n")
    assert text == ANSWER
    assert sources.startswith(f"- [1] [Fine-tuning on one card]({url}/documents/")
    assert (reply.done, reply.done_reason) == (True, "stop")
    assert (reply.prompt_eval_count or 0) > 0


def test_a_stream_adds_up_to_the_same(client: ollama.Client) -> None:
    whole = client.chat("ragft", messages=_ask()).message.content
    chunks = list(client.chat("ragft", messages=_ask(), stream=True))
    assert "".join(chunk.message.content or "" for chunk in chunks) == whole
    assert [chunk.done for chunk in chunks] == [False] * (len(chunks) - 1) + [True]


def test_the_list_of_sources_is_no_part_of_the_conversation(client: ollama.Client) -> None:
    first = client.chat("ragft", messages=_ask()).message
    messages = [*_ask(), {"role": "assistant", "content": first.content}, *_ask()]
    assert (client.chat("ragft", messages=messages).message.content or "").startswith(ANSWER)


def test_a_model_of_the_engine_answers_as_it_is(client: ollama.Client) -> None:
    reply = client.chat("base-model", messages=_ask("Hello?"), options={"temperature": 0, "num_ctx": 2048})
    assert reply.message.content == "The documents do not answer this question."


def test_a_prompt_is_answered_as_a_chat_is(client: ollama.Client) -> None:
    chat = client.chat("ragft", messages=_ask()).message.content
    reply = client.generate("ragft", prompt=QUESTION)
    assert (reply.response, reply.done, reply.done_reason) == (chat, True, "stop")
    pieces = list(client.generate("ragft", prompt=QUESTION, stream=True))
    assert "".join(piece.response for piece in pieces) == chat
    assert [piece.done for piece in pieces] == [False] * (len(pieces) - 1) + [True]


def test_vectors(client: ollama.Client) -> None:
    made = client.embed("minilm", input=["tides", "memory"])
    assert [len(vector) for vector in made.embeddings] == [384, 384]
    one = client.embeddings("minilm", prompt="tides")
    assert list(one.embedding) == list(made.embeddings[0])
    assert list(client.embeddings("minilm", prompt="").embedding) == []


def test_a_chat_without_messages_only_loads(client: ollama.Client) -> None:
    assert client.chat("ragft").done_reason == "load"
    assert client.generate("base-model").done_reason == "load"
    assert client.generate("base-model", keep_alive=0).done_reason == "unload"
    with pytest.raises(ollama.ResponseError, match="not found"):
        client.generate("nothing")


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("generate", {"prompt": "x", "images": ["aa"]}),
        ("chat", {"messages": [{"role": "user", "content": "x", "images": ["aa"]}]}),
    ],
)
def test_an_image_is_refused(url: str, path: str, asked: dict[str, Any]) -> None:
    reply = httpx.post(f"{url}/api/{path}", json={"model": "ragft", **asked})
    assert reply.status_code == 400 and "only text is read" in reply.json()["error"]


@pytest.mark.parametrize("content_type", [None, "application/x-www-form-urlencoded"])
def test_requests_need_no_content_type(url: str, content_type: str | None) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    body = json.dumps({"model": "base-model", "prompt": "Hello?", "stream": False})
    reply = httpx.post(f"{url}/api/generate", content=body, headers=headers)
    assert reply.json()["response"] == "The documents do not answer this question."


@pytest.mark.parametrize("stream", [False, True])
def test_an_error_has_ollamas_form(client: ollama.Client, url: str, stream: bool) -> None:
    body = {"model": "nothing", "messages": _ask(), "stream": stream}
    response = httpx.post(f"{url}/api/chat", json=body)
    assert response.status_code == 404
    assert "no model 'nothing'" in response.json()["error"]
    with pytest.raises(ollama.ResponseError, match="not found"):
        client.show("nothing")


def test_what_ollama_does_not_know_is_read_over(url: str) -> None:
    body = {"model": "ragft", "messages": _ask(), "unheard_of": 1, "keep_alive": "5m", "think": False}
    with httpx.stream("POST", f"{url}/api/chat", json=body) as response:
        assert response.headers["content-type"] == "application/x-ndjson"
        assert all("created_at" in json.loads(line) for line in response.iter_lines())
