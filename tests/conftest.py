"""Fixtures that several folders share; everything heavy is imported when it is asked for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from ragft.engine.embedded.engine import EmbeddedEngine
    from ragft.engine.scripted import ScriptedEngine

# A busy machine is no fault of the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(scope="session")
def smollm2() -> Path:
    """The small real language model, as a GGUF in the user's cache (`make test` pulls it beforehand)."""
    from ragft.downloads.pull import pull, pulled
    from ragft.errors import DownloadError

    if (path := pulled("smollm2")) is not None:
        return path
    try:
        return pull("smollm2")
    except DownloadError as error:
        pytest.skip(f"the model smollm2 is not in the cache and cannot be fetched: {error}")


@pytest.fixture(scope="session")
def embedded_engine(smollm2: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedEngine]:
    """The real engine with the model `smollm2`, over a workspace of its own, loaded once for all tests."""
    from ragft.engine.embedded.engine import EmbeddedEngine
    from ragft.workspace import Workspace

    # One thread: two that wait for each other at every layer crawl when anything else runs on the machine.
    engine = EmbeddedEngine(Workspace(tmp_path_factory.mktemp("embedded")), threads=1)
    yield engine
    engine.close()


@pytest.fixture
def scripted() -> ScriptedEngine:
    """An engine without replies yet: `scripted.queue("…")` adds them, `scripted.requests` is what it was asked."""
    from ragft.engine.scripted import ScriptedEngine

    return ScriptedEngine()


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """What ragft's logger was told since the last call, a message a line."""
    caplog.set_level(logging.INFO, "ragft")

    def take() -> str:
        text = "\n".join(record.getMessage() for record in caplog.records if record.name == "ragft")
        caplog.clear()
        return text

    return take
