"""Tables in text files (CSV, TSV): rows of cells, whatever divides them."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from ragft.corpus.base import Block, Document
from ragft.corpus.readers.base import SourceFile, name_as_title, read_text
from ragft.corpus.tables import table_text
from ragft.errors import DocumentError

_DELIMITERS = ",;\t|"
_SAMPLE = 16_384
_NUMBER_WITH_COMMA = re.compile(r"[^\w,]*\d[\d.\s']*(?:,\d{3})*,\d+(?:\.\d+)?[^\d,]*")
"""`-1.234,50`, `12,5 %` or `1,234,567`."""
_NUMBER = re.compile(r"[^\w,]*\d[\d.\s']*[^\d,]*")
_NAMED = re.compile(r"\s*\"?sep=(?P<sign>[^\n\r\"])\"?[ \t]*[,;|\t]*(?:\r\n|\r|\n|$)", re.IGNORECASE)
"""A first line for Excel that names the separator; it is not part of the table."""
_END = "\ufdd4"
"""A noncharacter of Unicode behind the last row: it comes in a row of its own where each quote is closed."""
_NAMED_LINES = 5
_LARGEST_CELL = 1_000_000
_LARGEST_RECORD_CELL = 10_000_000
_ESCAPED = re.compile(r'(?<!\\)((?:\\\\)*)\\"')
"""A quote behind an odd number of backslashes, as MySQL writes one inside a cell."""
_UNCLOSED = "a quote of the row that begins in line {line} is not closed"


def read(source: SourceFile) -> Document:
    """Read a table; its title is the name of the file.

    Raises:
        DocumentError: it is empty, too large, binary, in an unknown encoding, or no table.
    """
    rows, warnings = read_cells(source)
    table = table_text(rows)
    if not table:
        raise DocumentError(f"{source.path} holds no values", fix="replace the file")
    title = name_as_title(source.path)
    return Document(source.id, str(source.path), title, (Block(table, 0, "table"),), warnings=warnings)


def read_cells(source: SourceFile) -> tuple[list[list[str]], tuple[str, ...]]:
    """The cells, row by row, whatever divides them; and notes on what was guessed.

    Raises:
        DocumentError: the file is empty, too large, binary, in an unknown encoding, or no table.
    """
    text, warnings = read_text(source)
    numbered, unclosed = _parsed(source, text, _delimiter(text), _LARGEST_CELL)
    cut = f"{_UNCLOSED.format(line=unclosed)}: the rest of the file is one cell"
    notes = (cut,) if unclosed else _of_other_width(numbered)
    return [row for _, row in numbered], (*warnings, *notes)


def _of_other_width(numbered: list[tuple[int, list[str]]]) -> tuple[str, ...]:
    """A note on the rows that have fewer cells than most rows, or more than the head.

    Titles are narrower than most rows, and come before the head.
    """
    rows = [(line, row) for line, row in numbered if any(cell.strip() for cell in row)]
    width = _usual_width([row for _, row in rows])
    if width < 2:
        return ()
    head, widest = next((line, len(row)) for line, row in rows if len(row) >= width)
    other = [line for line, row in rows if line > head and (len(row) < width or any(map(str.strip, row[widest:])))]
    if not other:
        return ()
    lines = ", ".join(map(str, other[:_NAMED_LINES])) + (", …" if len(other) > _NAMED_LINES else "")
    return (f"rows with fewer cells than most ({width}) or more than the head ({widest}): {len(other)} (line {lines})",)


def _usual_width(rows: list[list[str]]) -> int:
    return next((width for width, _ in Counter(map(len, rows)).most_common(1)), 0)


def read_records(source: SourceFile) -> list[tuple[int, list[str]]]:
    """The rows that have a value, each with its first line, for data of which no cell may stand in a wrong column.

    The first one, the header, decides what divides the cells: texts below it may hold any sign.

    Raises:
        DocumentError: as `read_cells`; or a quote is not closed, or a row has more cells than the header.
    """
    text, _ = read_text(source)
    head = next((line for line in text.splitlines() if line.strip()), "")
    numbered, unclosed = _parsed(source, text, max(_DELIMITERS, key=head.count), _LARGEST_RECORD_CELL)
    if unclosed:
        raise DocumentError(f"{source.path}: {_UNCLOSED.format(line=unclosed)}", fix="close it, or write it twice")
    rows = [(line, row) for line, row in numbered if any(cell.strip() for cell in row)]
    width = len(rows[0][1]) if rows else 0
    for line, row in rows:
        if any(cell.strip() for cell in row[width:]):
            raise DocumentError(
                f"{source.path}, line {line} has {len(row)} cells, and the header has {width}",
                fix="quote each cell that holds the sign between cells",
            )
    return rows


def _parsed(source: SourceFile, text: str, guessed: str, largest: int) -> tuple[list[tuple[int, list[str]]], int]:
    """The rows, as `_rows` finds them; the line `sep=` and the suffix .tsv come before the guess."""
    csv.field_size_limit(largest)
    named = _NAMED.match(text)
    delimiter = named["sign"] if named else "\t" if source.path.suffix.casefold() == ".tsv" else guessed
    try:
        return _rows(text, delimiter, named.end() if named else 0)
    except csv.Error as error:
        raise DocumentError(
            f"{source.path} is not a table that can be read: {error}", fix="save it as CSV again"
        ) from error


def _rows(text: str, delimiter: str, begin: int) -> tuple[list[tuple[int, list[str]]], int]:
    """The rows from the character `begin` on, each with its first line; and that of a row whose quote is not closed,
    or 0. Of the ways in which programs write quotes, the one that closes them and gives the most rows of one width.

    Raises:
        csv.Error: a cell is too long.
    """
    before = len(text[:begin].splitlines())
    best, failed = None, csv.Error()
    for way, blanks in _ways(text[begin:], delimiter):
        try:
            found = _rows_in(way, delimiter, before, blanks=blanks)
        except csv.Error as error:
            failed = error
        else:
            best = found if best is None else max(best, found, key=_regularity)  # a large file is held twice at most
    if best is None:
        raise failed
    return best


def _ways(text: str, delimiter: str) -> Iterator[tuple[str, bool]]:
    """The text in each way of quoting, the likelier first, and whether blanks may stand before quotes."""
    sign = re.escape(delimiter)
    blank = " {1,99}"  # bounded: where `sep= ` makes blanks separators, the search takes no longer than the text
    blanks = [False, True] if delimiter != " " and re.search(rf'{sign}{blank}"', text) else [False]
    if len(blanks) > 1 and not re.search(rf'{sign}{blank}"[^"\n]*"(?! {{0,99}}(?:{sign}|$))', text, re.MULTILINE):
        blanks.reverse()
    escaped = _ESCAPED.sub(r'\1""', text)
    begins = re.search(rf'(?:^|{sign})(?:{blank})?\\"', text, re.MULTILINE)
    likely = [escaped, text] if escaped != text and '\\""' not in text and not begins else [text, escaped]
    yield from ((way, skips) for way in dict.fromkeys(likely) for skips in blanks)


def _regularity(found: tuple[list[tuple[int, list[str]]], int]) -> tuple[bool, float, int]:
    """Whether each quote is closed, and the share and number of rows of the usual width."""
    rows = [row for _, row in found[0] if row]
    usual = max(Counter(map(len, rows)).values(), default=0)
    return not found[1], usual / max(1, len(rows)), usual


def _rows_in(text: str, delimiter: str, before: int, *, blanks: bool) -> tuple[list[tuple[int, list[str]]], int]:
    """As `_rows`, in one way of quoting; `before` are the lines before the text."""
    ended = text if text.endswith(("\n", "\r")) else f"{text}\n"
    rows: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(ended + _END, newline=""), delimiter=delimiter, skipinitialspace=blanks)
    start = before + 1
    for row in reader:
        rows.append((start, row))
        start = before + reader.line_num + 1
    line, last = rows.pop()
    if last == [_END]:
        return rows, 0
    rows.append((line, [*last[:-1], last[-1].removesuffix(_END)]))
    return rows, line


def _delimiter(text: str) -> str:
    """The sign that divides the most rows in succession into the same number of cells, at least two.

    Where signs are equal, a comma does not count that leaves only numbers with a comma between the other signs.
    """
    signs = _DELIMITERS.replace(",", "") if _is_column_of_decimals(text) else _DELIMITERS
    return max(signs, key=lambda sign: _evidence(text, sign))


def _is_column_of_decimals(text: str) -> bool:
    """Whether below a head without a comma all lines are numbers, some with a decimal comma."""
    lines = [line.strip() for line in text[:_SAMPLE].splitlines() if line.strip()]
    head, *rows = lines[:-1] if len(text) > _SAMPLE and len(lines) > 1 else lines or [""]
    with_comma = [row for row in rows if "," in row]
    numbers = all((_NUMBER_WITH_COMMA if "," in row else _NUMBER).fullmatch(row) for row in rows)
    return "," not in head and bool(with_comma) and numbers


def _evidence(text: str, sign: str) -> tuple[int, bool, int]:
    """Of the longest run of rows with as many cells: its length, whether it holds decimal commas, and the cells."""
    rows = list(csv.reader(io.StringIO(text[:_SAMPLE], newline=""), delimiter=sign))
    whole = rows[:-1] if len(text) > _SAMPLE and len(rows) > 1 else rows  # the last row may be cut
    runs = [list(run) for _, run in groupby(filter(None, whole), key=len)]
    longest = max((run for run in runs if len(run[0]) > 1), key=len, default=[])
    if not longest:
        return 0, False, 0
    with_comma = [cell for row in longest for cell in row if "," in cell]
    decimal = bool(with_comma) and all(_NUMBER_WITH_COMMA.fullmatch(cell) for cell in with_comma)
    return len(longest), decimal, len(longest[0])
