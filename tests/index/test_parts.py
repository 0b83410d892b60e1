"""Which way the vectors are searched: by the settings, and by how many there are."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ragft.errors import IndexCorrupted
from ragft.index.index import Index
from ragft.index.vectors.chroma import VectorStore
from ragft.workspace import Workspace

Open = Callable[..., Index]


@pytest.mark.parametrize(("large", "has_codes"), [(100_000, False), (3, True)])
def test_codes_are_made_once_there_are_many_vectors(
    opened: Open, notes: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, large: int, has_codes: bool
) -> None:
    monkeypatch.setattr("ragft.index.parts.LARGE", large)
    index = opened()
    index.ingest([notes])
    assert (workspace.root / "vectors.codes").exists() is has_codes
    assert index.search("the moon and the oceans", 1, mode="dense")[0].title == "Tides"
    assert index.check().ok


def test_a_search_that_cannot_make_the_codes_says_so_once_and_does_without(
    opened: Open, notes: Path, workspace: Workspace, logged: Callable[[], str]
) -> None:
    opened().ingest([notes])
    index = opened(vectors="codes")
    with workspace.lock("index"):  # an ingest is at work
        for _ in range(2):
            assert index.search("the moon and the oceans", 1, mode="dense")[0].title == "Tides"
    assert logged().count("longer than it could") == 1
    assert not (workspace.root / "vectors.codes").exists()


def test_codes_of_a_removed_document_are_gone(opened: Open, notes: Path, workspace: Workspace) -> None:
    index = opened(vectors="codes")
    index.ingest([notes])
    tides = next(record for record in index.documents() if record.title == "Tides")
    index.remove(tides.id)
    assert index.check().ok
    assert "Tides" not in {hit.title for hit in index.search("the moon and the oceans", 5, mode="dense")}
    (notes / "new.md").write_text("# Eclipse\n\nThe moon stands before the sun.\n")
    index.ingest([notes / "new.md"])
    assert index.search("the moon before the sun", 1, mode="dense")[0].title == "Eclipse"
    assert index.check().ok


def test_the_chroma_folder_is_not_removed_while_another_thread_opens_it(
    opened: Open, notes: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(vectors="chroma").ingest([notes])
    index = opened(vectors="chroma")
    opening, there = threading.Event(), []

    def open_slowly() -> None:
        with index._opening_store:
            opening.set()
            time.sleep(0.3)
            there.append(workspace.vectors.exists())

    def damaged(_: VectorStore) -> None:
        other.start()
        opening.wait()
        raise IndexCorrupted("damaged", fix="ragft index rebuild")

    other = threading.Thread(target=open_slowly)
    monkeypatch.setattr(VectorStore, "clear", damaged)
    index.rebuild()
    other.join()
    assert there == [True]
    assert index.check().ok
