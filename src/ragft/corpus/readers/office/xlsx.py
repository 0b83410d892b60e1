"""Workbooks (XLSX): each sheet that is shown as a table under its name; values as they look, not formulas."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragft.corpus.base import Block, Document
from ragft.corpus.merged_cells import PlacedCell, unmerged
from ragft.corpus.readers.archives import check_archive
from ragft.corpus.readers.base import BlockBuilder, SourceFile, name_as_title
from ragft.corpus.readers.damage import damaged
from ragft.corpus.readers.office.character_codes import decoded
from ragft.corpus.readers.office.colours import theme_of
from ragft.corpus.readers.office.date_formats import Moment, shown_date
from ragft.corpus.readers.office.number_formats import shown_number, shown_text
from ragft.corpus.readers.office.strict_ooxml import open_office
from ragft.corpus.readers.office.xlsx_areas import with_near_areas
from ragft.corpus.readers.office.xlsx_look import Looks
from ragft.corpus.readers.office.xlsx_plain import NOTE, has_several_forms, plain_copy
from ragft.corpus.readers.office.xlsx_shapes import ShapeReader
from ragft.corpus.tables import table_text
from ragft.corpus.text import one_line
from ragft.errors import DocumentError
from ragft.log import log

_MOST_CELLS = 5_000_000
_NARROW, _LOW = 0.2, 1
"""Widths of a digit and points up to which nothing of a column or row is seen."""
_UNCOMPUTED = re.compile(
    rb"<((?:\w+:)?)c\b(?![^<>]*\bt=[\"']str)[^<>]*>\s*<\1f\b(?:[^<>]*/>|[^<>]*>[^<]*</\1f>)\s*"
    rb"(?:<\1v\s*/>\s*|<\1v>\s*</\1v>\s*)?</\1c>"
)
"""A cell with a formula and no value; a text (`str`) may be empty."""
_NO_AUTHORS = frozenset({"openpyxl", "microsoft office user", "user", "admin"})


@dataclass
class _LeftOut:
    """How much of the sheets that are shown is not read: cells, characters, formulas."""

    hidden: int = 0
    struck: int = 0
    uncomputed: int = 0

    def notes(self) -> Iterator[str]:
        if self.hidden:
            yield f"hidden rows, columns and cells are left out ({self.hidden} values)"
        if self.struck:
            yield f"struck text is left out ({self.struck} characters)"
        if self.uncomputed:
            yield f"formulas without a value ({self.uncomputed}): let your office program compute and save the file"


def read(source: SourceFile) -> Document:
    """Read an XLSX file. Hidden sheets, rows, columns and cells are left out, and that is noted.

    Raises:
        DocumentError: it is empty, damaged, encrypted, an old .xls, unpacks to too much, or holds no values.
    """
    check_archive(source, "xl/", "XLSX", old=".xls")
    builder, left = BlockBuilder([]), _LeftOut()
    with damaged(source.path, "XLSX", fix="save it again"):
        file = with_near_areas(open_office(source.path))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what of a workbook it would not write again
            reader, unusual = _opened(file)
        book = reader.wb
        hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
        parts = _parts(reader, set(hidden))
        with zipfile.ZipFile(file) as archive:
            shapes = ShapeReader(archive, theme_of(book.loaded_theme))
            for sheet in book.worksheets:
                if sheet.sheet_state == "visible":
                    for block in _blocks(
                        sheet, Looks(book, sheet), left, list(shapes.texts(parts.get(sheet.title, "")))
                    ):
                        builder.add(block)
            left.uncomputed = _uncomputed(archive, list(parts.values()))
        named, author = one_line(book.properties.title or ""), one_line(book.properties.creator or "")
        book.close()
    if not builder.blocks:
        raise DocumentError(f"{source.path} holds no values", fix="open it, let it compute its formulas, and save it")
    noted = (f"hidden sheets are left out: {', '.join(map(one_line, hidden))}",) if hidden else ()
    return Document(
        source.id,
        str(source.path),
        named or name_as_title(source.path),
        tuple(builder.blocks),
        authors=(author,) if author and author.casefold() not in _NO_AUTHORS else (),
        warnings=(*unusual, *noted, *left.notes(), *shapes.notes),
    )


def _opened(file: str | io.BytesIO) -> tuple[Any, tuple[str, ...]]:
    """The reader of a workbook that was read, and a note where only a plain copy of it can be."""
    if not has_several_forms(file):
        try:
            return _read_whole(file), ()
        except Exception:  # openpyxl raises whatever its classes raise over a value that they do not take
            log.debug("a workbook is read without its looks", exc_info=True)
    return _read_whole(plain_copy(file)), (NOTE,)


def _read_whole(file: str | io.BytesIO) -> Any:
    """The reader of a workbook, after it was read; not read-only, since that does not know what is hidden."""
    from openpyxl.reader.excel import ExcelReader

    with ExitStack() as opened:  # where reading fails, openpyxl leaves its archive and members of it open
        source = opened.enter_context(Path(file).open("rb")) if isinstance(file, str) else file
        reader = ExcelReader(source, data_only=True, rich_text=True)
        opened.enter_context(closing(reader.archive))
        reader.read()
    return reader


def _blocks(sheet: Any, looks: Looks, left: _LeftOut, beside: Sequence[str]) -> Iterator[Block]:
    """A sheet as a table under its name, and what stands `beside` the cells; nothing of an empty one."""
    rows = _rows(sheet, looks, left)
    if rows or beside:
        yield Block(one_line(sheet.title), 0, "heading", level=1)
    if rows:
        yield Block(table_text(rows), 0, "table")
    for text in beside:
        yield Block(text, 0)


def _parts(reader: Any, hidden: set[str]) -> dict[str, str]:
    """The members of the archive that hold the sheets which are shown, by the names of the sheets."""
    return {sheet.name: relation.target for sheet, relation in reader.parser.find_sheets() if sheet.name not in hidden}


def _uncomputed(archive: zipfile.ZipFile, parts: Sequence[str]) -> int:
    """How many formulas no program has computed; openpyxl takes their cells for empty ones."""
    members = set(archive.namelist())
    return sum(len(_UNCOMPUTED.findall(archive.read(part))) for part in parts if part in members)


def _rows(sheet: Any, looks: Looks, left: _LeftOut) -> Sequence[Sequence[str]]:
    """The rows that are shown, of the columns that hold a value; looks at no cell that the file does not have.

    Raises:
        ValueError: the values lie too far apart to be a table.
    """
    cells = sorted(
        sheet._cells.items()
    )  # not iter_rows: it makes every cell up to the last, of two far apart 17 billion
    used = {column for (_, column), _ in cells}
    spans = [
        (about.min, about.max) for about in sheet.column_dimensions.values() if about.hidden or about.width <= _NARROW
    ]  # by first column only
    unseen = {column for column in used if any(first <= column <= last for first, last in spans)}
    about_all = sheet.sheet_format
    if about_all.defaultColWidth is not None and about_all.defaultColWidth <= _NARROW:
        unseen |= {column for column in used if not _is_stated(sheet, column)}
    flat = bool(about_all.customHeight) and about_all.defaultRowHeight <= _LOW
    rows: dict[int, dict[int, str]] = {}
    for (row, column), cell in cells:
        if cell.value is None:
            continue
        about, struck = sheet.row_dimensions[row], looks.struck
        low = flat if about.ht is None else about.ht <= _LOW
        seen = column not in unseen and not about.hidden and not low
        if seen and (text := _shown(cell, looks)):
            rows.setdefault(row, {})[column] = text
        elif looks.struck == struck and cell.value != "":
            left.hidden += 1
    left.struck += looks.struck
    columns = sorted({column for row in rows.values() for column in row})
    if len(rows) * len(columns) > _MOST_CELLS:
        raise ValueError(f"{len(rows)} rows and {len(columns)} columns")
    if areas := sheet.merged_cells.ranges:
        return unmerged(_placed(rows, areas))
    return [[row.get(column, "") for column in columns] for row in rows.values()]


def _is_stated(sheet: Any, column: int) -> bool:
    """Whether a column, or a group of columns that it is in, has a width of its own."""
    return any(about.min <= column <= about.max for about in sheet.column_dimensions.values() if about.min)


def _placed(rows: dict[int, dict[int, str]], areas: Iterable[Any]) -> Iterator[list[PlacedCell]]:
    """The cells of each row, those of merged areas as wide as these, and in each of their rows."""
    numbers = sorted(rows)
    wide: dict[tuple[int, int], int] = {}
    hanging: dict[int, list[PlacedCell]] = {}
    for area in areas:
        first, across = (area.min_row, area.min_col), area.max_col - area.min_col + 1
        wide[first] = across
        if text := rows.get(area.min_row, {}).get(area.min_col):
            for number in numbers[bisect_right(numbers, area.min_row) : bisect_right(numbers, area.max_row)]:
                hanging.setdefault(number, []).append(PlacedCell(text, area.min_col, across, own=False))
    for number in numbers:
        own = (PlacedCell(text, column, wide.get((number, column), 1)) for column, text in rows[number].items())
        yield sorted([*own, *hanging.get(number, [])], key=lambda cell: cell.column)


def _shown(cell: Any, looks: Looks) -> str:
    """What a cell shows: numbers and dates in its format; nothing where it is struck or cannot be seen."""
    if isinstance(cell.value, list):
        return looks.on_one_line(cell)
    return looks.seen(cell, _text(cell))


def _text(cell: Any) -> str:
    value = cell.value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, Moment):
        return shown_date(value, cell.number_format)
    if isinstance(value, int | float):
        return shown_number(value, cell.number_format)
    return shown_text(decoded(str(value)), cell.number_format) if cell.data_type == "s" else str(value)
