"""Labelled documents from a folder per class, or from tables of text and label (CSV, TSV, JSONL, JSON)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args

from ragft.console import Progress
from ragft.corpus.base import Document
from ragft.corpus.file_names import find_path
from ragft.corpus.readers import SUFFIXES, find_files, read_documents
from ragft.corpus.readers.base import SourceFile, name_as_title
from ragft.corpus.readers.csv_file import read_records
from ragft.dataset.store import read_lines
from ragft.errors import DatasetError, DocumentError, InputError, NotFoundError, UsageError
from ragft.log import log
from ragft.machine import composed, expand
from ragft.tasks.classify.base import LabelledDocument, Split

TABLES = frozenset((".csv", ".tsv", ".jsonl", ".json"))
TEXT, LABEL = ("text", "document", "content"), ("label", "category", "class")
"""Names of the columns or fields; the first that is there counts."""
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
    if not found and not any(source.label for source in sources):
        raise InputError(f"{sources[0].path} holds no row", fix=f"give {_FORMS}")
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
            raise UsageError(f"{path} is not a table: its documents have no labels", fix=f"give {_FORMS}")
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
        (_, header), *body = read_records(SourceFile(path, "")) or [(0, [])]
    except DocumentError as error:
        raise DatasetError(error.message, fix=error.fix) from error
    names = [name.strip().casefold() for name in header]
    for line, row in body:
        yield line, dict(zip(names, row, strict=False))


def _value(row: Mapping[str, Any], names: Sequence[str], where: str) -> str:
    value = next((row[name] for name in names if row.get(name) is not None), None)
    if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
        raise DatasetError(f'{where} has no "{names[0]}"', fix=f'each line needs "{TEXT[0]}" and "{LABEL[0]}"')
    return str(value).strip()
