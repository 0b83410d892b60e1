"""The CSV manifest: titles, authors, years, DOIs and passwords by path, in place of those in the files.

path,title,authors,year,doi,password
2005.11401.pdf,Retrieval-Augmented Generation,"Lewis, Patrick; Perez, Ethan",2020,,
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ragft.corpus.base import Document
from ragft.corpus.encodings import UnknownEncodingError, decode
from ragft.corpus.file_names import find_path, path_key
from ragft.corpus.text import one_title, sanitise
from ragft.errors import InputError
from ragft.machine import expand

COLUMNS = ("path", "title", "authors", "year", "doi", "password")


@dataclass(frozen=True)
class ManifestRow:
    """The row of a manifest for one file; empty or None in fields without a value."""

    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str = ""
    password: str | None = None


def load_file_manifest(path: Path) -> tuple[dict[Path, ManifestRow], tuple[str, ...]]:
    """The rows of a manifest by `path_key`, and a note where its encoding was guessed or a character replaced.

    Relative paths are relative to the manifest's folder. Authors are separated by semicolons, or by commas where there
    are none.

    Raises:
        InputError: it cannot be read, has an unknown column, one twice or none named path, or a row that does not
            parse.
    """
    try:
        text, notes = decode(path.read_bytes())  # spreadsheets save CSV in the encoding of the machine
    except OSError as error:
        raise InputError(
            f"manifest {path} cannot be read: {error.strerror}", fix="check its path and rights"
        ) from error
    except UnknownEncodingError as error:
        raise InputError(f"manifest {path} cannot be read: {error}", fix="save it as CSV in UTF-8") from error
    reader = csv.DictReader(text.splitlines(keepends=True), strict=True)
    try:
        return _rows(reader, path), notes
    except csv.Error as error:
        where = f"manifest {path}, line {max(1, reader.line_num)}"
        raise InputError(f"{where}: {error}", fix="quote fields that hold commas, and close every quote") from error


def without_file(rows: Mapping[Path, ManifestRow]) -> list[Path]:
    """The paths of a manifest without a file: misspelt, or relative to another folder."""
    return [path for path in rows if not find_path(path).is_file()]


def row_of(rows: Mapping[Path, ManifestRow], path: Path) -> ManifestRow | None:
    """The entry of the manifest for the file at `path`, whatever the Unicode form of its name."""
    return rows.get(path_key(path)) if rows else None


def _rows(reader: csv.DictReader[str], path: Path) -> dict[Path, ManifestRow]:
    columns = [name.strip().casefold() for name in reader.fieldnames or ()]
    unknown = [name for name in columns if name not in COLUMNS]
    twice = [name for at, name in enumerate(columns) if name in columns[:at]]
    if unknown or twice or "path" not in columns:
        what = "no column named path"
        if unknown or twice:
            what = f"unknown column {unknown[0]!r}" if unknown else f"column {twice[0]!r} is there twice"
        raise InputError(f"manifest {path}: {what}", fix=f"its first line names columns out of {','.join(COLUMNS)}")
    reader.fieldnames = columns
    rows: dict[Path, ManifestRow] = {}
    for fields in reader:
        where = f"manifest {path}, line {reader.line_num}"
        key, row = _row(fields, path.parent, where)
        if key in rows:
            raise InputError(f"{where}: {key.name} is listed twice", fix="keep one of the two lines")
        rows[key] = row
    return rows


def apply_manifest(document: Document, row: ManifestRow | None) -> Document:
    """`document` with the values of the manifest in place of those read."""
    if row is None:
        return document
    return replace(
        document,
        title=row.title or document.title,
        authors=row.authors or document.authors,
        year=row.year or document.year,
        doi=row.doi or document.doi,
    )


def _row(fields: Mapping[str | None, str | list[str] | None], folder: Path, where: str) -> tuple[Path, ManifestRow]:
    if None in fields:
        raise InputError(f"{where}: more fields than columns", fix="quote fields that hold commas")
    values = {str(name): sanitise(value).strip() if isinstance(value, str) else "" for name, value in fields.items()}
    if not values["path"]:
        raise InputError(f"{where}: the path is empty", fix="name a file in the first column")
    year = values.get("year", "")
    if year and not (year.isdecimal() and 1000 <= int(year) <= 2999):
        raise InputError(f"{where}: year {year!r} is not a year", fix="write four digits or leave it empty")
    authors = values.get("authors", "")
    names = authors.split(";") if ";" in authors else authors.split(",")
    row = ManifestRow(
        one_title(values.get("title", "")),
        tuple(name.strip() for name in names if name.strip()),
        int(year) if year else None,
        values.get("doi", ""),
        values.get("password") or None,
    )
    # The name as it stands there: `sanitise` would write m².pdf as m^2.pdf.
    name = str(fields["path"]).strip()
    return path_key(folder / expand(Path(name))), row
