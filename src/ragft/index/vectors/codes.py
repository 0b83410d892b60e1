"""One bit for each number of a vector, so that a search in millions of them reads a thirtieth of the memory.

The bit says whether the number lies above its mean over the collection. Vectors whose bits differ little from the
query's are candidates. Of these the ones are read whose bits, as signs of ones, have the largest product with the query
itself, and their cosines are computed. docs/scaling.md has the recall.

The file begins with the means (float32). Blocks of `BLOCK` rows follow, in each the first 64 bits of all rows, then the
next 64, and so on: in this order numpy compares them fastest. A row without a vector has no bit set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ragft.index.vectors.matrix import Matrix, SimilarityScores
from ragft.index.vectors.rescored import RescoredScores
from ragft.index.vectors.vector_file import VectorFile
from ragft.workspace import atomic_writer, disk_error

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ragft.index.encoders.base import Vectors

BLOCK = 8192
"""Rows of a block: the planes of a few thousand rows stay in the processor's cache while they are compared."""
CANDIDATES = 8000
"""Vectors whose bits are multiplied with the query; docs/scaling.md compares values."""
READ = 4000
"""Vectors whose cosine is computed. To read one takes five times as long as to multiply its bits."""


@dataclass(frozen=True)
class _Mapped:
    """The file as it was when it had this `identity`: means [dimension], blocks [n, words, BLOCK] of 64 bits."""

    identity: tuple[int, int]
    means: Vectors
    blocks: NDArray[np.uint64]


class Codes(VectorFile):
    """The bits of the vectors of `matrix`, in a file beside it. It is made by `build` and then kept up by `write`."""

    def __init__(self, path: Path, matrix: Matrix) -> None:
        super().__init__(path)
        self._matrix = matrix
        self._words = -(-matrix.dimension // 64)
        self._header = -(-matrix.dimension * 4 // 8) * 8
        self._mapped: _Mapped | None = None

    @property
    def path(self) -> Path:
        """Where the file is, if it was built."""
        return self._path

    @property
    def are_complete(self) -> bool:
        """Whether the file is there and reaches as far as the vectors do."""
        blocks = -(-self._matrix.length() // BLOCK)
        return self._path.exists() and self._path.stat().st_size >= self._header + blocks * self._block_bytes

    @property
    def _block_bytes(self) -> int:
        return self._words * BLOCK * 8

    def build(self) -> None:
        """Make the file anew from all vectors.

        Raises:
            DiskFull, WorkspaceError: it could not be written.
        """
        import numpy as np

        sample = self._matrix.sample()
        means = sample.mean(axis=0) if len(sample) else np.zeros(self._matrix.dimension, np.float32)
        try:
            with atomic_writer(self._path, "wb") as handle:
                handle.write(means.astype("<f4").tobytes().ljust(self._header, b"\0"))
                for start in range(0, self._matrix.length(), BLOCK):
                    planes = np.zeros((self._words, BLOCK), np.uint64)
                    vectors = self._matrix.get(range(start, min(start + BLOCK, self._matrix.length())))
                    planes[:, : len(vectors)] = self._signs(vectors, means).T
                    handle.write(planes.tobytes())
        except OSError as error:
            raise disk_error(error, self._path) from error

    def write(self, rows: Sequence[int], vectors: Vectors) -> None:
        """Note the bits of `vectors` at `rows`; nothing where the file was never built.

        Raises:
            DiskFull, WorkspaceError: it could not be written.
        """
        import numpy as np

        if not self._path.exists() or not len(rows):
            return
        signs = self._signs(vectors, self._map().means)
        places = np.asarray(rows, np.int64)
        try:
            with self._path.open("r+b") as handle:
                for block in np.unique(places // BLOCK).tolist():
                    inside = places // BLOCK == block
                    handle.seek(self._header + block * self._block_bytes)
                    held = bytearray(handle.read(self._block_bytes).ljust(self._block_bytes, b"\0"))
                    planes = np.frombuffer(held, np.uint64).reshape(self._words, BLOCK)
                    planes[:, places[inside] % BLOCK] = signs[inside].T
                    handle.seek(self._header + block * self._block_bytes)
                    handle.write(held)
        except OSError as error:
            raise disk_error(error, self._path) from error

    def clear(self, rows: Sequence[int]) -> None:
        """Clear the bits of `rows`."""
        import numpy as np

        self.write(rows, np.zeros((len(rows), self._matrix.dimension), np.float32))

    def count(self) -> int:
        """How many rows have a code."""
        import numpy as np

        return sum(int(np.count_nonzero(np.bitwise_or.reduce(planes, axis=0))) for planes in self._map().blocks)

    def differing(self) -> int:
        """How many rows have bits that differ from their vectors; 0 without a file."""
        import numpy as np

        if not self._path.exists():
            return 0
        mapped, wrong = self._map(), 0
        for number, planes in enumerate(mapped.blocks):
            vectors = self._matrix.get(range(number * BLOCK, (number + 1) * BLOCK))
            wrong += int(np.count_nonzero((self._signs(vectors, mapped.means) != planes.T).any(axis=1)))
        return wrong

    def scores(self, query: Vectors, rows: Sequence[int] | None = None) -> RescoredScores | SimilarityScores:
        """The similarity of `query` to all vectors, or to those of `rows` alone, which is computed for each."""
        if rows is not None:
            return self._matrix.scores(query, rows)
        return RescoredScores(self._matrix, query, lambda k: self._nearest(query, k))

    def _nearest(self, query: Vectors, k: int) -> NDArray[np.int64]:
        """Rows, ascending, among which the `k` best are."""
        import numpy as np

        try:
            mapped = self._map()
        except FileNotFoundError:  # another process repairs the index and has removed it
            return np.arange(self._matrix.length())
        rows = self._differing_least(mapped, query, max(k, CANDIDATES))
        count = max(k, READ)
        if len(rows) <= count:
            return rows
        products = self._products(mapped, rows, query)
        return np.sort(rows[np.argpartition(-products, count - 1)[:count]])

    def _products(self, mapped: _Mapped, rows: NDArray[np.int64], query: Vectors) -> Vectors:
        """The product of `query` with the bits of each of `rows`, 1 or -1, by a table of what each byte gives.

        It is least for rows without a vector.
        """
        import numpy as np

        codes = np.ascontiguousarray(mapped.blocks[rows // BLOCK, :, rows % BLOCK]).view(np.uint8)
        signs = 2 * np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).astype(np.float32) - 1
        parts = np.pad(query, (0, codes.shape[1] * 8 - len(query))).reshape(-1, 8)
        found = np.zeros(len(rows), np.float32)
        for products, column in zip(np.vecdot(parts[:, None], signs[None]), codes.T, strict=True):
            found += products.take(column)
        found[~codes.any(axis=1)] = -np.inf
        return found

    def _differing_least(self, mapped: _Mapped, query: Vectors, count: int) -> NDArray[np.int64]:
        """Rows, ascending: the `count` whose bits differ least from those of `query`, and their equals."""
        import numpy as np

        wanted = self._signs(query[None], mapped.means)[0]
        distances = np.empty((len(mapped.blocks), BLOCK), np.uint16)
        for number, planes in enumerate(mapped.blocks):  # by blocks, as they fit into the processor's cache
            np.bitwise_count(planes ^ wanted[:, None]).sum(axis=0, dtype=np.uint16, out=distances[number])
        flat = distances.ravel()
        limit = np.searchsorted(np.cumsum(np.bincount(flat)), count)
        return np.flatnonzero(flat <= limit)

    def _signs(self, vectors: Vectors, means: Vectors) -> NDArray[np.uint64]:
        """The bits of `vectors`, uint64 [n, words]; none of a vector of zeros."""
        import numpy as np

        packed = np.packbits((vectors > means) & vectors.any(axis=1, keepdims=True), axis=1)
        return np.pad(packed, ((0, 0), (0, self._words * 8 - packed.shape[1]))).view(np.uint64)

    def _forget(self) -> None:
        self._mapped = None

    def _map(self) -> _Mapped:
        import numpy as np

        stat = self._path.stat()
        identity = stat.st_ino, stat.st_size
        mapped = self._mapped  # another thread may put a newer one in its place meanwhile
        if mapped is None or mapped.identity != identity:
            means = np.fromfile(self._path, "<f4", self._matrix.dimension)
            shape = (stat.st_size - self._header) // self._block_bytes, self._words, BLOCK
            blocks: NDArray[np.uint64] = np.zeros(shape, np.uint64)
            if shape[0]:
                blocks = np.memmap(self._path, np.uint64, "r", offset=self._header, shape=shape)
            mapped = self._mapped = _Mapped(identity, means, blocks)
        return mapped
