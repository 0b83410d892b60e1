"""Makes the text of each cell of a table with drawn lines one span, so that a row of cells is one line.

Between two drawn lines there may also be several rows of a table, each on a line of its own. Words that go over the
edge of their cell to its next line tell the one from the other: their line has no room left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from ragft.corpus.pdf.base import RuledCell, RuledTable, TextSpan
from ragft.corpus.pdf.numbers.quantities import is_quantity

_SAME = 2.0
"""Points between the upper edges of cells of one row."""
_LEVEL = 0.3
"""Em between the baselines of spans on one line."""
_FULL = 0.7
"""Share of the lines of cells that have no room for the next word."""
_SPACE = 0.2
"""Em."""

_Cells = dict["RuledCell", list[list["TextSpan"]]]
"""The lines of each cell, from top to bottom, each from left to right."""


def join_cells(spans: Sequence[TextSpan]) -> list[TextSpan]:
    """`spans` with those of each cell made one, in the rows where lines go on in the next one."""
    if not any(span.cell for span in spans):
        return list(spans)
    joined: dict[int, TextSpan | None] = {}
    for table in _tables(spans):
        pads = _pads(table)
        for row in _rows(table):
            if _is_one_row(row, pads):
                joined.update(_in_one_line(row))
    return [span for old in spans if (span := joined.get(id(old), old)) is not None]


def _tables(spans: Sequence[TextSpan]) -> list[_Cells]:
    tables: dict[RuledTable, dict[RuledCell, list[TextSpan]]] = defaultdict(lambda: defaultdict(list))
    for span in spans:
        if span.cell is not None:
            tables[span.cell.table][span.cell].append(span)
    return [{cell: _lines(held) for cell, held in cells.items()} for cells in tables.values()]


def _lines(spans: Sequence[TextSpan]) -> list[list[TextSpan]]:
    lines: list[list[TextSpan]] = []
    for span in sorted(spans, key=lambda span: span.top + span.bottom):
        line = lines[-1][0] if lines else None
        if line and span.top + span.bottom - line.top - line.bottom < 2 * _LEVEL * max(span.size, line.size):
            lines[-1].append(span)
        else:
            lines.append([span])
    for row in lines:
        row.sort(key=lambda span: span.left)
    return lines


def _rows(cells: _Cells) -> list[_Cells]:
    """The cells by the row that they begin in, from top to bottom."""
    rows: list[_Cells] = []
    top = float("-inf")
    for cell in sorted(cells, key=lambda cell: (cell.top, cell.left)):
        if cell.top - top > _SAME:
            rows.append({})
            top = cell.top
        rows[-1][cell] = cells[cell]
    return rows


def _pads(cells: _Cells) -> dict[float, float]:
    """For each column, by its left edge: the points on both sides of a cell that are always free."""
    pads: dict[float, float] = {}
    for cell, lines in cells.items():
        free = min(min(line[0].left - cell.left, cell.right - line[-1].right) for line in lines)
        pads[round(cell.left)] = max(0.0, min(free, pads.get(round(cell.left), free)))
    return pads


def _is_one_row(row: _Cells, pads: dict[float, float]) -> bool:
    """Whether what stands in the cells of a row, on one line or several, is the text of one row."""
    tall = {cell: lines for cell, lines in row.items() if len(lines) > 1}
    # A cell that holds columns, or numbers below one another, holds rows.
    columns = any(len(line) > 1 for lines in row.values() for line in lines)
    if columns or any(all(is_quantity(line[0].text) for line in lines) for lines in tall.values()):
        return False
    if not tall:
        return True  # the text of a cell beside two rows stands between them
    lined_up = len(tall) > 1 and len({len(lines) for lines in tall.values()}) == 1 and _share_lines([*tall.values()])
    if lined_up and not any(after[0].text[:1].islower() for lines in tall.values() for after in lines[1:]):
        return False
    breaks = [
        _is_full(line, after, cell.right - cell.left - 2 * pads[round(cell.left)])
        for cell, lines in tall.items()
        for line, after in pairwise(lines)
    ]
    if sum(breaks) >= _FULL * len(breaks):
        return True
    # A break that is not a full line may part two numbers.
    numbers = any(
        line[-1].text[-1:].isdecimal() and after[0].text[:1].isdecimal()
        for lines in tall.values()
        for line, after in pairwise(lines)
    )
    return not numbers and (len(tall) == 1 or not _share_lines([*tall.values()]))


def _is_full(line: Sequence[TextSpan], after: Sequence[TextSpan], room: float) -> bool:
    first = after[0]
    word = first.text.split(" ", 1)[0]
    width = first.width * len(word) / max(1, len(first.text))
    return line[-1].hyphen or line[-1].right - line[0].left + _SPACE * first.size + width > room


def _share_lines(columns: Sequence[Sequence[Sequence[TextSpan]]]) -> bool:
    """Whether most lines of the shortest column stand beside lines of the longest."""
    heights = [[line[0].top + line[0].bottom for line in lines] for lines in columns]
    shortest, longest = min(heights, key=len), max(heights, key=len)
    level = sum(any(abs(one - other) < 2 for other in longest) for one in shortest)
    return 2 * level > len(shortest)


def _in_one_line(row: _Cells) -> dict[int, TextSpan | None]:
    """By the id of each span of a row: the one that holds all of its cell, or None."""
    top = min(line[0].top for lines in row.values() for line in lines)
    joined: dict[int, TextSpan | None] = {}
    for lines in row.values():
        spans = [span for line in lines for span in line]
        whole = spans[0].copy()
        for before, span in pairwise(spans):
            _append(whole, before, span)
        whole.top, whole.bottom = top, top + whole.bottom - whole.top
        joined.update({id(span): None for span in spans})
        joined[id(spans[0])] = whole
    return joined


def _append(whole: TextSpan, before: TextSpan, span: TextSpan) -> None:
    """Lengthen `whole`, which ends with `before`, by `span`; a word that was broken is put together."""
    glue = " "
    if before.hyphen:
        kept = "-" in whole.text.rsplit(" ", 1)[-1] or not span.text[:1].islower()
        glue = "-" if kept else ""
    if whole.sizes:
        whole.sizes += (whole.size,) * len(glue) + (span.sizes or (span.size,) * len(span.text))
    whole.text += glue + span.text
    whole.heavy += span.heavy
    whole.slanted += span.slanted
    whole.main += span.main
    whole.left, whole.right = min(whole.left, span.left), max(whole.right, span.right)
    whole.added = whole.added or span.added
    whole.hyphen = span.hyphen
