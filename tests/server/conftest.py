"""A real server on a free port, over a small workspace and an engine that plays answers back."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from ragft.app.application import Application, open_application
from ragft.engine.base import ChatChunk, ChatRequest, Metrics
from ragft.engine.engines import ENGINES
from ragft.engine.scripted import ScriptedEngine
from ragft.server.serve import Server
from ragft.server.server_options import ServerOptions
from tests.app.conftest import papers, scripted_engine  # noqa: F401  fixtures

Serve = Callable[..., str]


class Running:
    """A server in a thread; `url` once it takes requests."""

    def __init__(self, app: Application, options: ServerOptions) -> None:
        self._up = threading.Event()
        self.url = ""
        self.app = app
        self.options = options
        self.server = Server(app, options, self._ready)
        self._thread = threading.Thread(target=self.server.run_until_stopped, name="server")
        self._thread.start()
        assert self._up.wait(30)

    def _ready(self, url: str) -> None:
        self.url = url
        self._up.set()

    def stop(self) -> None:
        self.server.stop()
        self._thread.join(30)
        assert not self._thread.is_alive()


def slowly(pieces: Sequence[str], between: Callable[[int], object]) -> Callable[[ChatRequest], Iterator[ChatChunk]]:
    """The reply of a scripted engine, piece by piece; `between` is called before each."""

    def chunks(_: ChatRequest) -> Iterator[ChatChunk]:
        for number, piece in enumerate(pieces):
            between(number)
            yield ChatChunk(piece)
        yield ChatChunk(done=True, done_reason="stop", metrics=Metrics(9, 9))

    return chunks


@pytest.fixture(scope="module", autouse=True)
def no_certificates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """All requests go to this machine, unencrypted: to read the certificates took most of the time of each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SSL_CERT_FILE", raising=False)
        patch.setenv("SSL_CERT_DIR", str(tmp_path_factory.mktemp("certificates")))
        yield


@pytest.fixture
def serve(
    papers: Path,  # noqa: F811
    scripted_engine: None,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., Running]]:
    """`serve(**options)` starts a server over a copy of the workspace; `engine=` takes the place of the script."""
    started: list[Running] = []

    def start(*, engine: ScriptedEngine | None = None, **options: Any) -> Running:
        workspace = tmp_path / f"ws{len(started)}"
        shutil.copytree(papers / "ws", workspace)
        app = open_application(workspace)
        if engine is not None:
            monkeypatch.setitem(ENGINES, "scripted", lambda *_: engine)
        started.append(Running(app, ServerOptions(**{"port": 0, **options})))
        return started[-1]

    yield start
    for one in started:
        one.stop()


@pytest.fixture(scope="module")
def url(papers: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:  # noqa: F811
    """The address of a server that the tests of a module share."""
    import json

    from tests.app.papers import SCRIPT

    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(papers / "ws", folder / "ws")
    (folder / "script.json").write_text(json.dumps(SCRIPT))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAGFT_SCRIPT", str(folder / "script.json"))
        patch.setenv("RAGFT_ENGINE__NAME", "scripted")
        running = Running(open_application(folder / "ws"), ServerOptions(port=0))
        yield running.url
        running.stop()
