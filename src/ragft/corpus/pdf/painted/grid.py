"""A spatial index of the painted objects of a page.

A spreadsheet paints a rectangle and a text for every cell; comparing all pairs would take minutes.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from ragft.corpus.pdf.pdfium.binding import Box

Colour = tuple[int, ...]
"""Red, green, blue, 0 to 255; with alpha behind them where an object has one."""

_FINEST = 64
"""The most columns, and the most rows, that the page is cut into."""


@dataclass(frozen=True, slots=True)
class Painted:
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
        for index in sorted({i for places in self._near(box) for i in places[bisect_left(places, start) :]}):
            if meets(self._items[index].box, box):
                yield self._items[index]

    def at(self, x: float, y: float) -> Iterator[Painted]:
        """The things at a point, in no order."""
        for places in self._near((x, y, x, y)):
            yield from (self._items[i] for i in places if _holds(self._items[i].box, x, y))

    def top_at(self, x: float, y: float, end: int | None) -> Painted | None:
        """The thing painted last at a point, of those before the one numbered `end`."""
        best = -1
        for places in self._near((x, y, x, y)):
            for place in range((len(places) if end is None else bisect_left(places, end)) - 1, -1, -1):
                if places[place] <= best:
                    break
                if _holds(self._items[places[place]].box, x, y):
                    best = places[place]
        return self._items[best] if best >= 0 else None

    def _near(self, box: Box) -> Iterator[list[int]]:
        for (columns, rows), cells in self._grids.items():
            for cell in self._cells(box, columns, rows):
                if places := cells.get(cell):
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
    if not place > 0:  # what is no number counts as 0, too
        return 0
    return int(place) if place < count else count - 1


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def meets(one: Box, other: Box) -> bool:
    """Whether two boxes overlap."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def common(one: Box, other: Box) -> Box:
    """The intersection of two boxes; turned inside out if it is empty."""
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])
