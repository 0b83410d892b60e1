"""Tables whose cells are divided by drawn lines: the cell that each word stands in.

Lines that meet one another are the lines of one drawing. It is a table if words stand in several rows and columns of
it, hardly any word lies across a line, and no cell holds a page of text: so charts, forms and frames are left as they
are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ragft.corpus.pdf.base import RuledCell, RuledTable, TextSpan
from ragft.corpus.pdf.painted.strokes import THICKEST
from ragft.corpus.pdf.pdfium.binding import Box, Place

_SHORTEST = 3.0
"""Points of a line."""
_MEET = 3.0
"""Points between lines that meet, with the gaps at the corners of cells."""
_SAME = 1.5
"""Points between two lines that are one, as where each cell has an outline of its own."""
_MOST = 400
"""Lines in one direction on a page with tables; plots and maps have more."""
_FEWEST_ROWS, _FEWEST_WORDS = 2, 4
"""Rows of more than one cell, and words."""
_FULL = 0.3
"""Share of the places in the grid that hold words."""
_ACROSS = 0.05
"""Share of the words of a table that may lie across its lines."""
_INSIDE = 1.0
"""Points by which a line lies within a word that it crosses."""
_LONGEST = 15
"""Lines of text in a cell."""


class _Line(NamedTuple):
    """A line `at` a height or, upright, at a place from the left, from `start` to `end`."""

    at: float
    start: float
    end: float


@dataclass(slots=True)
class _Drawing:
    """Lines that meet one another, ordered by `at`, and the box around them."""

    level: list[_Line] = field(default_factory=list)
    upright: list[_Line] = field(default_factory=list)

    @property
    def box(self) -> Box:
        xs = [x for line in self.level for x in line[1:]] + [line.at for line in self.upright]
        ys = [y for line in self.upright for y in line[1:]] + [line.at for line in self.level]
        return min(xs), min(ys), max(xs), max(ys)


def set_cells(words: Sequence[TextSpan], strokes: Iterable[Box], place: Place, turned: int) -> None:
    """Set `cell` of the words that stand in tables with drawn lines.

    `strokes`: the boxes around lines, which `place` takes into the frame of text that runs in a direction; `turned`:
    the quarter turns of the page.
    """
    boxes = list(strokes)
    if len(boxes) < 3:
        return
    for turn in {word.turn for word in words if word.turn < 4}:
        level = [word for word in words if word.turn == turn]
        if len(level) < _FEWEST_WORDS:
            continue
        for drawing in _drawings([place(*box, (turn + turned) % 4) for box in boxes]):
            left, top, right, bottom = drawing.box
            inside = [
                word
                for word in level
                if left - _MEET < (word.left + word.right) / 2 < right + _MEET
                and top - _MEET < (word.top + word.bottom) / 2 < bottom + _MEET
            ]
            cells = _cells(drawing, inside)
            if _is_table(drawing, inside, cells):
                for word, cell in zip(inside, cells, strict=True):
                    word.cell = cell


def mirror_cells(words: Iterable[TextSpan], width: float) -> None:
    """Place the cells of words as in a mirror, on a page `width` points wide that is read from right to left."""
    tables: dict[RuledTable, RuledTable] = {}
    cells: dict[RuledCell, RuledCell] = {}
    for word in words:
        if (cell := word.cell) is None:
            continue
        if (table := tables.get(cell.table)) is None:
            table = tables[cell.table] = RuledTable(width - cell.table.right, width - cell.table.left)
        if cell not in cells:
            cells[cell] = RuledCell(table, width - cell.right, cell.top, width - cell.left, cell.bottom)
        word.cell = cells[cell]


def _drawings(boxes: Sequence[Box]) -> Iterator[_Drawing]:
    """The drawings on a page that have level and upright lines."""
    level = _joined(
        _Line((top + bottom) / 2, left, right)
        for left, top, right, bottom in boxes
        if bottom - top <= THICKEST and right - left >= _SHORTEST
    )
    upright = _joined(
        _Line((left + right) / 2, top, bottom)
        for left, top, right, bottom in boxes
        if right - left <= THICKEST and bottom - top >= _SHORTEST
    )
    if not (0 < len(level) <= _MOST and 0 < len(upright) <= _MOST):
        return
    owner = list(range(len(level) + len(upright)))

    def find(index: int) -> int:
        while owner[index] != index:
            owner[index] = index = owner[owner[index]]
        return index

    for one, line in enumerate(level):
        for other, post in enumerate(upright, start=len(level)):
            if (
                line.start - _MEET < post.at < line.end + _MEET
                and post.start - _MEET < line.at < post.end + _MEET
                and (first := find(one)) != (second := find(other))
            ):
                owner[first] = second
    drawings: dict[int, _Drawing] = defaultdict(_Drawing)
    for index in range(len(owner)):
        drawing = drawings[find(index)]
        if index < len(level):
            drawing.level.append(level[index])
        else:
            drawing.upright.append(upright[index - len(level)])
    yield from (drawing for drawing in drawings.values() if drawing.level and drawing.upright)


def _joined(lines: Iterable[_Line]) -> list[_Line]:
    """Lines with the pieces of one made one, by place."""
    done: list[_Line] = []
    rows: list[list[_Line]] = []
    for line in sorted(lines):
        if rows and line.at - rows[-1][0].at <= _SAME:
            rows[-1].append(line)
        else:
            rows.append([line])
    for row in rows:
        at = row[len(row) // 2].at
        pieces = sorted((line.start, line.end) for line in row)
        start, end = pieces[0]
        for begin, stop in pieces[1:]:
            if begin > end + _MEET:
                done.append(_Line(at, start, end))
                start, end = begin, stop
            end = max(end, stop)
        done.append(_Line(at, start, end))
    return done


def _cells(drawing: _Drawing, words: Sequence[TextSpan]) -> list[RuledCell]:
    """The cell of each word: bounded by the next line on each side that reaches past the middle of the word."""
    left, top, right, bottom = drawing.box
    table = RuledTable(left, right)
    known: dict[Box, RuledCell] = {}
    found: list[RuledCell] = []
    for word in words:
        x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
        before, after = _around(drawing.upright, x, y, (left, right))
        above, below = _around(drawing.level, y, x, (top, bottom))
        box = before, above, after, below
        if box not in known:
            known[box] = RuledCell(table, *box)
        found.append(known[box])
    return found


def _around(lines: Sequence[_Line], at: float, across: float, edges: tuple[float, float]) -> tuple[float, float]:
    """The places of the last line before `at` and the first one behind it, of those that reach past `across`."""
    middle = bisect_right(lines, at, key=lambda line: line.at)
    before = (line.at for line in reversed(lines[:middle]) if line.start - _SAME <= across <= line.end + _SAME)
    after = (line.at for line in lines[middle:] if line.start - _SAME <= across <= line.end + _SAME)
    return next(before, edges[0]), next(after, edges[1])


def _is_table(drawing: _Drawing, words: Sequence[TextSpan], cells: Sequence[RuledCell]) -> bool:
    held = set(cells)
    in_rows = Counter(cell.top for cell in held)
    if len({cell.left for cell in held}) < 2 or sum(count > 1 for count in in_rows.values()) < _FEWEST_ROWS:
        return False
    rows, columns = _count([line.at for line in drawing.level]), _count([line.at for line in drawing.upright])
    if len(held) < _FULL * max(1, rows - 1) * max(1, columns - 1):
        return False
    crossed = sum(
        any(
            word.left + _INSIDE < line.at < word.right - _INSIDE
            and line.start < (word.top + word.bottom) / 2 < line.end
            for line in drawing.upright
        )
        for word in words
    )
    if crossed > _ACROSS * len(words):
        return False
    heights = {(cell, round(word.bottom)) for word, cell in zip(words, cells, strict=True)}
    return max(Counter(cell for cell, _ in heights).values()) <= _LONGEST


def _count(places: Sequence[float]) -> int:
    """How many places there are, those within a gap between the lines of a double rule counted once."""
    count, last = 0, float("-inf")
    for at in sorted(places):
        count += at - last > _MEET
        last = at
    return count
