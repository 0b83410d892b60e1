"""Merged cells: the text is repeated in every column and row that the cell covers, so that cells keep their column."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

_TIMES, _AT_LEAST = 50, 10_000
"""How much may be repeated: for each cell, or character, that a table holds, and in any table. A hostile file asks for
gigabytes."""


class Cell(NamedTuple):
    """A cell in the order of its row. `across`, `down`: columns and rows that it covers."""

    text: str
    across: int = 1
    down: int = 1


class PlacedCell(NamedTuple):
    """A cell by the column that it begins in, from 0. `own`: of its row, not hanging down from one above."""

    text: str
    column: int
    across: int = 1
    own: bool = True


def placed(rows: Sequence[Sequence[Cell]]) -> list[list[PlacedCell]]:
    """The cells of each row with those that hang down from above, from left to right."""
    left = _AT_LEAST + _TIMES * sum(map(len, rows))
    found: list[list[PlacedCell]] = []
    hanging: list[tuple[PlacedCell, int]] = []
    for row in rows:
        cells = [cell for cell, _ in hanging]
        hanging = [(cell, down - 1) for cell, down in hanging if down > 1]
        taken = {column for cell in cells for column in range(cell.column, cell.column + cell.across)}
        left -= max(taken, default=0)
        column = 0
        for text, across, down in row:
            while column in taken:
                column += 1
            cells.append(PlacedCell(text, column, across))
            if down > 1:
                hanging.append((PlacedCell(text, column, across, own=False), down - 1))
            column += across
        if left < 0:
            hanging = []
        found.append(sorted(cells, key=lambda cell: cell.column))
    return found


def continued(rows: Iterable[Sequence[PlacedCell]]) -> Iterator[list[PlacedCell]]:
    """The rows, the cells that are not `own` with the text of the one above that begins in their column."""
    above: dict[int, str] = {}
    for row in rows:
        cells = [cell if cell.own else cell._replace(text=above.get(cell.column, "")) for cell in row]
        above = {cell.column: cell.text for cell in cells}
        yield cells


def unmerged(rows: Iterable[Sequence[PlacedCell]]) -> list[list[str]]:
    """The texts of each row by column, "" where no cell is. Rows without a text of their own are left out.

    Columns that no cell begins in are left out. A cell alone in its row, as wide as the table, heads what follows: it
    comes once.
    """
    rows = [row for row in rows if any(cell.text and cell.own for cell in row)]
    columns = sorted({cell.column for row in rows for cell in row})
    places = {column: place for place, column in enumerate(columns)}
    left = _AT_LEAST + _TIMES * sum(len(cell.text) for row in rows for cell in row if cell.own)
    lines = []
    for row in rows:
        texts: list[str] = []
        for cell in row:
            start, end = places[cell.column], bisect_left(columns, cell.column + cell.across)
            if (start, end) == (0, len(columns)):
                end = 1
            texts += [""] * (start - len(texts))
            left -= (end - len(texts) - cell.own) * (len(cell.text) + 1)
            repeated = cell.text if left >= 0 else ""
            texts += [cell.text if cell.own else repeated, *[repeated] * (end - len(texts) - 1)]
        lines.append(texts)
    return lines
