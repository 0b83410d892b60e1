"""Drawn tables of which a cell reaches over several rows: each cell is traced along the lines around it.

+---+---+
| a | 1 |
|   +---+
|   | 2 |
+---+---+
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from ragft.corpus.merged_cells import Cell, PlacedCell, placed

_ACROSS, _DOWN = frozenset("-=+:"), frozenset("|+")
_MOST_STEPS = 1_000_000
"""Characters that are looked at; a table of more is left as text."""


class _Box(NamedTuple):
    top: int
    left: int
    bottom: int
    right: int


def traced(lines: Sequence[str]) -> list[list[PlacedCell]]:
    """The cells of each row, also those that hang down into it; none where the lines do not close around every cell.

    `lines` have one character a column.
    """
    width = max(map(len, lines), default=0)
    tracer = _Tracer([line.ljust(width) for line in lines])
    boxes = tracer.boxes()
    rows, columns = sorted({box.top for box in boxes}), sorted({box.left for box in boxes})
    found = [
        [
            Cell(
                tracer.text(box),
                bisect_left(columns, box.right) - columns.index(box.left),
                bisect_left(rows, box.bottom) - rows.index(top),
            )
            for box in sorted(boxes)
            if box.top == top
        ]
        for top in rows
    ]
    return placed(found)


class _Tracer:
    """Follows the lines of a table."""

    def __init__(self, grid: Sequence[str]) -> None:
        self._grid = grid
        self._height, self._width = len(grid), len(grid[0]) if grid else 0
        self._left = _MOST_STEPS

    def boxes(self) -> list[_Box]:
        """The cells, with the lines around them; none where these do not fill the table."""
        corners, found = [(0, 0)], dict[tuple[int, int], _Box]()
        while corners:
            top, left = corners.pop()
            if (top, left) in found or top >= self._height - 1 or left >= self._width - 1:
                continue
            box = self._box(top, left)
            if box is None:
                return []
            found[top, left] = box
            corners += [(top, box.right), (box.bottom, left)]
        filled = sum((box.bottom - box.top) * (box.right - box.left) for box in found.values())
        return list(found.values()) if filled == (self._height - 1) * (self._width - 1) else []

    def text(self, box: _Box) -> str:
        """The lines of a cell."""
        return "\n".join(line[box.left + 1 : box.right] for line in self._grid[box.top + 1 : box.bottom])

    def _box(self, top: int, left: int) -> _Box | None:
        """The smallest box with this corner."""
        lowest = next((row for row in range(top + 1, self._height) if self._grid[row][left] not in _DOWN), self._height)
        for right in range(left + 1, self._width):
            if self._grid[top][right] not in _ACROSS:
                return None
            if self._grid[top][right] != "+":
                continue
            for bottom in range(top + 1, lowest):
                self._left -= right - left
                if self._left < 0 or self._grid[bottom][right] not in _DOWN:
                    break
                closed = {self._grid[bottom][left], self._grid[bottom][right]} == {"+"}
                if closed and _ACROSS.issuperset(self._grid[bottom][left:right]):
                    return _Box(top, left, bottom, right)
        return None
