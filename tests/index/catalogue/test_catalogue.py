from __future__ import annotations

import math
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ragft.corpus.base import Chunk
from ragft.errors import DiskFull, IndexCorrupted, NotFoundError, WorkspaceError
from ragft.index.catalogue import schema
from ragft.index.catalogue.bm25 import K1
from ragft.index.catalogue.catalogue import Catalogue
from ragft.index.catalogue.document_names import NamedDocument
from ragft.index.catalogue.records import DocumentRow, FileRecord


def chunk(document: str, position: int, text: str, section: str = "") -> Chunk:
    return Chunk(f"{document}-{position}", document, position, text, f"Title of {document}", section, (1, 2))


def row(document: str) -> DocumentRow:
    return DocumentRow(document, f"Title of {document}", ("A. Author",), 2020, None, 3)


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    catalogue = Catalogue.open(tmp_path / "catalogue.sqlite3")
    with catalogue.transaction():
        catalogue.add_document(row("d1"), [chunk("d1", 0, "the moon pulls the sea"), chunk("d1", 1, "flour and water")])
        catalogue.put_file(FileRecord("/a.pdf", 10, 20, "d1", document_id="d1"))
        catalogue.add_document(row("d2"), [chunk("d2", 0, "the moon is far away from any flour")])
        catalogue.put_file(FileRecord("/b.pdf", 10, 20, "d2", document_id="d2"))
    yield catalogue
    catalogue.close()


def test_what_is_stored_comes_back(catalogue: Catalogue) -> None:
    assert catalogue.document("d1") == row("d1")
    assert catalogue.chunk("d1-1") == chunk("d1", 1, "flour and water")
    assert [found.id for found in catalogue.chunks("d1")] == ["d1-0", "d1-1"]
    assert catalogue.count() == (2, 3)


def test_a_removed_document_leaves_no_word_behind(catalogue: Catalogue) -> None:
    with catalogue.transaction():
        gone = catalogue.delete_document("d1")
    assert set(gone) == {"d1-0", "d1-1"}
    assert catalogue.match(["sea"], 10) == {}
    assert [catalogue.chunks_of_rows([r])[r].id for r in catalogue.match(["moon"], 10)] == ["d2-0"]
    assert list(catalogue.files()) == ["/b.pdf"]
    assert catalogue.verify() == []


def test_a_thread_sees_nothing_of_what_another_has_not_committed(catalogue: Catalogue) -> None:
    with ThreadPoolExecutor(1) as other, catalogue.transaction():
        catalogue.delete_document("d1")
        catalogue.add_document(row("d3"), [chunk("d3", 0, "half written")])
        assert catalogue.count() == (2, 2)
        assert other.submit(catalogue.count).result() == (2, 3)
        assert other.submit(catalogue.document, "d1").result() == row("d1")
    assert catalogue.document("d1") is None


def test_the_connection_of_a_thread_that_has_ended_is_closed(catalogue: Catalogue) -> None:
    for _ in range(5):
        with ThreadPoolExecutor(1) as other:
            other.submit(catalogue.count).result()
    assert len(catalogue._connections) <= 2


def test_a_file_is_closed_once_the_transactions_of_other_threads_have_ended(catalogue: Catalogue) -> None:
    begun, closing_now = threading.Event(), threading.Event()

    def write() -> None:
        with catalogue.transaction():
            begun.set()
            closing_now.wait(10)
            time.sleep(0.2)
            catalogue.forget_file("/a.pdf")

    with ThreadPoolExecutor(1) as other:
        written = other.submit(write)
        assert begun.wait(10)
        closing_now.set()
        catalogue.close()
        assert written.done() or written.result(1) is None
    with closing(Catalogue.open(catalogue._path)) as again:
        assert list(again.files()) == ["/b.pdf"]


@pytest.mark.parametrize(
    "error", [sqlite3.ProgrammingError("a wrong statement"), sqlite3.IntegrityError("a key twice")]
)
def test_a_mistake_in_a_statement_is_not_said_to_be_a_damaged_file(catalogue: Catalogue, error: sqlite3.Error) -> None:
    with pytest.raises(type(error)), catalogue.transaction():
        raise error


def test_a_failure_of_sqlite_that_is_no_damage_does_not_ask_for_a_new_ingest(catalogue: Catalogue) -> None:
    with pytest.raises(WorkspaceError, match="cannot use") as raised, catalogue.transaction():
        raise sqlite3.DatabaseError("not authorized")
    assert not isinstance(raised.value, IndexCorrupted)


def test_a_closed_file_is_not_opened_again_by_a_thread(catalogue: Catalogue) -> None:
    catalogue.close()
    with ThreadPoolExecutor(1) as other, pytest.raises(WorkspaceError, match="was closed"):
        other.submit(catalogue.count).result()


def test_rows_are_never_given_twice(catalogue: Catalogue) -> None:
    used = set(catalogue.rows().values())
    with catalogue.transaction():
        catalogue.delete_document("d2")
        again = catalogue.add_document(row("d2"), [chunk("d2", 0, "new")])
    assert not used.intersection(again)


def test_a_transaction_that_fails_leaves_nothing(catalogue: Catalogue) -> None:
    with pytest.raises(ZeroDivisionError), catalogue.transaction():
        catalogue.add_document(row("d3"), [chunk("d3", 0, "comet")])
        raise ZeroDivisionError
    assert not catalogue.has_document("d3")
    assert catalogue.match(["comet"], 10) == {}


def test_match_is_bm25_with_the_best_first(catalogue: Catalogue) -> None:
    found = catalogue.match(["moon", "sea"], 10)
    first, second = found
    assert [catalogue.chunks_of_rows([r])[r].id for r in found] == ["d1-0", "d2-0"]
    assert found[first] > found[second]
    assert list(catalogue.match(["moon"], 10, documents=["d2"])) == [second]
    assert catalogue.match(["moon", "sea"], 1, also=lambda: [second]) == pytest.approx(found)


def test_failures_and_duplicates_are_listed(catalogue: Catalogue) -> None:
    catalogue.put_file(FileRecord("/c.pdf", 1, 1, "x", error="cut short"))
    catalogue.put_file(FileRecord("/d.pdf", 1, 1, "y", duplicate_of="d1"))
    listed = {record.path: (record.status, record.error, record.chunks) for record in catalogue.documents()}
    assert listed == {
        "/a.pdf": ("indexed", None, 2),
        "/b.pdf": ("indexed", None, 1),
        "/c.pdf": ("failed", "cut short", 0),
        "/d.pdf": ("duplicate", "repeats /a.pdf", 0),
    }


def test_a_missing_catalogue_is_not_made_by_looking(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="ragft ingest"):
        Catalogue.open(tmp_path / "none" / "catalogue.sqlite3", create=False)
    assert not (tmp_path / "none").exists()


def test_a_damaged_file_is_said_to_be_damaged(tmp_path: Path) -> None:
    (tmp_path / "catalogue.sqlite3").write_bytes(b"this is no database" * 500)
    with pytest.raises(IndexCorrupted, match="damaged") as raised:
        Catalogue.open(tmp_path / "catalogue.sqlite3")
    assert raised.value.fix == f"move {tmp_path / 'catalogue.sqlite3'}* away and ingest again"


@pytest.mark.parametrize("version", [schema.SCHEMA_VERSION - 1, 99])
def test_another_schema_version_is_refused(version: int, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "catalogue.sqlite3") as db:
        db.execute(f"PRAGMA user_version = {version}")
    db.close()
    with pytest.raises(IndexCorrupted, match=f"schema {version}") as raised:
        Catalogue.open(tmp_path / "catalogue.sqlite3")
    assert f"move {tmp_path / 'catalogue.sqlite3'}* away and ingest again" in (raised.value.fix or "")


def test_a_full_disk_is_a_clear_error_and_nothing_is_half_written(catalogue: Catalogue) -> None:
    pages = catalogue._db.execute("PRAGMA page_count").fetchone()[0]
    catalogue._db.execute(f"PRAGMA max_page_count = {pages + 1}")  # SQLite then reports what a full disk does
    with pytest.raises(DiskFull, match="no space left"), catalogue.transaction():
        catalogue.add_document(row("d3"), [chunk("d3", i, f"comet {i} " * 900) for i in range(40)])
    assert catalogue.count() == (2, 3)
    assert catalogue.match(["comet"], 5) == {}
    assert catalogue.verify() == []


def test_values_of_other_parts_are_kept(catalogue: Catalogue) -> None:
    catalogue.write_meta("gate", "0.4")
    assert catalogue.read_meta("gate") == "0.4"
    catalogue.write_meta("gate", None)
    assert catalogue.read_meta("gate") is None


def test_scores_are_bm25_with_the_k1_that_was_chosen(tmp_path: Path) -> None:
    texts = ["moon moon moon sea", "moon flour", "flour and water and salt in a bowl", "salt"]
    catalogue = Catalogue.open(tmp_path / "scores.sqlite3")
    with catalogue.transaction():
        catalogue.add_document(row("d"), [Chunk(f"c{i}", "d", i, text, "", "", (1, 1)) for i, text in enumerate(texts)])
    idf = math.log((4 - 2 + 0.5) / (2 + 0.5))  # 0: in half of them; FTS5 takes a millionth instead
    rare = math.log((4 - 1 + 0.5) / (1 + 0.5))
    assert idf == 0
    mean = sum(len(text.split()) for text in texts) / 4

    def saturated(count: int, length: int) -> float:
        return 2.2 * count / (count + K1 * (0.25 + 0.75 * length / mean))

    assert dict(catalogue.match(["sea"], 9)) == {1: pytest.approx(rare * saturated(1, 4))}
    moon = dict(catalogue.match(["moon"], 9))
    assert moon[1] / moon[2] == pytest.approx(saturated(3, 4) / saturated(1, 2))
    catalogue.close()


def test_a_removed_document_leaves_no_name_behind(tmp_path: Path) -> None:
    with closing(Catalogue.open(tmp_path / "catalogue.sqlite3")) as catalogue:
        with catalogue.transaction():
            catalogue.add_document(named_row(), [chunk("d1", 0, "We present the tide predicting machine (TPM).")])
        with catalogue.transaction():
            catalogue.delete_document("d1")
        assert named(catalogue) == ([], {})


def test_a_catalogue_that_another_process_made_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite3"
    with closing(Catalogue.open(path)), closing(sqlite3.connect(path)) as db:
        schema.make(db)
        assert db.total_changes == 0


def named_row() -> DocumentRow:
    return replace(row("d1"), title="TideNet: How Tides Are Predicted", authors=("William Thomson",))


def named(catalogue: Catalogue) -> tuple[list[NamedDocument], dict[str, list[str]]]:
    keys = ("tidenet", "predict", "thomson", "tpm")
    return catalogue.named(keys, ("own", "used", "title", "author")), catalogue.long_forms(keys)
