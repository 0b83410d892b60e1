"""The vectors as one memory-mapped float32 file: where they are kept, and exact search that starts at once.

Measured with 100,000 chunks (docs/retrieval.md): the exact product takes about as long as the query's own encoding and
misses nothing. Row r of the file belongs to the chunk whose `row` in the catalogue is r; a row of zeros holds no
vector.
"""

from __future__ import annotations

import mmap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from ragft.index.vectors.base import Scale
from ragft.index.vectors.vector_file import VectorFile
from ragft.workspace import disk_error, make_directory

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ragft.index.encoders.base import Vectors

RowNumbers: TypeAlias = "Sequence[int] | NDArray[np.int64]"
SAMPLE = 10_000
"""Vectors by which the mean and deviation of a large collection's cosines are estimated, the deviation to 0.7 %."""


def inner_products(vectors: Vectors, query: Vectors) -> Vectors:
    """The product of each of `vectors`, [n, dimension], with `query`.

    On one thread, unlike `@`: the threads of numpy's BLAS keep the cores busy for some time after a product, and with
    them the search by words.
    """
    import numpy as np

    found: Vectors = np.vecdot(vectors, query)
    return found


@dataclass(frozen=True)
class SimilarityScores:
    """Cosine similarity of a query to chunks: `rows` ascend, `values` belong to them."""

    rows: NDArray[np.int64]
    values: Vectors

    def top(self, k: int) -> dict[int, float]:
        """The `k` best, best first; equal scores by row."""
        import numpy as np

        k = min(k, len(self.rows))
        if k == 0:
            return {}
        best = np.argpartition(-self.values, k - 1)[:k]
        best = best[np.lexsort((self.rows[best], -self.values[best]))]
        return dict(zip(self.rows[best].tolist(), self.values[best].tolist(), strict=True))

    def of(self, rows: Sequence[int]) -> dict[int, float]:
        """Those of `rows` that were scored."""
        import numpy as np

        wanted = np.asarray(rows, np.int64)
        at = np.searchsorted(self.rows, wanted)
        at[at == len(self.rows)] = 0
        there = self.rows[at] == wanted if len(self.rows) else np.zeros(len(wanted), bool)
        return dict(zip(wanted[there].tolist(), self.values[at[there]].tolist(), strict=True))

    def scale(self) -> Scale:
        """Mean and standard deviation over all that were scored."""
        return Scale(float(self.values.mean()), max(float(self.values.std()), 1e-6)) if len(self.rows) else Scale(0, 1)


class Matrix(VectorFile):
    """Rows of `dimension` float32 numbers in a file."""

    def __init__(self, path: Path, dimension: int) -> None:
        super().__init__(path)
        self.dimension = dimension
        self._mapped: Vectors | None = None
        self._sampled: tuple[int, Vectors] | None = None

    def write(self, rows: Sequence[int], vectors: Vectors) -> None:
        """Put `vectors` at `rows`, which ascend.

        Raises:
            DiskFull, WorkspaceError: it could not be written.
        """
        make_directory(self._path.parent)
        width = self.dimension * 4
        try:
            self._path.touch(exist_ok=True)
            with self._path.open("r+b") as handle:
                for row, vector in zip(rows, vectors, strict=True):
                    handle.seek(row * width)
                    handle.write(vector.astype("<f4").tobytes())
        except OSError as error:
            raise disk_error(error, self._path) from error

    def clear(self, rows: Sequence[int]) -> None:
        """Put zeros at those of `rows` that the file has."""
        import numpy as np

        held = len(self._rows())
        inside = [row for row in rows if row < held]
        self.write(inside, np.zeros((len(inside), self.dimension), np.float32))

    def length(self) -> int:
        """How many rows the file has, with or without a vector."""
        return self._path.stat().st_size // (self.dimension * 4) if self._path.exists() else 0

    def get(self, rows: RowNumbers) -> Vectors:
        """The vectors at `rows`, float32 [len(rows), dimension]; zeros where there is none."""
        import numpy as np

        found = np.zeros((len(rows), self.dimension), np.float32)
        if not len(rows) or not self._path.exists():
            return found
        # Read, not mapped: the pages of a large file would stay in the memory of the process.
        width, into = self.dimension * 4, memoryview(cast("Any", found)).cast("B")
        with self._path.open("rb", buffering=0) as handle:
            for place, row in enumerate(np.asarray(rows, np.int64).tolist()):
                handle.seek(row * width)
                if handle.readinto(into[place * width : (place + 1) * width]) < width:
                    found[place] = 0.0  # the file ends before or within the row
        return found

    def sample(self) -> Vectors:
        """At most about `SAMPLE` vectors from all of the file, evenly spaced; read again when the file has grown."""
        length = self.length()
        sampled = self._sampled  # another thread may put a newer one in its place meanwhile
        if sampled is None or sampled[0] != length:
            found = self.get(range(0, length, max(1, length // SAMPLE)))
            sampled = self._sampled = length, found[found.any(axis=1)]
        return sampled[1]

    def missing(self, rows: Sequence[int]) -> list[int]:
        """Those of `rows` that hold no vector."""
        held = set(self.held().tolist())
        return [row for row in rows if row not in held]

    def count(self) -> int:
        """How many rows hold a vector; without numpy, for the ingest that finds nothing to do."""
        width = self.dimension * 4
        end = self._path.stat().st_size // width * width if self._path.exists() else 0
        if end == 0:
            return 0
        empty = bytes(width)
        with self._path.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            return sum(
                mapped[start : start + 4] != empty[:4] or mapped[start : start + width] != empty
                for start in range(0, end, width)
            )

    def held(self) -> NDArray[np.int64]:
        """Rows that hold a vector, ascending."""
        import numpy as np

        mapped = self._rows()
        full = mapped[:, 0] != 0.0  # nearly always decides; a whole row is read only if it does not
        doubtful = np.flatnonzero(~full)
        for start in range(0, len(doubtful), 4096):
            batch = doubtful[start : start + 4096]
            full[batch] = mapped[batch].any(axis=1)
        return np.flatnonzero(full)

    def scores(self, query: Vectors, rows: RowNumbers | None = None) -> SimilarityScores:
        """Inner products of `query` with every row, or with `rows`; rows without a vector are left out."""
        import numpy as np

        if rows is None:
            values = inner_products(self._rows(), query)
            among = np.flatnonzero(values)  # exactly zero: an empty row
            return SimilarityScores(among, values[among])
        values = inner_products(self.get(rows), query)
        return SimilarityScores(np.asarray(rows, np.int64)[values != 0.0], values[values != 0.0])

    def sampled_scores(self, query: Vectors) -> SimilarityScores:
        """Inner products of `query` with the vectors of `sample`, by their place there."""
        import numpy as np

        values = inner_products(self.sample(), query)
        return SimilarityScores(np.arange(len(values)), values)

    def _forget(self) -> None:
        self._mapped = self._sampled = None

    def _rows(self) -> Vectors:
        held = self.length()
        mapped = self._mapped  # another thread may put a newer one in its place meanwhile
        if mapped is None or len(mapped) != held:
            mapped = self._mapped = self._map(held)
        return mapped

    def _map(self, rows: int) -> Vectors:
        import numpy as np

        if rows == 0:
            return np.zeros((0, self.dimension), np.float32)
        return np.memmap(self._path, np.float32, "r", shape=(rows, self.dimension))
