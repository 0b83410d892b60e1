"""Labelled documents from a folder per class, or from tables of text and label (CSV, TSV, JSONL, JSON)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args

from ragft.console import Progress
from ragft.corpus.base import Document
from ragft.corpus.encodings import UnknownEncodingError, decode
from ragft.corpus.file_names import find_path
from ragft.corpus.readers import SUFFIXES, find_files, read_documents
from ragft.corpus.readers.base import name_as_title
from ragft.dataset.store import read_lines
from ragft.errors import DatasetError, DocumentError, InputError, NotFoundError, UsageError
from ragft.log import log
from ragft.machine import composed, expand
from ragft.tasks.classify.base import LabelledDocument, Split

TABLES = frozenset((".csv", ".tsv", ".jsonl", ".json"))
TEXT, LABEL = ("text", "document", "content"), ("label", "category", "class")
"""Names of the columns or fields; the first that is there counts."""
_LARGEST_CELL = 10_000_000
_FORMS = "a folder with a folder for each class, or a CSV or JSONL file with the columns text and label"


@dataclass(frozen=True)
class _Source:
    """A table (no label), or a document of a class."""

    path: Path
    label: str = ""


def find_labelled(paths: Sequence[Path]) -> list[Path]:
    """The files with documents and tables at `paths`; raises as `read_labelled`, but opens none of them."""
    return [source.path for source in _sources(paths)]


def read_labelled(
    paths: Sequence[Path], *, timeout: float = 120.0, progress: Progress | None = None
) -> list[LabelledDocument]:
    """All labelled documents at `paths`, in order. A file that cannot be read is left out with a warning.

    Args:
        timeout: seconds that one file may take.

    Raises:
        NotFoundError: a path does not exist.
        UsageError, InputError: a path holds no labelled documents.
        DatasetError: a line of a table has no text or no label.
    """
    sources = _sources(paths)
    found = [one for source in sources if not source.label for one in _table(source.path)]
    labels = {source.path: source.label for source in sources if source.label}
    for number, (path, document) in enumerate(read_documents(list(labels), timeout=timeout), start=1):
        if isinstance(document, DocumentError):
            log.warning(str(document))
        elif text := text_of_document(document):
            found.append(LabelledDocument(text, labels[path], str(path)))
        else:
            log.warning(f"{path} holds no text: left out")
        if progress:
            progress("reading", number, len(labels))
    if not found:
        raise InputError(f"none of the {len(sources)} files could be read as a document", fix=f"give {_FORMS}")
    return found


def text_of_document(document: Document) -> str:
    """The text that is classified: the title where the document has one of its own, and all blocks.

    The name of the file is not part of it, since it may give the class away.
    """
    texts = [block.text.strip() for block in document.blocks]
    title = document.title.strip()
    own = title and title != name_as_title(Path(document.path)) and title not in texts[:1]
    return "\n".join(filter(None, [title if own else "", *texts]))


def _sources(paths: Sequence[Path]) -> list[_Source]:
    if not paths:
        raise UsageError("no labelled documents were named", fix=f"give {_FORMS}")
    return [source for path in paths for source in _at(find_path(expand(path)))]


def _at(path: Path) -> list[_Source]:
    if not path.exists():
        raise NotFoundError(f"{path} does not exist", fix="check the path")
    if path.is_file():
        if path.suffix.casefold() not in TABLES:
            raise UsageError(f"{path} is no table: its documents have no labels", fix=f"give {_FORMS}")
        return [_Source(path)]
    inside = sorted(item for item in path.iterdir() if not item.name.startswith("."))
    found = [
        _Source(file, composed(folder.name)) for folder in inside if folder.is_dir() for file in _documents(folder)
    ]
    if not found:
        found = [_Source(item) for item in inside if item.is_file() and item.suffix.casefold() in TABLES]
    if not found:
        raise InputError(f"{path} holds neither folders with documents nor a table", fix=f"give {_FORMS}")
    return found


def _documents(folder: Path) -> list[Path]:
    """Every readable file below the folder of a class; a CSV there is a document, not a table of documents."""
    by_name = [path for path in folder.rglob("*") if SUFFIXES.get(path.suffix.casefold()) == "csv" and path.is_file()]
    return sorted({*find_files([folder]), *by_name})


def _table(path: Path) -> Iterator[LabelledDocument]:
    rows = _csv_rows(path) if path.suffix.casefold() in {".csv", ".tsv"} else read_lines(path)
    for number, row in rows:
        where = f"{path}, line {number}"
        text, label = _value(row, TEXT, where), composed(_value(row, LABEL, where))
        split = str(row.get("split") or "")
        if split not in get_args(Split):
            fix = f"one of {', '.join(get_args(Split)[1:])}, or none"
            raise DatasetError(f'{where}: "split" is {split!r}', fix=fix)
        yield LabelledDocument(text, label, where, cast(Split, split))


def _csv_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        text, _ = decode(path.read_bytes())
    except UnknownEncodingError as error:
        raise DatasetError(f"{path} is {error}", fix="save it as UTF-8") from error
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror or error}", fix="check who may read it") from error
    csv.field_size_limit(_LARGEST_CELL)
    head = text.partition("\n")[0]
    sign = max("\t;,", key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=sign)
    try:
        for row in reader:
            yield reader.line_num, {str(name).strip().casefold(): value for name, value in row.items()}
    except csv.Error as error:
        raise DatasetError(f"{path}, line {reader.line_num}: {error}", fix="save it as CSV again") from error


def _value(row: Mapping[str, Any], names: Sequence[str], where: str) -> str:
    value = next((row[name] for name in names if row.get(name) is not None), None)
    if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
        raise DatasetError(f'{where} has no "{names[0]}"', fix=f'each line needs "{TEXT[0]}" and "{LABEL[0]}"')
    return str(value).strip()
