"""Tables of plain text, drawn, or with cells that are set apart by blanks or tabs: `North    12   345`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from ragft.corpus.readers.drawn_table import drawn_in
from ragft.corpus.tables import table_text
from ragft.corpus.text import one_line

_CELL = re.compile(r"\S+(?: \S+)*")
_NUMBER = re.compile(r"[-+−–~<>≈±($€£]*\d[\d.,:/]*(?:[%)*†‡€$£][\d%)*†‡€$£]*)?|[-–—]|n/a", re.IGNORECASE)
_RULE = re.compile(r"[\s=+|*_-]+")
_TAB = 8

_PlacedText = tuple[int, int, str]
"""Where a cell begins and ends in its line, and its text."""


def tables_in(paragraph: str) -> Iterator[tuple[str, bool]]:
    """The pieces of a paragraph, whose blanks are as they were, and whether each is a table, as `table_text` has it."""
    for lines, rows in drawn_in(paragraph.split("\n")):
        if rows:
            yield table_text(rows), True
        else:
            yield from _spaced_in(lines)


def _spaced_in(text: Sequence[str]) -> Iterator[tuple[str, bool]]:
    waiting: list[str] = []
    for apart, group in groupby(text, key=lambda line: len(_cells(line)) > 1 or _is_rule(line)):
        lines = list(group)
        if apart and (rows := cells_of(lines)):
            if waiting:
                yield "\n".join(waiting), False
                waiting = []
            yield table_text(rows), True
        else:
            waiting += lines
    if waiting:
        yield "\n".join(waiting), False


def cells_of(lines: Sequence[str]) -> list[list[str]]:
    """The rows of a table in lines of text, whose blanks are as they were; none where they are not a table.

    A table has two cells or more in each line, and at least half of those behind the first are numbers. An empty cell
    is kept where the others of its row stand below those of the fullest rows.
    """
    rows = [_cells(line) for line in lines if line.strip() and not _is_rule(line)]
    if len(rows) < 2 or any(len(row) < 2 for row in rows):
        return []
    values = [text for row in rows for _, _, text in row[1:]]
    if 2 * sum(_NUMBER.fullmatch(text) is not None for text in values) < len(values):
        return []
    columns = _columns(rows)
    return [_filled(row, columns) for row in rows]


def _is_rule(line: str) -> bool:
    return _RULE.fullmatch(line) is not None


def _cells(line: str) -> list[_PlacedText]:
    line = line.expandtabs(_TAB)
    return [(found.start(), found.end(), one_line(found.group())) for found in _CELL.finditer(line)]


def _columns(rows: Sequence[Sequence[_PlacedText]]) -> list[tuple[int, int]]:
    """From where to where the columns of the fullest rows reach; none where they overlap."""
    most = max(map(len, rows))
    full = [row for row in rows if len(row) == most]
    columns = [(min(cell[0] for cell in cells), max(cell[1] for cell in cells)) for cells in zip(*full, strict=True)]
    return columns if all(left[1] <= right[0] for left, right in pairwise(columns)) else []


def _filled(row: Sequence[_PlacedText], columns: Sequence[tuple[int, int]]) -> list[str]:
    places = [[n for n, (left, right) in enumerate(columns) if cell[0] < right and left < cell[1]] for cell in row]
    numbers = [place[0] for place in places if len(place) == 1]
    if len(numbers) < len(row) or any(one >= other for one, other in pairwise(numbers)):
        return [text for _, _, text in row]
    filled = [""] * (numbers[-1] + 1)
    for number, (_, _, text) in zip(numbers, row, strict=True):
        filled[number] = text
    return filled
