"""The SQLite file of the catalogue: opening, transactions, and SQLite's errors as ragft's.

Each thread has its own connection and never reads in the middle of another thread's transaction. In write-ahead mode a
reader never waits for a writer.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from ragft.errors import DiskFull, IndexCorrupted, NotFoundError, RagftError, WorkspaceError
from ragft.index.catalogue import schema
from ragft.thread_uses import ThreadUses
from ragft.workspace import make_directory

_CACHE_KIB = 65536
"""Cache size of the first connection, which an ingest writes through."""
_READER_CACHE_KIB = 4096
"""Cache size of each further connection: small, because most pages are read from the memory-mapped file."""
_MAPPED = 512 << 20
"""Bytes of the file that are mapped; pages that were read count as memory of the process."""
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Database:
    """Open it with `Database.open`; `close` it."""

    def __init__(self, path: Path, *, writable: bool) -> None:
        self._path = path
        self._writable = writable
        self._own = threading.local()
        self._guard = threading.Condition()
        self._uses = ThreadUses(self._guard)
        self._connections: dict[threading.Thread, sqlite3.Connection] = {}
        self._closed = False

    @classmethod
    def open(cls, path: Path, *, create: bool = True) -> Self:
        """Open the file. Create it if it is missing and `create` is set; open it read-only if it cannot be written.

        Raises:
            NotFoundError: it is missing and `create` is not set.
            IndexCorrupted: it is not a catalogue, is damaged, or has another version.
            WorkspaceError: it cannot be opened or written.
        """
        if not path.exists():
            if not create:
                raise NotFoundError(f"nothing has been ingested into {path.parent}", fix="ragft ingest PATH")
            make_directory(path.parent)
        writable = os.access(path.parent, os.W_OK) and (not path.exists() or os.access(path, os.W_OK))
        catalogue = cls(path, writable=writable)
        try:
            with catalogue._errors():
                if not schema.is_made(catalogue._db, path):
                    with catalogue.transaction():
                        schema.make(catalogue._db)
        except BaseException:
            catalogue.close()
            raise
        return catalogue

    @property
    def _db(self) -> sqlite3.Connection:
        """The connection of this thread."""
        found: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if found is None:
            found = self._own.connection = self._connect()
        return found

    def _connect(self) -> sqlite3.Connection:
        """A connection for this thread; those of threads that have ended are closed."""
        with self._guard:
            for thread in [thread for thread in self._connections if not thread.is_alive()]:
                self._connections.pop(thread).close()
            connection = self._opened()
            cache = _READER_CACHE_KIB if self._connections else _CACHE_KIB
            self._connections[threading.current_thread()] = connection
        with self._errors():
            if self._writable:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute(f"PRAGMA cache_size = -{cache}")
            connection.execute(f"PRAGMA mmap_size = {_MAPPED}")
        return connection

    def _opened(self) -> sqlite3.Connection:
        try:
            return sqlite3.connect(
                self._path if self._writable else _read_only(self._path),
                uri=not self._writable,
                timeout=30,
                isolation_level=None,
                check_same_thread=False,  # `close` closes them
            )
        except sqlite3.Error as error:
            raise WorkspaceError(
                f"cannot open {self._path}: {error}", fix="check its rights, or use another workspace"
            ) from error

    def close(self) -> None:
        """Close the file for all threads, after their current queries and transactions."""
        with self._guard:
            self._closed = True
            self._uses.wait_for_others()
            for connection in self._connections.values():
                connection.close()
            self._connections.clear()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """A transaction: everything in the block is stored, or nothing.

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
        """One use of the file, during which it is not closed; SQLite's errors become ragft's."""
        with self._used():
            try:
                yield
            except sqlite3.Error as error:
                found = self._in_our_words(error)
                if found is None:  # a bug of ragft, not a fault of the file
                    raise
                raise found from error

    def _used(self) -> contextlib.AbstractContextManager[None]:
        """Register this thread as a user of the file. Closing a connection during a query would crash the process.

        Raises:
            WorkspaceError: the file was closed, and this thread is not in the middle of a transaction.
        """
        return self._uses.one(self._require_open)

    def _require_open(self) -> None:
        """Pass while the file is open, and for this thread in the middle of a transaction."""
        if self._closed and not self._uses.has_begun():
            raise WorkspaceError(f"{self._path} was closed", fix="open the index again")

    def _in_our_words(self, error: sqlite3.Error) -> RagftError | None:
        """The error for SQLite's; None if the statement is wrong, not the file."""
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without the bits of the extended error code
        if code == sqlite3.SQLITE_FULL or "full" in str(error):
            return DiskFull(
                f"no space left to write {self._path}", fix="free some space and run the same command again"
            )
        if code in _DAMAGED:
            return IndexCorrupted(f"{self._path} is damaged: {error}", fix=f"move {self._path}* away and ingest again")
        if isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError:
            return WorkspaceError(f"cannot use {self._path}: {error}", fix="check its rights and its disk")
        return None

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
    """A read-only URI for a file on a read-only disk.

    In write-ahead mode SQLite creates files beside it even for reading. If there is no log file, nobody writes and the
    file is complete, so SQLite may read it as immutable.
    """
    logged = path.with_name(f"{path.name}-wal").exists()
    return f"{path.absolute().as_uri()}?{'mode=ro' if logged else 'immutable=1'}"
