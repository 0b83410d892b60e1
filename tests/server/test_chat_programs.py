"""The calls of chat programs and of Ollama's command, in the form that their public source gives them.

Open WebUI: backend/open_webui/routers/openai.py and ollama.py; LibreChat: packages/api/src/endpoints/models.ts and
openai/llm.ts, which LangChain's ChatOpenAI sends; Ollama: cmd/cmd.go, cmd/interactive.go and api/client.go.
"""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.app.papers import ANSWER, QUESTION

_WEBUI = {
    "Content-Type": "application/json",
    "Authorization": "Bearer none",
    "X-OpenWebUI-User-Name": "Ada",
    "X-OpenWebUI-User-Id": "7e6f",
    "X-OpenWebUI-User-Email": "ada@example.org",
    "X-OpenWebUI-User-Role": "admin",
    "X-OpenWebUI-Chat-Id": "3f0c",
}
_ASKED = [{"role": "user", "content": QUESTION}]


def _post(address: str, body: dict[str, Any], headers: dict[str, str] = _WEBUI) -> httpx.Response:
    return httpx.post(address, content=json.dumps(body), headers=headers, timeout=60).raise_for_status()


def _events(reply: httpx.Response) -> list[dict[str, Any]]:
    """The JSON of a stream of OpenAI's, which ends with [DONE]."""
    lines = [line.removeprefix("data: ") for line in reply.text.splitlines() if line.startswith("data: ")]
    assert lines.pop() == "[DONE]"
    return [json.loads(line) for line in lines]


def _streamed(events: list[dict[str, Any]]) -> str:
    return "".join(event["choices"][0]["delta"].get("content") or "" for event in events if event["choices"])


@pytest.mark.parametrize("headers", [_WEBUI, {"Authorization": "Bearer none"}])
def test_both_list_the_models_of_an_openai_address(url: str, headers: dict[str, str]) -> None:
    listed = httpx.get(f"{url}/v1/models", headers=headers).raise_for_status().json()
    assert listed["object"] == "list"
    assert {"ragft", "base-model"} <= {model["id"] for model in listed["data"]}


def test_open_webui_streams_a_chat(url: str) -> None:
    body = {"stream": True, "model": "ragft", "messages": _ASKED, "stream_options": {"include_usage": True}}
    events = _events(_post(f"{url}/v1/chat/completions", body))
    assert _streamed(events) == ANSWER
    assert events[-1]["usage"]["total_tokens"] > 0
    (source,) = [event["event"] for event in events if "event" in event]
    assert (source["type"], source["data"]["source"]["name"]) == ("source", "Fine-tuning on one card")


def test_open_webui_asks_for_a_title(url: str) -> None:
    prompt = "### Task:\nGenerate a concise, 3-5 word title summarizing the chat history.\n<chat_history>\nUSER: Hi\n"
    body = {
        "model": "base-model",
        "messages": [{"role": "user", "content": prompt}],
        "stream": False,
        "max_completion_tokens": 1000,
    }
    assert _post(f"{url}/v1/chat/completions", body).json()["choices"][0]["message"]["content"]


def test_open_webui_talks_to_an_ollama_address(url: str) -> None:
    assert httpx.get(f"{url}/api/version", headers=_WEBUI).json()["version"]
    assert "ragft:latest" in [one["model"] for one in httpx.get(f"{url}/api/tags", headers=_WEBUI).json()["models"]]
    assert httpx.get(f"{url}/api/ps", headers=_WEBUI).json() == {"models": []}
    body = {
        "stream": True,
        "model": "ragft:latest",
        "messages": _ASKED,
        "options": {"temperature": 0.8, "num_ctx": 4096, "mirostat": 0},
        "keep_alive": "5m",
        "format": "",
    }
    lines = [json.loads(line) for line in _post(f"{url}/api/chat", body).text.splitlines()]
    assert "".join(line["message"]["content"] for line in lines).startswith(ANSWER)
    assert lines[-1]["done"] is True


def test_librechat_lists_the_models_of_an_ollama_address(url: str) -> None:
    listed = httpx.get(f"{url}/api/tags").raise_for_status().json()
    assert "ragft:latest" in [tag["name"] for tag in listed["models"]]


def test_librechat_streams_a_chat(url: str) -> None:
    body = {
        "model": "ragft",
        "user": "65f0c0ffee",
        "temperature": 1,
        "top_p": 1,
        "presence_penalty": 0,
        "frequency_penalty": 0,
        "n": 1,
        "stream": True,
        "stream_options": {"include_usage": True},
        "messages": [{"role": "system", "content": "You are a helpful assistant."}, *_ASKED],
    }
    headers = {"Authorization": "Bearer none", "Content-Type": "application/json", "X-Stainless-Lang": "js"}
    events = _events(_post(f"{url}/v1/chat/completions", body, headers))
    assert _streamed(events) == ANSWER
    assert events[-1]["usage"]["completion_tokens"] > 0


def test_librechat_asks_for_a_title(url: str) -> None:
    prompt = "Provide a concise, 5-word-or-less title for the conversation, using title case conventions."
    body = {
        "model": "base-model",
        "temperature": 0.2,
        "max_tokens": 60,
        "messages": [{"role": "user", "content": prompt}],
    }
    assert _post(f"{url}/v1/chat/completions", body).json()["choices"][0]["finish_reason"] == "stop"


def test_ollamas_command_finds_the_server_and_lists_its_models(url: str) -> None:
    found = httpx.head(f"{url}/")  # before each of its commands
    assert (found.status_code, found.content) == (200, b"")
    for model in httpx.get(f"{url}/api/tags").json()["models"]:
        assert len(model["digest"]) >= 12  # of which `ollama list` shows so many, without looking
        assert model["modified_at"].endswith("Z")


def test_ollamas_command_runs_a_model(url: str) -> None:
    shown = _post(f"{url}/api/show", {"model": "ragft", "name": "ragft"}).json()
    assert "completion" in shown["capabilities"] and shown["model_info"]["general.architecture"]
    loading = {"model": "ragft", "prompt": "", "keep_alive": None, "options": None, "think": None}
    (loaded,) = _post(f"{url}/api/generate", loading).text.splitlines()
    assert json.loads(loaded)["done"] is True
    body = {
        "model": "ragft",
        "prompt": QUESTION,
        "context": [],
        "images": [],
        "format": "",
        "options": {},
    }
    lines = [json.loads(line) for line in _post(f"{url}/api/generate", body).text.splitlines()]
    assert "".join(line["response"] for line in lines).startswith(ANSWER)
    assert lines[-1]["done"] is True
