"""Workbooks (XLSX): each sheet that is shown as a table under its name; values, not formulas."""

from __future__ import annotations

import datetime
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ragft.corpus.base import Block, Document
from ragft.corpus.merged_cells import Placed, unmerged
from ragft.corpus.readers.archives import check_archive
from ragft.corpus.readers.base import BlockBuilder, Source, name_as_title
from ragft.corpus.readers.damage import damaged
from ragft.corpus.tables import table_text
from ragft.corpus.text import one_line
from ragft.errors import DocumentError

_MOST_CELLS = 5_000_000
_NO_AUTHORS = frozenset({"openpyxl", "microsoft office user", "user", "admin"})


def read(source: Source) -> Document:
    """Read an XLSX file. Hidden sheets, rows and columns are left out, hidden sheets noted.

    Raises:
        DocumentError: it is empty, damaged, encrypted, an old .xls, unpacks to too much, or holds no values.
    """
    check_archive(source, "xl/workbook.xml", "XLSX", old=".xls")
    import openpyxl

    builder = BlockBuilder([])
    with damaged(source.path, "XLSX", fix="save it again"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what of a workbook it would not write again
            book = openpyxl.load_workbook(source.path, data_only=True)  # read-only, it does not know what is hidden
        hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible" and (rows := _rows(sheet)):
                builder.add(Block(one_line(sheet.title), 0, "heading", level=1))
                builder.add(Block(table_text(rows), 0, "table"))
        named, author = one_line(book.properties.title or ""), one_line(book.properties.creator or "")
        book.close()
    if not builder.blocks:
        raise DocumentError(f"{source.path} holds no values", fix="open it, let it compute its formulas, and save it")
    return Document(
        source.id,
        str(source.path),
        named or name_as_title(source.path),
        tuple(builder.blocks),
        authors=(author,) if author and author.casefold() not in _NO_AUTHORS else (),
        warnings=(f"hidden sheets are left out: {', '.join(map(one_line, hidden))}",) if hidden else (),
    )


def _rows(sheet: Any) -> Sequence[Sequence[str]]:
    """The rows that are shown, of the columns that hold a value; looks at no cell that the file does not have.

    Raises:
        ValueError: the values lie too far apart to be a table.
    """
    cells = sorted(
        sheet._cells.items()
    )  # not iter_rows: it makes every cell up to the last, of two far apart 17 billion
    used = {column for (_, column), _ in cells}
    spans = [
        (about.min, about.max) for about in sheet.column_dimensions.values() if about.hidden
    ]  # by first column only
    unseen = {column for column in used if any(first <= column <= last for first, last in spans)}
    rows: dict[int, dict[int, str]] = {}
    for (row, column), cell in cells:
        if column not in unseen and not sheet.row_dimensions[row].hidden and (text := _shown(cell)):
            rows.setdefault(row, {})[column] = text
    columns = sorted({column for row in rows.values() for column in row})
    if len(rows) * len(columns) > _MOST_CELLS:
        raise ValueError(f"{len(rows)} rows and {len(columns)} columns")
    if areas := sheet.merged_cells.ranges:
        return unmerged(_placed(rows, areas))
    return [[row.get(column, "") for column in columns] for row in rows.values()]


def _placed(rows: dict[int, dict[int, str]], areas: Iterable[Any]) -> Iterator[list[Placed]]:
    """The cells of each row, those of merged areas as wide as these, and in each of their rows."""
    numbers = sorted(rows)
    wide: dict[tuple[int, int], int] = {}
    hanging: dict[int, list[Placed]] = {}
    for area in areas:
        first, across = (area.min_row, area.min_col), area.max_col - area.min_col + 1
        wide[first] = across
        if text := rows.get(area.min_row, {}).get(area.min_col):
            for number in numbers[bisect_right(numbers, area.min_row) : bisect_right(numbers, area.max_row)]:
                hanging.setdefault(number, []).append(Placed(text, area.min_col, across, own=False))
    for number in numbers:
        own = (Placed(text, column, wide.get((number, column), 1)) for column, text in rows[number].items())
        yield sorted([*own, *hanging.get(number, [])], key=lambda cell: cell.column)


def _shown(cell: Any) -> str:
    """What a cell shows, as far as its value tells: `45%` for 0.45 in that format, dates as ISO 8601."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, int | float):
        percent = "%" in (cell.number_format or "")
        return f"{value * 100:.12g}%" if percent else f"{value:.12g}" if isinstance(value, float) else str(value)
    return str(value)
