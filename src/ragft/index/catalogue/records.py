"""The records of the catalogue: a file, a document, and the view of both for users."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

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


class FileAndDocument(NamedTuple):
    """A file beside the document that it became, as SQLite joins them: `original` is what a duplicate repeats."""

    path: str | bytes
    hash: str
    original: str | bytes | None
    error: str | None
    document_id: str | None
    title: str | None
    authors: str | None
    year: int | None
    doi: str | None
    pages: int | None
    partial: int | None
    remark: str | None
    chunks: int

    @property
    def status(self) -> DocumentStatus:
        """How far the file got."""
        if self.error is not None:
            return "failed"
        if self.original is not None:
            return "duplicate"
        return "partial" if self.partial else "indexed"

    def record(self) -> DocumentRecord:
        """The view of both for users; a failed file or a duplicate has one, too."""
        remark = self.remark if self.original is None else f"repeats {_read_path(self.original)}"
        return DocumentRecord(
            id=self.document_id or self.hash or _id_of_path(self.path),
            path=_read_path(self.path),
            title=self.title or "",
            authors=tuple(json.loads(self.authors or "[]")),
            year=self.year,
            pages=self.pages or 0,
            chunks=0 if self.status == "duplicate" else self.chunks,
            status=self.status,
            error=self.error or remark,
            doi=self.doi,
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
