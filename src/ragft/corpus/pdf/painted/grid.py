"""A spatial index of the painted objects of a page.

A spreadsheet paints a rectangle and a text for every cell; comparing all pairs would take minutes.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from ragft.corpus.pdf.pdfium.binding import Box

Colour = tuple[int, ...]
"""Red, green, blue, 0 to 255; with alpha behind them where an object has one."""

_FINEST = 64
"""The most columns, and the most rows, that the page is cut into."""
_FEW = 50
"""Things up to which all are looked at, which is faster than to look for them."""


class Painted(NamedTuple):
    """Something other than text: `colour` None where it is of more than one, or unknown.

    `hides`: all that lies below its box; `veils`: some of it, perhaps. `hue`: the colour of a shape that is painted in
    part of its box; None where it has more than one.
    """

    box: Box
    colour: Colour | None
    hides: bool
    image: bool
    veils: bool = False
    hue: Colour | None = None


class Grid:
    """The things painted on a page in their order. `box`: the page.

    Each lies in the finest of several grids whose cells are as large as it, so that it lies in four cells at most.
    """

    def __init__(self, box: Box) -> None:
        self._left, self._bottom, right, top = box
        self._width, self._height = (right - self._left) or 1.0, (top - self._bottom) or 1.0
        self._items: list[Painted] = []
        self._grids: dict[tuple[int, int], dict[tuple[int, int], list[int]]] = {}
        """By columns and rows: the places in `_items` of what lies in each cell, ascending."""

    def __len__(self) -> int:
        return len(self._items)

    def add(self, item: Painted) -> None:
        """Paint something over all that is there."""
        left, bottom, right, top = item.box
        columns, rows = _count((right - left) / self._width), _count((top - bottom) / self._height)
        cells = self._grids.setdefault((columns, rows), {})
        for cell in self._cells(item.box, columns, rows):
            cells.setdefault(cell, []).append(len(self._items))
        self._items.append(item)

    def meeting(self, box: Box, start: int) -> Iterator[Painted]:
        """What overlaps a box, each once, of the things from the one numbered `start` on; in their order."""
        if len(self._items) - start <= _FEW:
            yield from (item for item in self._items[start:] if meets(item.box, box))
            return
        for index in sorted({i for places in self._near(box) for i in places[bisect_left(places, start) :]}):
            if meets(self._items[index].box, box):
                yield self._items[index]

    def at(self, x: float, y: float) -> Iterator[Painted]:
        """The things at a point, in no order."""
        for places in self._cells_at(x, y):
            yield from (self._items[i] for i in places if _holds(self._items[i].box, x, y))

    def top_at(self, x: float, y: float, end: int | None) -> Painted | None:
        """The thing painted last at a point, of those before the one numbered `end`."""
        before = len(self._items) if end is None else end
        if before <= _FEW:
            return next((item for item in reversed(self._items[:before]) if _holds(item.box, x, y)), None)
        best = -1
        for places in self._cells_at(x, y):
            for place in range((len(places) if end is None else bisect_left(places, end)) - 1, -1, -1):
                if places[place] <= best:
                    break
                if _holds(self._items[places[place]].box, x, y):
                    best = places[place]
        return self._items[best] if best >= 0 else None

    def _near(self, box: Box) -> Iterator[list[int]]:
        """The places of what lies in each cell that a box reaches into."""
        for (columns, rows), cells in self._grids.items():
            for cell in self._cells(box, columns, rows):
                if places := cells.get(cell):
                    yield places

    def _cells_at(self, x: float, y: float) -> Iterator[list[int]]:
        """The places of what lies in the cells around a point: one cell of each grid."""
        across, up = (x - self._left) / self._width, (y - self._bottom) / self._height
        for (columns, rows), cells in self._grids.items():
            if places := cells.get((_cell(across, columns), _cell(up, rows))):
                yield places

    def _cells(self, box: Box, columns: int, rows: int) -> Iterator[tuple[int, int]]:
        left = _cell((box[0] - self._left) / self._width, columns)
        right = _cell((box[2] - self._left) / self._width, columns)
        low = _cell((box[1] - self._bottom) / self._height, rows)
        high = _cell((box[3] - self._bottom) / self._height, rows)
        return itertools.product(range(left, right + 1), range(low, high + 1))


def _count(share: float) -> int:
    """The most cells in a row such that something of this share of the page is no larger than one."""
    count = _FINEST
    while count > 1 and not share * count <= 1:
        count //= 2
    return count


def _cell(share: float, count: int) -> int:
    place = share * count
    if not place > 0:  # what is not a number counts as 0, too
        return 0
    return int(place) if place < count else count - 1


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def meets(one: Box, other: Box) -> bool:
    """Whether the two boxes overlap in an area, not only along an edge."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def common(one: Box, other: Box) -> Box:
    """The intersection of two boxes; turned inside out if it is empty."""
    left, low, right, high = one
    return (  # faster than max and min
        other[0] if other[0] > left else left,
        other[1] if other[1] > low else low,
        other[2] if other[2] < right else right,
        other[3] if other[3] < high else high,
    )
