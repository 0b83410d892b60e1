"""Tables in text files (CSV, TSV): rows of cells, whatever divides them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from ragft.corpus.base import Block, Document
from ragft.corpus.readers.base import Source, name_as_title, read_text
from ragft.corpus.tables import table_text
from ragft.errors import DocumentError

_DELIMITERS = ",;\t|"
_SAMPLE = 16_384
_LARGEST_CELL = 1_000_000


def read(source: Source) -> Document:
    """Read a table; its title is the name of the file.

    Raises:
        DocumentError: it is empty, too large, binary, in an unknown encoding, or no table.
    """
    text, warnings = read_text(source)
    csv.field_size_limit(_LARGEST_CELL)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), _dialect(source.path, text)))
    except csv.Error as error:
        raise DocumentError(
            f"{source.path} is no table that can be read: {error}", fix="save it as CSV again"
        ) from error
    table = table_text(rows)
    if not table:
        raise DocumentError(f"{source.path} holds no values", fix="replace the file")
    title = name_as_title(source.path)
    return Document(source.id, str(source.path), title, (Block(table, 0, "table"),), warnings=warnings)


def _dialect(path: Path, text: str) -> type[csv.Dialect]:
    """Quotes as in every CSV file, and the delimiter that the first lines divide into most cells, alike."""

    class Found(csv.excel):
        delimiter = "\t" if path.suffix.casefold() == ".tsv" else _delimiter(text)

    return Found


def _delimiter(text: str) -> str:
    sample = text[:_SAMPLE].splitlines()
    whole = sample[:-1] if len(text) > _SAMPLE and len(sample) > 1 else sample  # its last line may be cut
    lines = [line for line in whole if line.strip()][:20]
    return max(_DELIMITERS, key=lambda sign: min((line.count(sign) for line in lines), default=0))
