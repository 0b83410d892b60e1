"""The truth: documents, chunks and their full text in one SQLite file.

A document and its chunks appear and vanish in one transaction. Vectors live elsewhere (`ragft.index.vectors`) and can
be made again from here. `chunks.row` is also the row of a chunk's vector in `ragft.index.matrix`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragft.corpus.base import Chunk
from ragft.errors import DiskFull, IndexCorrupted, NotFoundError, WorkspaceError
from ragft.index import schema
from ragft.index.base import DocumentRecord, DocumentStatus
from ragft.index.lexical import indexed_text, match_expression
from ragft.workspace import make_directory

MARK = "writing"
"""Key that is there while a writer is at work, and after one was killed."""

K1 = 0.75
"""How soon BM25 stops to count a word's repetitions (its k₁); docs/retrieval.md compares values."""

_FTS5_K1 = 1.2
_WEIGHT = _FTS5_K1 / K1
"""FTS5's own k₁ cannot be set. But it multiplies a word's frequency f by the weight w of its column, and
w · f / (w · f + k₁) is f / (f + k₁ / w): one weight on all columns divides k₁.
"""

LARGE = 20_000
"""Chunks from which on very common words of a query are left out."""

_CHUNK = "id, document_id, position, text, title, section, first_page, last_page, page_starts"
_FILE = "path, size, mtime_ns, hash, document_id, duplicate_of, options, error"
_IN_BATCH = 500


@dataclass(frozen=True)
class FileRecord:
    """A file that ingest has met.

    It became `document_id`, or repeats the document `duplicate_of`, or failed with `error` (then `document_id` is what
    it held when it was last read).
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
    """A document's own columns."""

    id: str
    title: str
    authors: tuple[str, ...]
    year: int | None
    doi: str | None
    pages: int
    partial: bool = False
    note: str | None = None
    fingerprint: bytes = b""


class Catalogue:
    """Open it with `Catalogue.open`; use as a context manager or `close` it."""

    def __init__(self, connection: sqlite3.Connection, path: Path, *, writable: bool) -> None:
        self._db = connection
        self._path = path
        self._writable = writable
        self._chunk_count: int | None = None  # of a reader; a little out of date does no harm
        self._frequencies: dict[str, int] = {}

    @classmethod
    def open(cls, path: Path, *, create: bool = True) -> Catalogue:
        """Open the file, making it if it is missing and `create` is set; for reading alone if that is all it allows.

        Raises:
            NotFoundError: it is missing and `create` is not set.
            IndexCorrupted: it is no catalogue, a damaged one, or one of another version.
            WorkspaceError: it cannot be opened or written.
        """
        if not path.exists():
            if not create:
                raise NotFoundError(f"nothing has been ingested into {path.parent}", fix="ragft ingest PATH")
            make_directory(path.parent)
        writable = os.access(path.parent, os.W_OK) and (not path.exists() or os.access(path, os.W_OK))
        try:
            connection = sqlite3.connect(
                path if writable else _read_only(path),
                uri=not writable,
                timeout=30,
                isolation_level=None,
                check_same_thread=False,
            )
        except sqlite3.Error as error:
            raise WorkspaceError(f"cannot open {path}: {error}", fix="check its rights, or use --workspace") from error
        catalogue = cls(connection, path, writable=writable)
        try:
            with catalogue._errors():
                catalogue._prepare()
        except BaseException:
            connection.close()
            raise
        return catalogue

    def _prepare(self) -> None:
        if self._writable:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.execute("PRAGMA cache_size = -65536")
        self._db.execute("PRAGMA mmap_size = 1073741824")
        if schema.is_current(self._db, self._path, writable=self._writable):
            return
        with self.transaction():
            schema.bring_up_to_date(self._db)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing.

        Raises:
            DiskFull, IndexCorrupted, WorkspaceError: instead of SQLite's own errors.
        """
        with self._errors():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            text = str(error)
            if "full" in text:
                raise DiskFull(
                    f"no space left to write {self._path}", fix="free some space and run the same command again"
                ) from error
            if isinstance(error, sqlite3.OperationalError) and "malformed" not in text:
                raise WorkspaceError(f"cannot use {self._path}: {text}", fix="check its rights and its disk") from error
            raise IndexCorrupted(
                f"{self._path} is damaged: {text}", fix=f"move {self._path.parent} away and ingest again"
            ) from error

    # meta ---------------------------------------------------------------------------------------------------------

    def read_meta(self, key: str) -> str | None:
        """The value stored under `key`."""
        with self._errors():
            row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def write_meta(self, key: str, value: str | None) -> None:
        """Store `value` under `key`; None removes it."""
        with self._errors():
            if value is None:
                self._db.execute("DELETE FROM meta WHERE key = ?", (key,))
            else:
                self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    # files --------------------------------------------------------------------------------------------------------

    def files(self) -> dict[str, FileRecord]:
        """All files ever met and not forgotten, by path."""
        with self._errors():
            rows = self._db.execute(f"SELECT {_FILE} FROM files ORDER BY path").fetchall()  # noqa: S608
        return {file.path: file for file in map(_file, rows)}

    def put_file(self, file: FileRecord) -> None:
        """Remember a file, replacing what was known of it."""
        with self._errors():
            self._db.execute(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (_stored_path(file.path), file.size, file.mtime_ns, file.hash, file.document_id, file.duplicate_of,
                 file.options, file.error and _encodable(file.error)),
            )  # fmt: skip

    def forget_file(self, path: str) -> None:
        """Drop a file; its document stays."""
        with self._errors():
            self._db.execute("DELETE FROM files WHERE path = ?", (_stored_path(path),))

    def files_of(self, document_id: str) -> list[FileRecord]:
        """The files that gave a document, by path."""
        with self._errors():
            rows = self._db.execute(
                f"SELECT {_FILE} FROM files WHERE document_id = ? ORDER BY path",  # noqa: S608
                (document_id,),
            ).fetchall()
        return list(map(_file, rows))

    # documents ----------------------------------------------------------------------------------------------------

    def has_document(self, document_id: str) -> bool:
        """Whether such a document is stored."""
        with self._errors():
            return bool(self._db.execute("SELECT 1 FROM documents WHERE id = ?", (document_id,)).fetchone())

    def document_ids(self) -> set[str]:
        """Ids of all documents."""
        with self._errors():
            return {document_id for (document_id,) in self._db.execute("SELECT id FROM documents")}

    def add_document(self, document: DocumentRow, chunks: Sequence[Chunk]) -> list[int]:
        """Store a new document and its chunks; returns the chunks' rows. Call it inside a `transaction`."""
        self._db.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (document.id, document.title, json.dumps(document.authors, ensure_ascii=False), document.year,
             document.doi, document.pages, document.partial, document.note, document.fingerprint),
        )  # fmt: skip
        rows: list[int] = []
        for chunk in chunks:
            cursor = self._db.execute(
                f"INSERT INTO chunks ({_CHUNK}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                (
                    chunk.id,
                    chunk.document_id,
                    chunk.position,
                    chunk.text,
                    chunk.title,
                    chunk.section,
                    *chunk.pages,
                    json.dumps(chunk.page_starts, ensure_ascii=False),
                ),
            )
            row = int(cursor.lastrowid or 0)
            schema.add_words(self._db, row, chunk.title, chunk.section, chunk.text)
            rows.append(row)
        return rows

    def delete_document(self, document_id: str) -> dict[str, int]:
        """Remove a document, its chunks and files; returns the rows that its chunk ids had.

        Call it inside a `transaction`.
        """
        gone: dict[str, int] = {}
        for row, chunk in list(self._chunks("WHERE document_id = ?", (document_id,))):
            # An FTS5 table without content must be told what it is to forget.
            self._db.execute(
                "INSERT INTO words (words, rowid, title, section, text) VALUES ('delete', ?, ?, ?, ?)",
                (row, *map(indexed_text, (chunk.title, chunk.section, chunk.text))),
            )
            gone[chunk.id] = row
        self._db.execute("DELETE FROM documents WHERE id = ?", (document_id,))
        return gone

    def document(self, document_id: str) -> DocumentRow | None:
        """A document's own columns."""
        with self._errors():
            row = self._db.execute("SELECT * FROM documents WHERE id = ?", (document_id,)).fetchone()
        if row is None:
            return None
        return DocumentRow(
            row[0], row[1], tuple(json.loads(row[2])), row[3], row[4], row[5], bool(row[6]), row[7], row[8]
        )

    def titles(self, document_ids: Collection[str]) -> dict[str, str]:
        """Title by document id."""
        with self._errors():
            return dict(
                self._db.execute(
                    "SELECT id, title FROM documents WHERE id IN (SELECT value FROM json_each(?))",
                    (json.dumps(list(document_ids)),),
                )
            )

    def fingerprints(self) -> list[tuple[str, bytes]]:
        """(document id, fingerprint) of every document."""
        with self._errors():
            return self._db.execute("SELECT id, fingerprint FROM documents").fetchall()

    def documents(self) -> list[DocumentRecord]:
        """Every document, and every file that failed or repeats one, by path."""
        with self._errors():
            rows = self._db.execute(
                """SELECT f.path, f.hash,
                          coalesce((SELECT o.path FROM files o WHERE o.document_id = f.duplicate_of), f.duplicate_of),
                          f.error, d.id, d.title, d.authors, d.year, d.doi, d.pages, d.partial,
                          d.note, (SELECT count(*) FROM chunks c WHERE c.document_id = d.id)
                   FROM files f LEFT JOIN documents d ON d.id = f.document_id
                   UNION ALL
                   SELECT '', d.id, NULL, NULL, d.id, d.title, d.authors, d.year, d.doi, d.pages, d.partial,
                          d.note,
                          (SELECT count(*) FROM chunks c WHERE c.document_id = d.id)
                   FROM documents d WHERE NOT EXISTS (SELECT 1 FROM files f WHERE f.document_id = d.id)
                   ORDER BY 1, 2"""
            ).fetchall()
        return [_record(*row) for row in rows]

    def count(self) -> tuple[int, int]:
        """(documents, chunks)."""
        with self._errors():
            row = self._db.execute("SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM chunks)").fetchone()
        return row[0], row[1]

    # chunks -------------------------------------------------------------------------------------------------------

    def chunks(self, document_id: str | None = None) -> list[Chunk]:
        """The chunks of one document, or of all, in order."""
        where, values = ("WHERE document_id = ?", (document_id,)) if document_id else ("", ())
        with self._errors():
            return [chunk for _, chunk in self._chunks(f"{where} ORDER BY document_id, position", values)]

    def chunk(self, chunk_id: str) -> Chunk | None:
        """One chunk."""
        with self._errors():
            return next((chunk for _, chunk in self._chunks("WHERE id = ?", (chunk_id,))), None)

    def chunks_of_rows(self, rows: Iterable[int]) -> dict[int, Chunk]:
        """Chunks by row; rows that hold none are left out."""
        wanted = list(rows)
        found: dict[int, Chunk] = {}
        with self._errors():
            for start in range(0, len(wanted), _IN_BATCH):
                batch = wanted[start : start + _IN_BATCH]
                marks = ",".join("?" * len(batch))
                found.update(self._chunks(f"WHERE row IN ({marks})", batch))
        return found

    def rows(self) -> dict[str, int]:
        """Row of every chunk, by chunk id."""
        with self._errors():
            return dict(self._db.execute("SELECT id, row FROM chunks"))

    def rows_of_documents(self, document_ids: Collection[str]) -> list[int]:
        """Rows of the chunks of some documents, ascending."""
        with self._errors():
            found = self._db.execute(
                "SELECT row FROM chunks WHERE document_id IN (SELECT value FROM json_each(?)) ORDER BY row",
                (json.dumps(list(document_ids)),),
            )
            return [row for (row,) in found]

    def match(
        self, terms: list[str], limit: int, *, documents: Collection[str] | None = None
    ) -> list[tuple[int, float]]:
        """The best chunks for any of `terms`: (row, BM25), highest first; equal scores by row."""
        if documents is None:
            return self._match(terms, "", (), limit)
        narrowed = "AND rowid IN (SELECT row FROM chunks WHERE document_id IN (SELECT value FROM json_each(?)))"
        return self._match(terms, narrowed, (json.dumps(list(documents)),), limit)

    def match_rows(self, terms: list[str], rows: Sequence[int]) -> list[tuple[int, float]]:
        """BM25 of those of `rows` that hold any of `terms`."""
        if not rows:
            return []
        return self._match(terms, "AND +rowid IN (SELECT value FROM json_each(?))", (json.dumps(rows),), len(rows))

    def size(self) -> int:
        """Chunks when this was first asked."""
        if self._chunk_count is None:
            self._chunk_count = self.count()[1]
        return self._chunk_count

    def selective(self, terms: list[str]) -> list[str]:
        """`terms` without those that stand in every tenth chunk, if the collection is large and rarer ones are left.

        Such a word moves BM25 little, and to score every chunk that has it takes most of the time.
        """
        size = self.size()
        if size < LARGE:
            return terms
        for term in terms:
            if term not in self._frequencies:
                with self._errors():
                    counted = self._db.execute(
                        "SELECT count(*) FROM words WHERE words MATCH ?", (match_expression([term]),)
                    )
                    self._frequencies[term] = counted.fetchone()[0]
        rare = [term for term in terms if 0 < self._frequencies[term] <= size / 10]
        return rare if len(rare) >= 2 else terms

    def _match(self, terms: list[str], narrowed: str, values: Sequence[str], limit: int) -> list[tuple[int, float]]:
        if not terms:
            return []
        with self._errors():
            return self._db.execute(
                f"""SELECT rowid, -bm25(words, {_WEIGHT}, {_WEIGHT}, {_WEIGHT}) AS score
                    FROM words WHERE words MATCH ? {narrowed}
                    ORDER BY score DESC, rowid LIMIT ?""",  # noqa: S608
                (match_expression(terms), *values, limit),
            ).fetchall()

    def verify(self) -> list[str]:
        """What SQLite itself finds wrong, one line each."""
        try:
            with self._errors():
                problems = [row[0] for row in self._db.execute("PRAGMA quick_check") if row[0] != "ok"]
                if self._writable:  # to FTS5 its own check is a kind of insertion
                    self._db.execute("INSERT INTO words (words) VALUES ('integrity-check')")
        except (IndexCorrupted, WorkspaceError) as error:
            return [error.message]
        return problems

    def _chunks(self, where: str, values: Sequence[object]) -> Iterator[tuple[int, Chunk]]:
        for row in self._db.execute(f"SELECT row, {_CHUNK} FROM chunks {where}", values):  # noqa: S608
            starts = tuple((offset, page, label) for offset, page, label in json.loads(row[9]))
            yield row[0], Chunk(row[1], row[2], row[3], row[4], row[5], row[6], (row[7], row[8]), starts)


def _read_only(path: Path) -> str:
    """A URI for a file that lies where nothing can be written.

    In write-ahead mode SQLite wants to make files beside it even to read. Where no log lies there, nobody is writing
    and all is in the file itself, so it may be read as one that never changes.
    """
    logged = path.with_name(f"{path.name}-wal").exists()
    return f"{path.absolute().as_uri()}?{'mode=ro' if logged else 'immutable=1'}"


def _stored_path(path: str) -> str | bytes:
    """A path as SQLite takes it: names that are no UTF-8 as their bytes."""
    return path if _encodable(path) == path else os.fsencode(path)


def _read_path(stored: str | bytes) -> str:
    return os.fsdecode(stored) if isinstance(stored, bytes) else stored


def _encodable(text: str) -> str:
    """`text` with its lone surrogates (bytes of a name that is no UTF-8) written as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _file(row: Sequence[Any]) -> FileRecord:
    return FileRecord(_read_path(row[0]), *row[1:])


def _id_of_path(path: str | bytes) -> str:
    """A name for a file that could not even be hashed, by which it can be removed."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def _record(
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
