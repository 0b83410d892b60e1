"""The contract of a search by vectors, kept by all three ways to search."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from ragft.errors import WorkspaceError
from ragft.index.vectors.base import VectorSearch
from ragft.index.vectors.chroma import ChromaSearch, VectorStore
from ragft.index.vectors.codes import BLOCK, Codes
from ragft.index.vectors.matrix import Matrix

DIMENSION = 100  # no multiple of 64
COUNT = 600

Filled = Callable[[np.ndarray, list[int]], VectorSearch]


def unit(count: int, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).standard_normal((count, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(params=["exact", "codes", "chroma"])
def filled(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Filled]:
    """Fills a search with vectors at rows; a chunk's id is its row."""
    stores: list[VectorStore] = []

    def fill(vectors: np.ndarray, rows: list[int]) -> VectorSearch:
        matrix = Matrix(tmp_path / "vectors.f32", DIMENSION)
        matrix.write(rows, vectors)
        if request.param == "exact":
            return matrix
        if request.param == "codes":
            codes = Codes(tmp_path / "vectors.codes", matrix)
            codes.build()
            return codes
        stores.append(VectorStore.open(tmp_path / "chroma"))
        stores[-1].put(list(map(str, rows)), vectors, ["d"] * len(rows))
        return ChromaSearch(stores[-1], matrix, lambda ids: sorted(map(int, ids)), lambda _error: matrix)

    yield fill
    for store in stores:
        store.close()


def test_the_nearest_come_first_with_their_cosines(filled: Filled) -> None:
    vectors, rows = unit(COUNT), list(range(3, COUNT + 3))
    search = filled(vectors, rows)
    query = unit(1, seed=1)[0]
    cosines = vectors @ query
    best = [rows[place] for place in np.argsort(-cosines)[:20]]
    found = search.scores(query).top(20)
    assert list(found) == best
    assert list(found.values()) == pytest.approx(sorted(cosines, reverse=True)[:20], abs=1e-5)


def test_rows_that_are_named_are_scored_and_no_others(filled: Filled) -> None:
    vectors = unit(5)
    search = filled(vectors, [1, 2, 4, 5, 6])
    assert search.scores(vectors[2]).of([1, 3, 4, 90]) == pytest.approx({1: vectors[0] @ vectors[2], 4: 1.0}, abs=1e-5)
    assert list(search.scores(vectors[2], [2, 3, 4]).top(10)) == [4, 2]


def test_the_scale_is_that_of_all_vectors(filled: Filled) -> None:
    vectors = unit(COUNT)
    search = filled(vectors, list(range(1, COUNT + 1)))
    query = unit(1, seed=2)[0]
    scale = search.scores(query).scale()
    assert (scale.mean, scale.spread) == pytest.approx(((vectors @ query).mean(), (vectors @ query).std()), abs=1e-5)


def test_codes_follow_what_is_written_and_cleared(tmp_path: Path) -> None:
    matrix = Matrix(tmp_path / "vectors.f32", DIMENSION)
    codes = Codes(tmp_path / "vectors.codes", matrix)
    vectors = unit(40)
    codes.write([1], vectors[:1])
    assert not (tmp_path / "vectors.codes").exists()  # never built
    matrix.write(range(20), vectors[:20])
    codes.build()
    reader = Codes(tmp_path / "vectors.codes", Matrix(tmp_path / "vectors.f32", DIMENSION))
    assert list(reader.scores(vectors[5]).top(1)) == [5]
    far = [*range(20, 30), *range(BLOCK - 5, BLOCK + 5)]  # beyond the first block, and on both sides of its end
    for files in (matrix, codes):
        files.write(far, vectors[20:])
        files.clear([5])
    assert codes.are_complete
    assert codes.differing() == 0
    assert codes.count() == 39
    assert list(reader.scores(vectors[37]).top(1)) == [BLOCK + 2]
    assert 5 not in reader.scores(vectors[5]).top(40)


def test_codes_that_end_before_the_vectors_do_are_incomplete(tmp_path: Path) -> None:
    matrix = Matrix(tmp_path / "vectors.f32", DIMENSION)
    codes = Codes(tmp_path / "vectors.codes", matrix)
    assert not codes.are_complete
    matrix.write([0], unit(1))
    codes.build()
    assert codes.are_complete
    matrix.write([BLOCK], unit(1))
    assert not codes.are_complete


def test_a_search_goes_on_where_another_process_removes_the_codes(tmp_path: Path) -> None:
    matrix = Matrix(tmp_path / "vectors.f32", DIMENSION)
    vectors = unit(30)
    matrix.write(range(30), vectors)
    codes = Codes(tmp_path / "vectors.codes", matrix)
    codes.build()
    scores = codes.scores(vectors[7])
    (tmp_path / "vectors.codes").unlink()
    assert scores.top(3) == matrix.scores(vectors[7]).top(3)


@pytest.mark.parametrize("kind", ["matrix", "codes"])
@pytest.mark.parametrize("action", ["sync", "delete"])
def test_a_file_that_cannot_be_flushed_or_removed_is_named(tmp_path: Path, kind: str, action: str) -> None:
    path = tmp_path / "vectors"
    path.mkdir()  # neither can be done to a folder
    files = {"matrix": Matrix(path, DIMENSION), "codes": Codes(path, Matrix(tmp_path / "vectors.f32", DIMENSION))}
    with pytest.raises(WorkspaceError, match=r"cannot write .*vectors"):
        getattr(files[kind], action)()


def test_codes_find_nearly_all_of_the_nearest_among_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fortieth is read; docs/scaling.md has the recall in a million vectors."""
    monkeypatch.setattr("ragft.index.vectors.codes.CANDIDATES", 1000)
    monkeypatch.setattr("ragft.index.vectors.codes.READ", 500)
    topics = unit(50, seed=3)
    vectors = topics[np.arange(20_000) % 50] + 0.8 * unit(20_000, seed=4)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    matrix = Matrix(tmp_path / "vectors.f32", DIMENSION)
    matrix.write(range(len(vectors)), vectors)
    codes = Codes(tmp_path / "vectors.codes", matrix)
    codes.build()
    recall = [
        len(codes.scores(query).top(100).keys() & matrix.scores(query).top(100).keys()) / 100 for query in topics[:10]
    ]
    assert np.mean(recall) >= 0.95
    assert all(len(codes._nearest(query, 100)) == 500 for query in topics[:10])
    assert all(1000 <= len(codes._nearest(query, 1000)) < 2000 for query in topics[:10])


def test_bits_are_multiplied_with_the_query_as_signs(tmp_path: Path) -> None:
    vectors = unit(20, seed=5)
    matrix = Matrix(tmp_path / "vectors.f32", DIMENSION)
    matrix.write(range(len(vectors)), vectors)
    codes = Codes(tmp_path / "vectors.codes", matrix)
    codes.build()
    mapped, rows, query = codes._map(), np.array([1, 4, 19]), unit(1, seed=6)[0]
    expected = np.where(vectors[rows] > mapped.means, 1.0, -1.0) @ query
    np.testing.assert_allclose(codes._products(mapped, rows, query), expected, rtol=1e-4, atol=1e-5)
