"""Finds empty cells of tables from the positions of the other cells of the row.

The columns are those of the rows with the most cells: of several rows, or of the first row alone (the heads). A row
with fewer cells gets empty ones if each of its cells is in one of these columns and no two are in the same. Other rows
are not changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ragft.corpus.pdf.base import Line, TextSpan

_STEP = 3.5
"""Distance of lines in em beyond which two tables stand under one another."""
_SAME = 3.0
"""Points between two lines that may be one."""
_TOUCHING = 1.0
"""Points by which a cell may reach into a column that it does not stand in."""

Column = tuple[float, float]
"""Left and right edge, in points."""


def rows_of(lines: Sequence[Line]) -> list[list[str]]:
    """The texts of the cells of each line of a table, "" for those that are empty."""
    return [row for table in _tables(lines) for row in _filled(table)]


def _tables(lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    start = 0
    for place, (before, after) in enumerate(pairwise(lines), start=1):
        if not _are_of_one_table(before, after):
            yield lines[start:place]
            start = place
    yield lines[start:]


def _are_of_one_table(above: Line, below: Line) -> bool:
    if above.table or below.table:
        return above.table is below.table
    step = below.top - above.top
    return (above.page, above.column) == (below.page, below.column) and -2 <= step <= _STEP * above.size


def _filled(lines: Sequence[Line]) -> Iterator[list[str]]:
    columns = _ruled_columns(lines) or _columns(lines)
    for line in lines:
        texts = [cell.text for cell in line.cells]
        places = _places(line, columns) if 1 < len(texts) < len(columns) else []
        if places:
            row = [""] * (places[-1] + 1)
            for place, text in zip(places, texts, strict=True):
                row[place] = text
            yield row
        else:
            yield texts


def _ruled_columns(lines: Sequence[Line]) -> list[Column]:
    """The columns between drawn lines; none where their number tells that rows are divided each in its own way."""
    lefts: list[float] = []
    for left in sorted({cell.cell.left for line in lines for cell in line.cells if cell.cell}):
        if not lefts or left - lefts[-1] > _SAME:
            lefts.append(left)
    if not lefts or len(lefts) > 1 + max(len(line.cells) for line in lines):
        return []
    return [*pairwise([*lefts, float("inf")])]


def _columns(lines: Sequence[Line]) -> list[Column]:
    """The columns of a table from left to right; none where those of its fullest rows are not the same.

    A single fullest row that is not the first is mostly that of a chart.
    """
    most = max((len(line.cells) for line in lines), default=0)
    full = [line.cells for line in lines if len(line.cells) == most]
    if len(full) == 1 and len(lines[0].cells) < most and not lines[0].table:
        return []
    columns = [
        (min(_edges(cell)[0] for cell in cells), max(_edges(cell)[1] for cell in cells))
        for cells in zip(*full, strict=True)
    ]
    apart = all(left[1] <= right[0] for left, right in pairwise(columns))
    return columns if apart else []


def _places(line: Line, columns: Sequence[Column]) -> list[int]:
    """For each cell of a line, the number of its column; none where one stands in no column, or in two, or with
    another in the same."""
    places: list[int] = []
    for cell in line.cells:
        first, last = _edges(cell)
        reach = min(_TOUCHING if cell.cell is None else _SAME, (last - first) / 4)
        met = [n for n, (left, right) in enumerate(columns) if first + reach < right and last - reach > left]
        if not met or (len(met) > 1 and cell.cell is None) or met[0] in places:
            return []
        places += met[:1]
    return places if places == sorted(places) else []


def _edges(cell: TextSpan) -> Column:
    """Of a cell with drawn lines these, else the edges of its text."""
    place = cell.cell or cell
    return place.left, place.right
