"""Fixtures that several folders share; everything heavy is imported when it is asked for."""

from __future__ import annotations

import copy
import functools
import gc
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from ragft.engine.embedded.engine import EmbeddedEngine
    from ragft.engine.scripted import ScriptedEngine

# A busy machine is no fault of the code: no example has a deadline. `make test-fast` takes the profile "fast".
settings.register_profile("patient", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fast", settings.get_profile("patient"), max_examples=5)
settings.load_profile("patient")

gc.disable()  # while ten thousand tests are collected; a quarter of that time went into looking through them

COLLECTED_WITH = pytest.StashKey[frozenset[str]]()
"""The modules that were loaded when all tests were collected."""


def pytest_collection_finish(session: pytest.Session) -> None:
    """The tests live to the end of the run: from here on the garbage collector passes over them."""
    session.config.stash[COLLECTED_WITH] = frozenset(sys.modules)
    gc.freeze()
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses a slow fixture, has a time limit of its own, or is slow by what it calls. Begin with the files of
    what is slow, so that no worker ends long after the other (with `--no-loadscope-reorder`)."""
    for item in items:
        limited = item.get_closest_marker("timeout") is not None
        if limited or "slow" in getattr(item, "fixturenames", ()) or is_slow(getattr(item, "obj", None)):
            item.add_marker(pytest.mark.slow)
    slow_files = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow_files)


STARTERS = frozenset({"classify", "ingest", "pip_settings", "read_documents", "render_page"})
"""Functions and methods of ragft that start a process: they read files or draw a page in one, or ask pip."""
LOADERS = frozenset({"choose_device", "choose_template", "load_model", "load_tokenizer", "make_stand_in", "open_nli"})
"""Functions of ragft that load one of `LIBRARIES`."""
LIBRARIES = frozenset({"sklearn", "torch", "transformers"})
"""What takes seconds to load."""
CLOCKS = frozenset({"process_time", "thread_time"})
"""Who measures the time of the processor does so with something very large."""
SLOW = STARTERS | LOADERS | LIBRARIES | CLOCKS


def is_slow(function: object) -> bool:
    """Whether a test, or a function of the tests that it calls, starts a process, loads one of `LIBRARIES` or measures
    processor time: uses the module `subprocess` or a name in `SLOW`."""
    ahead, seen = [getattr(getattr(function, "hypothesis", None), "inner_test", function)], set[int]()
    while ahead:
        one = ahead.pop()
        if not isinstance(one, FunctionType) or not one.__module__.startswith("tests.") or id(one) in seen:
            continue
        seen.add(id(one))
        names = _names(one.__code__)
        used = [one.__globals__[name] for name in names if name in one.__globals__]
        if any(each is subprocess for each in used) or not SLOW.isdisjoint(names):
            return True
        ahead += used
    return False


def _names(code: CodeType) -> set[str]:
    """The names that a function uses, those inside it included, and the strings by which `importorskip` is told one."""
    found = {*code.co_names, *(each for each in code.co_consts if isinstance(each, str) and each in LIBRARIES)}
    for inside in code.co_consts:
        if isinstance(inside, CodeType):
            found |= _names(inside)
    return found


@pytest.fixture(scope="session", autouse=True)
def one_encoder() -> Iterator[None]:
    """The encoder is loaded once, not for every application, and keeps nothing of what it encodes.

    Each application gets a copy over the same model: what a test sets on one is set on no other.
    """
    from ragft.index.encoders.open_encoder import AUTO, BACKENDS

    loaded = functools.cache(BACKENDS[AUTO])
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(BACKENDS, AUTO, lambda model: copy.copy(loaded(model)))
        yield


@pytest.fixture(scope="session")
def slow() -> None:
    """Fixtures that load a model, train, or ingest anew for every test ask for this: all tests with them are slow."""


@pytest.fixture(scope="session")
def smollm2(slow: None) -> Path:
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
