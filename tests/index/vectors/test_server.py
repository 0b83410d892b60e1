"""Two workspaces with one Chroma server, a real one."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ragft.config import IndexSettings
from ragft.errors import EngineUnavailable
from ragft.index.index import Index, open_index
from ragft.index.vectors.chroma import VectorStore
from ragft.workspace import Workspace
from tests.index.conftest import write_notes


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).parent / "chroma"), "run", "--host", "127.0.0.1"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port), "--path", str(folder / "data")], stdout=log, stderr=log, cwd=folder
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(process, address)
        yield address
    finally:
        process.kill()
        process.wait()


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
        assert index.check().problems == ("the vectors are gone",)
        encoded = index.encoder.encode
        index.encoder.encode = None  # type: ignore[method-assign]  # they are copied, not made again
        index.ingest([notes])
        index.encoder.encode = encoded  # type: ignore[method-assign]
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
