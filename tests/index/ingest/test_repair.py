from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ragft.errors import IndexCorrupted, NotFoundError
from ragft.index.index import Index
from ragft.index.vectors.chroma import VectorStore
from ragft.index.vectors.matrix import Matrix
from ragft.workspace import Workspace

Open = Callable[..., Index]
NEW_NOTE = "# New\n\nAnother note.\n"


def test_without_the_chroma_folder_the_file_of_vectors_is_searched(
    opened: Open, notes: Path, workspace: Workspace, logged: Callable[[], str]
) -> None:
    opened(vectors="chroma").ingest([notes])
    opened(vectors="chroma")  # closes the first
    shutil.rmtree(workspace.vectors)
    index = opened(vectors="chroma")
    assert index.search("the moon and the oceans", 1)[0].dense is not None
    assert "searched without Chroma" in logged()
    assert "lexical search only" not in logged()
    assert not workspace.vectors.exists()
    report = index.check()
    assert report.problems == ("5 of 5 vectors are not in Chroma",)
    assert (report.vectors, report.missing, report.not_in_chroma) == (5, 0, 5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index.encoder, "encode", None)  # they are copied, not made again
        index.ingest([notes])
    assert index.check().ok, index.check().problems


def test_a_search_without_the_chroma_folder_makes_no_vector(
    opened: Open, notes: Path, workspace: Workspace, logged: Callable[[], str]
) -> None:
    opened(vectors="chroma").ingest([notes])
    index = opened(vectors="chroma")
    shutil.rmtree(workspace.vectors)
    Matrix(workspace.root / "vectors.f32", 384).clear([1])
    assert index.search("the moon and the oceans", 1)
    assert "1 of 5 chunks have no vector to search" in logged()
    assert not workspace.vectors.exists()


def test_without_any_vectors_the_search_is_lexical_and_says_so(
    opened: Open, notes: Path, workspace: Workspace, logged: Callable[[], str]
) -> None:
    opened(vectors="chroma").ingest([notes])
    index = opened(vectors="chroma")
    shutil.rmtree(workspace.vectors)
    (workspace.root / "vectors.f32").unlink()
    assert index.search("the moon and the oceans", 1)[0].dense is None
    assert f"{workspace.root / 'vectors.f32'} are missing" in logged()
    assert index.check().problems == ("the vectors are gone",)


def test_lost_and_orphaned_vectors_are_reported_and_rebuilt(opened: Open, notes: Path, workspace: Workspace) -> None:
    opened(vectors="chroma").ingest([notes])
    index = opened(vectors="chroma")
    store = VectorStore.open(workspace.vectors)
    store.delete([index.chunks()[0].id])
    store.put(["nobody"], np.eye(384, dtype=np.float32)[:1], ["nothing"])
    store.close()
    report = index.check()
    assert (report.missing, report.orphaned, report.not_in_chroma) == (0, 0, 1)
    assert report.problems == ("1 of 5 vectors are not in Chroma", "1 vectors in Chroma belong to no chunk")
    assert index.rebuild() == len(index.chunks())
    assert index.check().ok


def test_a_deleted_search_copy_is_made_again_from_chroma(opened: Open, notes: Path, workspace: Workspace) -> None:
    index = opened(vectors="chroma")
    index.ingest([notes])
    before = index.search("the moon and the oceans", 3)
    index = opened(vectors="chroma")
    (workspace.root / "vectors.f32").unlink()
    assert index.check().problems == ("5 of 5 chunks have no vector",)  # not gone: Chroma has them
    after = index.search("the moon and the oceans", 3)
    assert [hit.chunk_id for hit in after] == [hit.chunk_id for hit in before]
    assert after[0].dense == pytest.approx(before[0].dense, abs=1e-5)
    assert index.check().ok


@pytest.mark.parametrize("vectors", ["exact", "codes", "chroma"])
def test_a_new_catalogue_takes_the_place_of_one_that_was_moved_away(
    opened: Open, notes: Path, workspace: Workspace, tmp_path: Path, vectors: str
) -> None:
    """As the message on a damaged catalogue says; runs and data sets of the workspace stay where they are."""
    opened(vectors=vectors).ingest([notes])
    opened(vectors=vectors).search("the moon and the oceans", 3)
    opened(vectors="exact").close()
    for file in workspace.root.glob("catalogue.sqlite3*"):
        file.rename(tmp_path / file.name)
    other = tmp_path / "other"
    other.mkdir()
    (other / "new.md").write_text(NEW_NOTE + "\nBread rises for twelve hours.\n")
    index = opened(vectors=vectors)
    index.ingest([other])
    found = index.search("How long does bread rise?", 3)
    assert [hit.title for hit in found] == ["New"]
    assert found[0].dense is not None
    index.ingest([notes])
    assert index.search("the moon and the oceans", 1)[0].title != "New"
    assert index.check().ok, index.check().problems


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
    opened(vectors="chroma").ingest([notes])
    index = opened(vectors="chroma")
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
    opened(vectors="chroma").ingest([notes])
    opened(vectors="chroma")  # closes the first
    (workspace.vectors / "chroma.sqlite3").write_bytes(b"no database" * 1000)
    index = opened(vectors="chroma")
    index.rebuild()
    assert index.check().ok


@pytest.mark.parametrize("damage", ["zeroed", "cut"])
@pytest.mark.parametrize("heal", ["search", "ingest"])
def test_a_damaged_search_copy_is_made_again(
    opened: Open, notes: Path, workspace: Workspace, damage: str, heal: str
) -> None:
    index = opened(vectors="chroma")
    index.ingest([notes])
    before = index.search("the moon and the oceans", 3, mode="dense")
    index = opened(vectors="chroma")
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
    opened(vectors="chroma").ingest([notes])
    index = opened(vectors="chroma")
    store = VectorStore.open(workspace.vectors)
    store.delete([chunk.id for chunk in index.chunks()[:3]])
    store.close()
    assert index.check().not_in_chroma == 3
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


def test_a_deleted_file_of_vectors_is_said_and_made_again(
    opened: Open, notes: Path, workspace: Workspace, logged: Callable[[], str]
) -> None:
    opened().ingest([notes])
    index = opened()
    assert not workspace.vectors.exists()
    (workspace.root / "vectors.f32").unlink()
    assert index.search("the moon and the oceans", 1)[0].dense is None
    assert "ragft index rebuild" in logged()
    assert index.check().problems == ("the vectors are gone",)
    index.ingest([notes])
    assert index.check().ok
    assert index.search("the moon and the oceans", 1)[0].dense is not None


def test_without_chroma_a_search_says_what_has_no_vector(
    opened: Open, notes: Path, workspace: Workspace, logged: Callable[[], str]
) -> None:
    opened().ingest([notes])
    index = opened()
    Matrix(workspace.root / "vectors.f32", 384).clear([1])
    assert index.check().problems == (f"1 of {len(index.chunks())} chunks have no vector",)
    assert index.search("the moon and the oceans", 1)
    assert "1 of 5 chunks have no vector to search" in logged()
    index.ingest([notes])
    assert index.check().ok


def test_vectors_that_are_no_longer_kept_in_chroma_leave_it_with_the_next_ingest(
    opened: Open, notes: Path, workspace: Workspace
) -> None:
    opened(vectors="chroma").ingest([notes])
    index = opened()
    (notes / "new.md").write_text(NEW_NOTE)
    index.ingest([notes])
    assert not workspace.vectors.exists()
    assert index.check().ok, index.check().problems
    with_chroma = opened(vectors="chroma")
    assert with_chroma.check().problems == ("6 of 6 vectors are not in Chroma",)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(with_chroma.encoder, "encode", None)  # they are copied, not made again
        with_chroma.ingest([notes])
    assert with_chroma.check().ok, with_chroma.check().problems


def test_without_the_package_chroma_what_is_missing_is_encoded_again(
    opened: Open, notes: Path, workspace: Workspace, logged: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(vectors="chroma").ingest([notes])
    index = opened()
    Matrix(workspace.root / "vectors.f32", 384).clear([1])
    monkeypatch.setitem(sys.modules, "chromadb", None)
    assert index.search("the moon and the oceans", 1)
    assert "1 of 5 chunks have no vector to search → ragft index rebuild" in logged()
    index.ingest([notes])
    assert not workspace.vectors.exists()
    assert index.check().ok, index.check().problems


def test_codes_that_do_not_fit_the_vectors_are_reported(opened: Open, notes: Path, workspace: Workspace) -> None:
    index = opened(vectors="codes")
    index.ingest([notes])
    assert index.check().ok
    codes = workspace.root / "vectors.codes"
    codes.write_bytes(codes.read_bytes()[:2000].ljust(codes.stat().st_size, b"\0"))
    assert "other codes" in index.check().problems[0]
    codes.unlink()
    assert index.search("the moon and the oceans", 1, mode="dense")[0].title == "Tides"  # made again
    assert codes.exists()
    assert index.check().ok


def test_an_index_without_chroma_is_written_without_its_module() -> None:
    code = (
        "import sys; from ragft.index.ingest import repair, writer; print('ragft.index.vectors.chroma' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
