from __future__ import annotations

import errno
import time
from pathlib import Path

import numpy as np
import pytest

from ragft.errors import DiskFull
from ragft.index.vectors.matrix import Matrix
from ragft.workspace import disk_error


def unit(count: int, dimension: int = 8, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_scores_are_the_inner_products_of_all_rows(tmp_path: Path) -> None:
    vectors = unit(40)
    matrix = Matrix(tmp_path / "m.f32", 8)
    matrix.write(list(range(3, 43)), vectors)
    query = unit(1, seed=1)[0]
    expected = dict(zip(range(3, 43), vectors @ query, strict=True))
    best = sorted(expected, key=lambda row: -expected[row])[:10]
    found = matrix.scores(query).top(10)
    assert list(found) == best
    assert found == pytest.approx({row: expected[row] for row in best}, abs=1e-6)


def test_only_the_rows_asked_for_are_scored(tmp_path: Path) -> None:
    matrix = Matrix(tmp_path / "m.f32", 8)
    matrix.write([0, 1, 2, 3], unit(4))
    assert set(matrix.scores(unit(1)[0], [1, 3, 99]).top(10)) == {1, 3}


def test_a_product_leaves_no_thread_at_work(tmp_path: Path) -> None:
    """Those of numpy's BLAS would be, wherever it has more than one."""
    matrix = Matrix(tmp_path / "m.f32", 384)
    matrix.write(range(8000), unit(8000, 384))
    query, rows = unit(1, 384)[0], list(range(8000))

    def elsewhere() -> float:
        """The share of the processor time of a search that other threads took, some time after it included."""
        whole, own = time.process_time(), time.thread_time()
        matrix.scores(query, rows)
        time.sleep(0.03)
        return 1 - (time.thread_time() - own) / (time.process_time() - whole)

    assert min(elsewhere() for _ in range(5)) < 0.2


def test_rows_without_a_vector_are_never_found(tmp_path: Path) -> None:
    matrix = Matrix(tmp_path / "m.f32", 8)
    matrix.write([2, 5], unit(2))
    assert matrix.missing([0, 2, 5, 7]) == [0, 7]
    matrix.clear([2, 80])
    assert matrix.missing([2, 5]) == [2]
    assert set(matrix.scores(unit(1)[0]).top(10)) == {5}


def test_scores_of_chosen_rows(tmp_path: Path) -> None:
    matrix = Matrix(tmp_path / "m.f32", 8)
    matrix.write([2, 5], unit(2))
    scores = matrix.scores(unit(1)[0])
    assert set(scores.of([1, 5, 9])) == {5}
    assert Matrix(tmp_path / "none.f32", 8).scores(unit(1)[0]).of([1]) == {}


def test_equal_scores_come_by_row(tmp_path: Path) -> None:
    matrix = Matrix(tmp_path / "m.f32", 8)
    same = np.eye(8, dtype=np.float32)[:1]
    matrix.write([4, 1, 3], np.repeat(same, 3, axis=0))
    assert list(matrix.scores(same[0]).top(3)) == [1, 3, 4]


def test_a_file_that_grows_is_seen(tmp_path: Path) -> None:
    reader, writer = Matrix(tmp_path / "m.f32", 8), Matrix(tmp_path / "m.f32", 8)
    assert reader.scores(unit(1)[0]).top(5) == {}
    writer.write([0, 1], unit(2))
    assert set(reader.scores(unit(1)[0]).top(5)) == {0, 1}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_a_clear_error() -> None:
    with pytest.raises(DiskFull, match="no space left"):
        Matrix(Path("/dev/full"), 8).write([0], unit(1))
    assert isinstance(disk_error(OSError(errno.ENOSPC, "full"), Path("x")), DiskFull)


def test_a_row_that_begins_with_zero_holds_a_vector_all_the_same(tmp_path: Path) -> None:
    matrix = Matrix(tmp_path / "m.f32", 8)
    matrix.write([1, 3, 4], np.eye(8, dtype=np.float32)[[0, 5, 7]])
    assert matrix.held().tolist() == [1, 3, 4]
    assert matrix.count() == 3
    assert Matrix(tmp_path / "none.f32", 8).count() == 0


def test_what_was_drawn_of_a_deleted_file_is_not_that_of_the_next(tmp_path: Path) -> None:
    matrix = Matrix(tmp_path / "m.f32", 8)
    matrix.write([0, 1], unit(2))
    matrix.sample()
    matrix.delete()
    matrix.write([0, 1], unit(2, seed=1))
    assert np.array_equal(matrix.sample(), unit(2, seed=1))
