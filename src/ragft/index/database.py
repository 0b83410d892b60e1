"""The SQLite file of the catalogue: opened, brought up to date, its transactions, and its errors in our words."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from ragft.errors import DiskFull, IndexCorrupted, NotFoundError, WorkspaceError
from ragft.index import schema
from ragft.workspace import make_directory


class Database:
    """Open it with `Database.open`; `close` it."""

    def __init__(self, connection: sqlite3.Connection, path: Path, *, writable: bool) -> None:
        self._db = connection
        self._path = path
        self._writable = writable

    @classmethod
    def open(cls, path: Path, *, create: bool = True) -> Self:
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


def _read_only(path: Path) -> str:
    """A URI for a file that lies where nothing can be written.

    In write-ahead mode SQLite wants to make files beside it even to read. Where no log lies there, nobody is writing
    and all is in the file itself, so it may be read as one that never changes.
    """
    logged = path.with_name(f"{path.name}-wal").exists()
    return f"{path.absolute().as_uri()}?{'mode=ro' if logged else 'immutable=1'}"
