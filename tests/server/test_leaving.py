"""Closing the connection stops the model, whatever was asked."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any

import httpx
import pytest

from ragft.engine.scripted import ScriptedEngine
from tests.app.papers import QUESTION
from tests.server.conftest import slowly
from tests.server.page.conftest import register

_CHAT = {"model": "base-model", "messages": [{"role": "user", "content": QUESTION}]}
_WORDS = tuple(f"word{number} " for number in range(2000))
"""No two are alike: an answer that repeats itself is cut short."""


class _Served:
    """A server whose model writes a word every 10 ms; `written` counts them."""

    def __init__(self, serve: Callable[..., Any]) -> None:
        self.written = 0
        running = serve(engine=ScriptedEngine(slowly(_WORDS, self._note)))
        register(running.app.workspace.root)
        self.url: str = running.url

    def _note(self, _: int) -> None:
        self.written += 1
        time.sleep(0.01)

    def wait_for_words(self) -> None:
        deadline = time.monotonic() + 60
        while not self.written and time.monotonic() < deadline:
            time.sleep(0.01)

    def require_stopped(self) -> None:
        deadline = time.monotonic() + 10
        while httpx.get(f"{self.url}/health").json()["running"] and time.monotonic() < deadline:
            time.sleep(0.05)
        stopped = self.written
        time.sleep(0.2)
        assert 0 < self.written == stopped < 1000


@pytest.fixture
def served(serve: Callable[..., Any]) -> _Served:
    return _Served(serve)


def test_in_the_middle_of_a_stream(served: _Served) -> None:
    with httpx.stream("POST", f"{served.url}/v1/chat/completions", json={**_CHAT, "stream": True}) as response:
        next(line for line in response.iter_lines() if "word" in line)
    served.require_stopped()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", _CHAT),
        ("/api/generate", {"model": "base-model", "prompt": QUESTION, "stream": False}),
        ("/compare", {"question": QUESTION}),
        ("/votes", {"question": QUESTION}),
    ],
)
def test_while_a_whole_reply_is_awaited(served: _Served, path: str, body: dict[str, Any]) -> None:
    connection = HTTPConnection(httpx.URL(served.url).netloc.decode())
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    served.wait_for_words()
    connection.close()
    served.require_stopped()
