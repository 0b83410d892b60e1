"""Tables in text files (CSV, TSV): rows of cells, whatever divides them."""

from __future__ import annotations

import csv
import io
import re

from ragft.corpus.base import Block, Document
from ragft.corpus.readers.base import SourceFile, name_as_title, read_text
from ragft.corpus.tables import table_text
from ragft.errors import DocumentError

_DELIMITERS = ",;\t|"
_SAMPLE = 16_384
_NAMED = re.compile(r"\s*\"?sep=(?P<sign>[^\n\r\"])\"?[ \t]*[,;|\t]*(?:\r\n|\r|\n|$)", re.IGNORECASE)
"""A first line for Excel that names the separator; it is not part of the table."""
_END = "\ufdd4"
"""A noncharacter of Unicode behind the last row: it comes in a row of its own where each quote is closed."""
_LARGEST_CELL = 1_000_000


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
    csv.field_size_limit(_LARGEST_CELL)
    named = _NAMED.match(text)
    delimiter = named["sign"] if named else "\t" if source.path.suffix.casefold() == ".tsv" else _delimiter(text)
    try:
        rows, notes = _rows(text, delimiter, named.end() if named else 0)
    except csv.Error as error:
        raise DocumentError(
            f"{source.path} is no table that can be read: {error}", fix="save it as CSV again"
        ) from error
    return rows, (*warnings, *notes)


def _rows(text: str, delimiter: str, begin: int) -> tuple[list[list[str]], tuple[str, ...]]:
    """The rows from the character `begin` on, and a note where a quote is not closed.

    Raises:
        csv.Error: a cell is too long.
    """
    ended = text[begin:] if text.endswith(("\n", "\r")) else f"{text[begin:]}\n"
    before = len(text[:begin].splitlines())
    rows, starts = [], []
    reader = csv.reader(io.StringIO(ended + _END, newline=""), delimiter=delimiter)
    start = before + 1
    for row in reader:
        rows.append(row)
        starts.append(start)
        start = before + reader.line_num + 1
    last = rows.pop()
    if last == [_END]:
        return rows, ()
    rows.append([*last[:-1], last[-1].removesuffix(_END)])
    return rows, (
        f"a quote of the row that begins in line {starts[-1]} is not closed: the rest of the file is one cell",
    )


def _delimiter(text: str) -> str:
    sample = text[:_SAMPLE].splitlines()
    whole = sample[:-1] if len(text) > _SAMPLE and len(sample) > 1 else sample  # its last line may be cut
    lines = [line for line in whole if line.strip()][:20]
    return max(_DELIMITERS, key=lambda sign: min((line.count(sign) for line in lines), default=0))
