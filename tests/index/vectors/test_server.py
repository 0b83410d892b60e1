"""Two workspaces with one Chroma server, a real one."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest

from ragft.errors import EngineUnavailable
from ragft.index.index import Index, open_index
from ragft.index.vectors.chroma import VectorStore
from ragft.setting_sections import IndexSettings
from ragft.workspace import Workspace
from tests.index.conftest import write_notes


class Server:
    """`chroma run` on a free port, which keeps its data and its address when it is started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        command = [str(Path(sys.executable).parent / "chroma"), "run", "--host", "127.0.0.1"]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--port", str(self._port), "--path", str(self._folder / "data")],
                stdout=log,
                stderr=log,
                cwd=self._folder,
            )
        wait_for(self._process, self.url)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def hang(self) -> None:
        """Take connections and answer nothing, until it is let `go_on`."""
        psutil.Process(self._process.pid).suspend()

    def go_on(self) -> None:
        psutil.Process(self._process.pid).resume()


class SlowProxy:
    """Stands before a server and passes on its answers `delay` seconds later, but for the sign that it is alive."""

    def __init__(self, url: str) -> None:
        self.delay = 0.0
        self._server = ("127.0.0.1", int(url.rpartition(":")[2]))
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._closed = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._closed.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._server) as server:
            asking = threading.Thread(target=self._ask, args=(client, server), daemon=True)
            asking.start()
            with contextlib.suppress(OSError):  # who asked has gone
                while answer := server.recv(1 << 16):
                    if b"heartbeat" not in answer:
                        self._closed.wait(self.delay)
                    client.sendall(answer)
                client.shutdown(socket.SHUT_RDWR)
            asking.join()

    @staticmethod
    def _ask(client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while asked := client.recv(1 << 16):
                server.sendall(asked)
            server.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def proxy(url: str) -> Iterator[SlowProxy]:
    with contextlib.closing(SlowProxy(url)) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = Server(tmp_path_factory.mktemp("server"))
    try:
        server.start()
        yield server.url
    finally:
        server.kill()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """One of the test's own, to be killed."""
    (tmp_path / "server").mkdir()
    server = Server(tmp_path / "server")
    try:
        server.start()
        yield server
    finally:
        server.kill()


def wait_for(process: subprocess.Popen[bytes], address: str) -> None:
    import httpx

    for _ in range(300):
        assert process.poll() is None
        try:
            httpx.get(f"{address}/api/v2/heartbeat", trust_env=False).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("chroma run did not come up")


def open_on(url: str, root: Path) -> Index:
    return open_index(Workspace(root), IndexSettings(chroma_url=url))


@pytest.mark.slow
def test_two_workspaces_on_one_server_do_not_disturb_each_other(url: str, tmp_path: Path) -> None:
    notes, other = write_notes(tmp_path / "notes"), tmp_path / "other"
    other.mkdir()
    (other / "glass.md").write_text("# Glass\n\n## Making\n\nSand and soda melt at a thousand degrees.\n")
    for root, folder in (("a", notes), ("b", other)):
        with open_on(url, tmp_path / root) as index:
            index.ingest([folder])
    with open_on(url, tmp_path / "b") as index:
        index.rebuild()
        assert index.check().ok
        assert (index.check().vectors, index.check().chunks) == (1, 1)
    with open_on(url, tmp_path / "a") as index:
        assert index.check().ok, index.check().problems
        hit = index.search("the moon and the oceans", 1)[0]
        assert hit.title == "Tides"
        assert hit.dense is not None
    assert not (tmp_path / "a" / "vectors").exists()


@pytest.mark.slow
def test_a_server_that_does_not_have_the_vectors_gets_them_with_the_next_ingest(url: str, tmp_path: Path) -> None:
    """As of an index made without a server, or by a ragft that did not give each workspace a collection."""
    notes = write_notes(tmp_path / "notes")
    root = tmp_path / "workspace"
    with open_index(Workspace(root), IndexSettings()) as index:
        index.ingest([notes])
    with open_on(url, root) as index:
        assert index.search("the moon and the oceans", 1)[0].dense is not None
        assert index.check().problems == ("5 of 5 vectors are not in Chroma",)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(index.encoder, "encode", None)  # they are copied, not made again
            index.ingest([notes])
        assert index.check().ok, index.check().problems
        name = index._catalogue.read_meta("chroma.collection")
        assert name is not None
    store = VectorStore.open(root, url, collection=name)
    store.clear()  # somebody emptied the server
    store.close()
    (notes / "glass.md").write_text("# Glass\n\n## Making\n\nSand and soda melt at a thousand degrees.\n")
    with open_on(url, root) as index:
        assert not index.check().ok
        index.ingest([notes])
        assert index.check().ok, index.check().problems


def test_nothing_is_stored_where_the_server_is_down(tmp_path: Path) -> None:
    with open_on("http://127.0.0.1:9", tmp_path / "w") as index, pytest.raises(EngineUnavailable, match="chroma run"):
        index.ingest([write_notes(tmp_path / "notes")])
    with open_index(Workspace(tmp_path / "w"), IndexSettings()) as index:
        assert index.documents() == []


def unit(count: int) -> np.ndarray:
    vectors = np.random.default_rng(0).standard_normal((count, 384)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def found(index: Index) -> list[tuple[str, float]]:
    """Ids and cosines of a search, the last digits left out: they depend on how many vectors are multiplied at once."""
    return [(hit.chunk_id, round(hit.dense or 0.0, 4)) for hit in index.search("the moon and the oceans", 3)]


@pytest.mark.slow
def test_a_search_does_without_a_server_that_was_killed(
    server: Server, tmp_path: Path, logged: Callable[[], str]
) -> None:
    with open_on(server.url, tmp_path / "w") as index:
        index.ingest([write_notes(tmp_path / "notes")])
        before = found(index)
        assert logged() == ""
    server.kill()
    with open_on(server.url, tmp_path / "w") as index:
        assert found(index) == before
        assert "searched without Chroma" in logged()
    server.start()
    with open_on(server.url, tmp_path / "w") as index:
        assert found(index) == before
        assert index.check().ok


@pytest.mark.slow
def test_a_server_that_is_lost_between_two_searches_is_asked_again_when_it_is_back(
    server: Server, tmp_path: Path, logged: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One process that goes on, as `ragft serve` does."""
    with open_on(server.url, tmp_path / "w") as index:
        index.ingest([write_notes(tmp_path / "notes")])
        before = found(index)
        server.kill()
        assert found(index) == before
        assert logged().count("searched without Chroma: ") == 1
        assert not index._can_ask_chroma()
        assert found(index) == before
        assert logged() == ""  # said once, not with every search
        server.start()
        monkeypatch.setattr("ragft.index.parts.REST", 0.0)
        index._look_again = 0.0
        assert index._can_ask_chroma()
        assert found(index) == before


@pytest.mark.slow
def test_a_server_that_hangs_is_not_waited_for(
    server: Server, tmp_path: Path, logged: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = write_notes(tmp_path / "notes")
    with open_on(server.url, tmp_path / "w") as index:
        index.ingest([notes])
    with open_on(server.url, tmp_path / "w") as index:
        before = found(index)
        monkeypatch.setattr("ragft.index.vectors.chroma.SECONDS", 1.0)
        monkeypatch.setattr("ragft.index.vectors.chroma.QUERY_SECONDS", 1.0)
        server.hang()
        assert found(index) == before
        assert "searched without Chroma: " in logged()
        started = time.monotonic()
        assert found(index) == before
        assert time.monotonic() - started < 1.0  # it is left alone
    with open_on(server.url, tmp_path / "w") as index:
        assert found(index) == before  # opened while it hangs
        (notes / "glass.md").write_text("# Glass\n\n## Making\n\nSand and soda melt at a thousand degrees.\n")
        with pytest.raises(EngineUnavailable, match="answer"):
            index.ingest([notes])
    server.go_on()
    monkeypatch.undo()
    with open_on(server.url, tmp_path / "w") as index:
        index.ingest([notes])
        assert index.check().ok, index.check().problems
        assert any(record.title == "Glass" for record in index.documents())


@pytest.mark.slow
def test_a_slow_server_loses_nothing(proxy: SlowProxy, tmp_path: Path, logged: Callable[[], str]) -> None:
    proxy.delay = 0.3
    with open_on(proxy.url, tmp_path / "w") as index:
        index.ingest([write_notes(tmp_path / "notes")])
        assert index.check().ok, index.check().problems
        before = found(index)
    assert logged() == ""
    with open_index(Workspace(tmp_path / "w"), IndexSettings()) as index:
        assert found(index) == before


@pytest.mark.slow
def test_an_answer_that_comes_too_late_is_not_waited_for(
    proxy: SlowProxy, tmp_path: Path, logged: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_on(proxy.url, tmp_path / "w") as index:
        index.ingest([write_notes(tmp_path / "notes")])
        before = found(index)
        monkeypatch.setattr("ragft.index.vectors.chroma.QUERY_SECONDS", 0.5)
        proxy.delay = 60.0
        started = time.monotonic()
        assert found(index) == before
        assert time.monotonic() - started < 10.0
    assert logged().count("takes longer than 0.5 s to answer → see what keeps the server busy, or unset ") == 1


@pytest.mark.slow
def test_a_server_that_lives_but_is_too_slow_is_not_waited_for_when_it_is_opened(
    proxy: SlowProxy, tmp_path: Path, logged: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = write_notes(tmp_path / "notes")
    with open_on(proxy.url, tmp_path / "w") as index:
        index.ingest([notes])
        before = found(index)
    monkeypatch.setattr("ragft.index.vectors.chroma.SECONDS", 1.0)
    proxy.delay = 60.0
    (notes / "glass.md").write_text("# Glass\n\n## Making\n\nSand and soda melt at a thousand degrees.\n")
    started = time.monotonic()
    with open_on(proxy.url, tmp_path / "w") as index:
        assert found(index) == before
        assert "takes longer than 1 s to answer → see what keeps the server busy" in logged()
        with pytest.raises(EngineUnavailable, match="takes longer than 1 s"):
            index.ingest([notes])
    assert time.monotonic() - started < 30.0
    monkeypatch.undo()
    proxy.delay = 0.0
    with open_on(proxy.url, tmp_path / "w") as index:
        index.ingest([notes])
        assert index.check().ok, index.check().problems
        assert any(record.title == "Glass" for record in index.documents())


@pytest.mark.slow
def test_what_a_killed_server_holds_is_read_and_searched_after_its_restart(server: Server, tmp_path: Path) -> None:
    """Chroma writes its graph after every 1,000 vectors; what lies in its log alone must come back, too."""
    vectors = unit(2500)
    ids = [f"c{number}" for number in range(2500)]
    store = VectorStore.open(tmp_path, server.url, collection="many")
    store.put(ids, vectors, ["d"] * 2500)
    store.close()
    server.kill()
    server.start()
    store = VectorStore.open(tmp_path, server.url, collection="many")
    try:
        assert store.ids() == set(ids)
        assert store.nearest(vectors[2499], 1) == ["c2499"]
        np.testing.assert_allclose(store.get(["c1"])["c1"], vectors[1], atol=1e-6)
    finally:
        store.close()


@pytest.mark.slow
def test_two_workspaces_may_be_filled_at_once(url: str, tmp_path: Path) -> None:
    def fill(name: str) -> None:
        folder = tmp_path / f"papers-{name}"
        folder.mkdir()
        for number in range(6):
            lines = "\n\n".join(f"Harbour {name}{number} has a tide of {number + line} metres." for line in range(40))
            (folder / f"{number}.md").write_text(f"# Harbour {name}{number}\n\n{lines}\n")
        with open_on(url, tmp_path / name) as index:
            index.ingest([folder])

    with ThreadPoolExecutor(2) as both:
        list(both.map(fill, "ab"))
    for name in "ab":
        with open_on(url, tmp_path / name) as index:
            assert index.check().ok, index.check().problems
            assert len(index.documents()) == 6
            hit = index.search(f"the tide of harbour {name}3", 1)[0]
            assert (hit.title, hit.dense is not None) == (f"Harbour {name}3", True)


@pytest.mark.slow
def test_two_writers_at_once_lose_nothing(url: str, tmp_path: Path) -> None:
    vectors = unit(384)

    def put(part: range) -> None:
        store = VectorStore.open(tmp_path, url, collection="shared")
        for start in range(part.start, part.stop, 16):
            rows = range(start, min(start + 16, part.stop))
            store.put([f"c{row}" for row in rows], vectors[rows.start : rows.stop], ["d"] * len(rows))
        store.close()

    with ThreadPoolExecutor(2) as both:
        list(both.map(put, (range(192), range(192, 384))))
    store = VectorStore.open(tmp_path, url, collection="shared")
    try:
        assert store.count() == 384
        assert [store.nearest(vectors[row], 1) for row in (0, 191, 383)] == [["c0"], ["c191"], ["c383"]]
    finally:
        store.close()
