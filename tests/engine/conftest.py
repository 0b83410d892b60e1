"""Fixtures of the engine tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine.fake_ollama import FakeOllama, serve


@pytest.fixture
def fake() -> Iterator[FakeOllama]:
    """A running fake Ollama; the test fails if a request or reply was not as Ollama's OpenAPI file has it."""
    running = serve(FakeOllama())
    server = next(running)
    yield server
    running.close()  # type: ignore[attr-defined]
    assert server.violations == []
