from __future__ import annotations

import gc
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ragft.errors import EngineUnavailable, IndexCorrupted, MissingExtra, UsageError
from ragft.index.vectors.chroma import VectorStore


def unit(count: int) -> np.ndarray:
    vectors = np.random.default_rng(0).standard_normal((count, 8)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[VectorStore]:
    store = VectorStore.open(tmp_path / "vectors")
    yield store
    store.close()


def test_vectors_come_back_and_survive_reopening(tmp_path: Path) -> None:
    vectors = unit(5)
    store = VectorStore.open(tmp_path / "vectors")
    store.put(list("abcde"), vectors, ["d1"] * 3 + ["d2"] * 2)
    store.delete(["b", "never there"])
    store.close()
    store = VectorStore.open(tmp_path / "vectors")
    assert store.ids() == set("acde")
    found = store.get(["a", "b", "e"])
    assert set(found) == {"a", "e"}
    np.testing.assert_allclose(found["e"], vectors[4], atol=1e-6)
    store.close()


def test_where_chroma_is_not_installed_the_command_that_installs_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "chromadb", None)
    with pytest.raises(MissingExtra, match=r"index\.vectors chroma needs.*pip install 'ragft\[chroma\]'"):
        VectorStore.open(tmp_path / "vectors")


def test_the_nearest_are_found(store: VectorStore) -> None:
    vectors = unit(30)
    store.put([f"c{i}" for i in range(30)], vectors, [f"d{i % 3}" for i in range(30)])
    cosines = vectors @ vectors[7]
    best = [f"c{i}" for i in np.argsort(-cosines)[:5]]
    assert store.nearest(vectors[7], 5) == best


def test_an_id_put_twice_is_there_once(store: VectorStore) -> None:
    vectors = unit(2)
    store.put(["a"], vectors[:1], ["d"])
    store.put(["a"], vectors[1:], ["d"])
    np.testing.assert_allclose(store.get(["a"])["a"], vectors[1], atol=1e-6)
    store.clear()
    assert store.ids() == set()


def test_a_server_that_is_down_is_said_to_be_down(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="chroma run"):
        VectorStore.open(tmp_path, "http://127.0.0.1:9")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the client of the failed attempt leaves its socket open
        gc.collect()


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="http"):
        VectorStore.open(tmp_path, "ftp://example.org")


def test_a_damaged_folder_names_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "vectors").mkdir()
    (tmp_path / "vectors" / "chroma.sqlite3").write_bytes(b"no database" * 1000)
    with pytest.raises(IndexCorrupted, match="ragft index rebuild"):
        VectorStore.open(tmp_path / "vectors")


def test_a_folder_is_opened_again_once_it_is_repaired(tmp_path: Path) -> None:
    """Chroma keeps a client that failed to start; a release whose private list of them has moved fails here."""
    database = tmp_path / "vectors" / "chroma.sqlite3"
    database.parent.mkdir()
    database.write_bytes(b"no database" * 1000)
    with pytest.raises(IndexCorrupted):
        VectorStore.open(database.parent)
    database.unlink()
    VectorStore.open(database.parent).close()
