from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ragft.errors import IndexCorrupted, NotFoundError
from ragft.index.index import Index
from ragft.index.matrix import Matrix
from ragft.index.vectors import VectorStore
from ragft.workspace import Workspace

Open = Callable[..., Index]


def test_a_deleted_chroma_folder_is_said_and_mended(
    opened: Open, notes: Path, workspace: Workspace, logged: Callable[[], str]
) -> None:
    opened().ingest([notes])
    opened()  # closes the first
    shutil.rmtree(workspace.vectors)
    index = opened()
    assert index.search("the moon and the oceans", 1)[0].dense is None
    assert "ragft index rebuild" in logged()
    assert index.check().problems == ("the vectors are gone",)
    index.ingest([notes])
    assert index.check().ok
    assert index.search("the moon and the oceans", 1)[0].dense is not None


def test_lost_and_orphaned_vectors_are_reported_and_rebuilt(opened: Open, notes: Path, workspace: Workspace) -> None:
    opened().ingest([notes])
    index = opened()
    store = VectorStore.open(workspace.vectors)
    store.delete([index.chunks()[0].id])
    store.put(["nobody"], np.eye(384, dtype=np.float32)[:1], ["nothing"])
    store.close()
    report = index.check()
    assert (report.missing, report.orphaned, report.ok) == (1, 1, False)
    assert index.rebuild() == len(index.chunks())
    assert index.check().ok


def test_a_deleted_search_copy_is_made_again_from_chroma(opened: Open, notes: Path, workspace: Workspace) -> None:
    index = opened()
    index.ingest([notes])
    before = index.search("the moon and the oceans", 3)
    index = opened()
    (workspace.root / "vectors.f32").unlink()
    assert not index.check().ok
    after = index.search("the moon and the oceans", 3)
    assert [hit.chunk_id for hit in after] == [hit.chunk_id for hit in before]
    assert after[0].dense == pytest.approx(before[0].dense, abs=1e-5)
    assert index.check().ok


def test_vectors_of_another_encoder_are_refused_until_rebuilt(opened: Open, notes: Path) -> None:
    opened().ingest([notes])
    index = opened(backend="onnx")
    with pytest.raises(IndexCorrupted, match="ragft index rebuild"):
        index.search("moon", 1)
    assert index.search("moon", 1, mode="lexical")[0].title == "Tides"
    (notes / "new.md").write_text("# New\n\nAnother note.\n")
    with pytest.raises(IndexCorrupted, match="ragft index rebuild"):
        index.ingest([notes])
    index.rebuild()
    assert index.search("moon", 1)[0].title == "Tides"
    assert index.ingest([notes]).added == 1


def test_a_damaged_chroma_folder_is_rebuilt(opened: Open, notes: Path, workspace: Workspace) -> None:
    opened().ingest([notes])
    index = opened()
    shutil.rmtree(workspace.vectors)
    workspace.vectors.mkdir()
    (workspace.vectors / "chroma.sqlite3").write_bytes(b"no database" * 1000)
    with pytest.raises(IndexCorrupted, match="ragft index rebuild"):
        index.check()
    index.rebuild()
    assert index.check().ok


def test_a_rebuild_that_cannot_open_its_encoder_leaves_the_vectors(opened: Open, notes: Path) -> None:
    opened().ingest([notes])
    before = opened().check()
    with pytest.raises(NotFoundError):
        opened(encoder="/nonexistent").rebuild()
    assert opened().check() == before
    assert before.ok
    assert opened().search("the moon and the oceans", 1)[0].dense is not None


def test_garbage_for_a_database_is_rebuilt_the_first_time(opened: Open, notes: Path, workspace: Workspace) -> None:
    opened().ingest([notes])
    opened()  # closes the first
    (workspace.vectors / "chroma.sqlite3").write_bytes(b"no database" * 1000)
    index = opened()
    index.rebuild()
    assert index.check().ok


@pytest.mark.parametrize("damage", ["zeroed", "cut"])
@pytest.mark.parametrize("heal", ["search", "ingest"])
def test_a_damaged_search_copy_is_made_again(
    opened: Open, notes: Path, workspace: Workspace, damage: str, heal: str
) -> None:
    index = opened()
    index.ingest([notes])
    before = index.search("the moon and the oceans", 3, mode="dense")
    index = opened()
    copy = workspace.root / "vectors.f32"
    whole = copy.read_bytes()
    copy.write_bytes(bytes(len(whole)) if damage == "zeroed" else whole[:2000])
    assert not index.check().ok
    if heal == "ingest":
        index.ingest([notes])
    else:
        index.search("the moon and the oceans", 3, mode="dense")
    assert index.check().ok
    after = index.search("the moon and the oceans", 3, mode="dense")
    assert [hit.chunk_id for hit in after] == [hit.chunk_id for hit in before]
    assert [hit.dense for hit in after] == pytest.approx([hit.dense for hit in before], abs=1e-5)


def test_vectors_that_chroma_lost_come_back_with_the_next_ingest_that_writes(
    opened: Open, notes: Path, workspace: Workspace
) -> None:
    opened().ingest([notes])
    index = opened()
    store = VectorStore.open(workspace.vectors)
    store.delete([chunk.id for chunk in index.chunks()[:3]])
    store.close()
    assert index.check().missing == 3
    (notes / "new.md").write_text("# New\n\nAnother note.\n")
    index.ingest([notes])
    assert index.check().ok


def test_a_repair_empties_rows_that_belong_to_no_chunk(opened: Open, notes: Path, workspace: Workspace) -> None:
    opened().ingest([notes])
    index = opened()
    matrix = Matrix(workspace.root / "vectors.f32", 384)
    matrix.write([50], np.eye(384, dtype=np.float32)[:1])
    index.ingest([notes])
    assert matrix.missing([50]) == [50]
