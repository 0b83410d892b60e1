"""The vectors as one memory-mapped float32 file: exact dense search that starts at once.

Chroma is where vectors are kept; this file is a copy that a search can open in a millisecond, without importing
Chroma or loading its graph. Measured with 100,000 chunks (docs/retrieval.md): the exact product takes about as long
as the query's own encoding and misses nothing. Row r of the file belongs to the chunk whose `row` in the catalogue is
r; a row of zeros holds no vector.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ragft.workspace import disk_error, make_directory

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ragft.index.encoders.base import Vectors


class Matrix:
    """Rows of `dimension` float32 numbers in a file."""

    def __init__(self, path: Path, dimension: int) -> None:
        self._path = path
        self._dimension = dimension
        self._mapped: Vectors | None = None

    def write(self, rows: Sequence[int], vectors: Vectors) -> None:
        """Put `vectors` at `rows`, which ascend.

        Raises:
            DiskFull, WorkspaceError: it could not be written.
        """
        make_directory(self._path.parent)
        width = self._dimension * 4
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                for row, vector in zip(rows, vectors, strict=True):
                    os.pwrite(descriptor, vector.astype("<f4").tobytes(), row * width)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise disk_error(error, self._path) from error

    def clear(self, rows: Sequence[int]) -> None:
        """Put zeros at `rows`, where the file reaches so far."""
        import numpy as np

        held = len(self._rows())
        inside = [row for row in rows if row < held]
        self.write(inside, np.zeros((len(inside), self._dimension), np.float32))

    def sync(self) -> None:
        """Wait until what was written lies on the disk."""
        if not self._path.exists():
            return
        try:
            descriptor = os.open(self._path, os.O_RDWR)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise disk_error(error, self._path) from error

    def delete(self) -> None:
        """Remove the file."""
        self._mapped = None
        self._path.unlink(missing_ok=True)

    def get(self, rows: Sequence[int]) -> Vectors:
        """The vectors at `rows`, float32 [len(rows), dimension]; zeros where there is none."""
        import numpy as np

        mapped = self._rows()
        wanted = np.asarray(rows, np.int64)
        found = np.zeros((len(wanted), self._dimension), np.float32)
        inside = wanted < len(mapped)
        found[inside] = mapped[wanted[inside]]
        return found

    def missing(self, rows: Sequence[int]) -> list[int]:
        """Those of `rows` that hold no vector."""
        import numpy as np

        empty: list[int] = []
        for start in range(0, len(rows), 4096):
            batch = rows[start : start + 4096]
            held = set(np.flatnonzero(self.get(batch).any(axis=1)).tolist())
            empty.extend(row for at, row in enumerate(batch) if at not in held)
        return empty

    def top(self, query: Vectors, k: int, *, rows: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """The `k` rows with the highest inner product, best first; equal scores by row. Rows of zeros never come."""
        import numpy as np

        mapped = self._rows()
        among: NDArray[np.int64] | None = None
        if rows is not None:
            among = np.asarray([row for row in rows if row < len(mapped)], np.int64)
            scores = mapped[among] @ query
        else:
            scores = mapped @ query
        k = min(k, len(scores))
        if k <= 0:
            return []
        best = np.argpartition(-scores, k - 1)[:k]
        best = best[np.lexsort((best, -scores[best]))]
        named = best if among is None else among[best]
        return [
            (int(row), float(scores[i]))
            for row, i in zip(named, best, strict=True)
            if scores[i] != 0.0  # exactly zero: an empty row
        ]

    def _rows(self) -> Vectors:
        import numpy as np

        size = self._path.stat().st_size if self._path.exists() else 0
        held = size // (self._dimension * 4)
        if self._mapped is None or len(self._mapped) != held:
            if held == 0:
                self._mapped = np.zeros((0, self._dimension), np.float32)
            else:
                self._mapped = np.memmap(self._path, np.float32, "r", shape=(held, self._dimension))
        return self._mapped
