"""The records of the catalogue: a file, a document, and the view of both for users."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ragft.index.base import DocumentRecord, DocumentStatus


@dataclass(frozen=True)
class FileRecord:
    """A file that an ingest has seen.

    It became `document_id`, or repeats the document `duplicate_of`, or failed with `error`. In the last case
    `document_id` is the document that it became when it could last be read.
    """

    path: str
    size: int
    mtime_ns: int
    hash: str
    document_id: str | None = None
    duplicate_of: str | None = None
    options: str = ""
    error: str | None = None


@dataclass(frozen=True)
class DocumentRow:
    """The columns of a document."""

    id: str
    title: str
    authors: tuple[str, ...]
    year: int | None
    doi: str | None
    pages: int
    partial: bool = False
    note: str | None = None
    fingerprint: bytes = b""


def file_of(row: Sequence[Any]) -> FileRecord:
    """The record of a row of the table of files, columns in the order of its fields."""
    return FileRecord(_read_path(row[0]), *row[1:])


def record_of(
    path: str | bytes,
    file_hash: str,
    original: str | bytes | None,
    error: str | None,
    document_id: str | None,
    title: str | None,
    authors: str | None,
    year: int | None,
    doi: str | None,
    pages: int | None,
    partial: int | None,
    remark: str | None,
    chunks: int,
) -> DocumentRecord:
    """The record of a row of the table of documents; a failed file or a duplicate has one, too."""
    status: DocumentStatus = "partial" if partial else "indexed"
    if error is not None:
        status = "failed"
    elif original is not None:
        status, chunks = "duplicate", 0
        remark = f"repeats {_read_path(original)}"
    return DocumentRecord(
        id=document_id or file_hash or _id_of_path(path),
        path=_read_path(path),
        title=title or "",
        authors=tuple(json.loads(authors or "[]")),
        year=year,
        pages=pages or 0,
        chunks=chunks,
        status=status,
        error=error or remark,
        doi=doi,
    )


def stored_path(path: str) -> str | bytes:
    """A path for SQLite; names that are not UTF-8 as bytes."""
    return path if encodable(path) == path else os.fsencode(path)


def _read_path(stored: str | bytes) -> str:
    return os.fsdecode(stored) if isinstance(stored, bytes) else stored


def encodable(text: str) -> str:
    """`text` with lone surrogates (bytes of a name that is not UTF-8) written as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _id_of_path(path: str | bytes) -> str:
    """An id for a file that could not be hashed, so that it can be removed."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
