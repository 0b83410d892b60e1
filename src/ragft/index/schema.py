"""The tables of the catalogue, and how one that an older ragft made is brought up to date."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ragft.console import note
from ragft.errors import IndexCorrupted, WorkspaceError
from ragft.index.lexical import TOKENISER, indexed_text

SCHEMA_VERSION = 3
"""1 left it to FTS5 what a word is; since 2 the words are those of `ragft.corpus.words`; 3 knows where pages begin."""

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    authors TEXT NOT NULL,           -- JSON list
    year INTEGER,
    doi TEXT,
    pages INTEGER NOT NULL,
    partial INTEGER NOT NULL,        -- 1: pages without a usable text layer
    note TEXT,                       -- what is missing, for the user
    fingerprint BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE files (
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    hash TEXT NOT NULL,              -- id a document of these bytes has
    document_id TEXT REFERENCES documents(id) ON DELETE CASCADE,
    duplicate_of TEXT,               -- id of the document this one repeats
    options TEXT NOT NULL,           -- digest of what else decides how the file reads: manifest row, password
    error TEXT
) WITHOUT ROWID;
CREATE INDEX files_by_document ON files (document_id);
CREATE TABLE chunks (
    row INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice: rows of the matrix are written once
    id TEXT NOT NULL UNIQUE,
    document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    first_page INTEGER NOT NULL,
    last_page INTEGER NOT NULL,
    title TEXT NOT NULL,
    section TEXT NOT NULL,
    text TEXT NOT NULL,
    page_starts TEXT NOT NULL DEFAULT '[]'  -- JSON list of (offset, page, label)
);
CREATE INDEX chunks_by_document ON chunks (document_id, position);
"""
_WORDS = f"CREATE VIRTUAL TABLE words USING fts5 (title, section, text, content='', tokenize='{TOKENISER}')"


def is_current(db: sqlite3.Connection, path: Path, *, writable: bool) -> bool:
    """Whether the catalogue at `path` is of this version; False where it is empty or can be brought up to date.

    Raises:
        IndexCorrupted: a newer ragft made it.
        WorkspaceError: it cannot be written, and is empty or an older ragft made it.
    """
    version = _version(db)
    if version > SCHEMA_VERSION:
        raise IndexCorrupted(
            f"{path} has schema {version}, this ragft knows {SCHEMA_VERSION}",
            fix=f"use the ragft that made it, or move {path.parent} away and ingest again",
        )
    if version < SCHEMA_VERSION and not writable:
        raise WorkspaceError(
            f"{path} was made by an older ragft and is read-only, so it cannot be brought up to date",
            fix="run `ragft documents` once where it can be written",
        )
    return version == SCHEMA_VERSION


def bring_up_to_date(db: sqlite3.Connection) -> None:
    """Make the tables of an empty catalogue, or take an older one through every step since. Needs a transaction.

    Documents, chunks and vectors stay as they are. Does nothing where another process was quicker.
    """
    version = _version(db)
    if version >= SCHEMA_VERSION:
        return
    if version == 0:
        _make(db)
    else:
        for step in _STEPS[version - 1 :]:
            step(db)
    db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _make(db: sqlite3.Connection) -> None:
    for statement in _TABLES.split(";\n"):
        db.execute(statement)
    db.execute(_WORDS)


def _from_1(db: sqlite3.Connection) -> None:
    """Index all words again, with our own notion of a word, and have near-duplicates compared again."""
    note("the words of this index are made again, once: an older ragft made them")
    db.execute("DROP TABLE words")
    # Yearly reports counted as repeats of one another: what was left out is compared again when it is next met.
    db.execute("UPDATE files SET options = '' WHERE duplicate_of IS NOT NULL AND duplicate_of != hash")
    db.execute(_WORDS)
    for row, *texts in db.execute("SELECT row, title, section, text FROM chunks"):
        add_words(db, row, *texts)


def _from_2(db: sqlite3.Connection) -> None:
    """Give chunks the places where pages begin; none are known of those that are stored."""
    db.execute("ALTER TABLE chunks ADD COLUMN page_starts TEXT NOT NULL DEFAULT '[]'")


_STEPS = (_from_1, _from_2)
"""What makes the next version of version 1, of 2 and so on; never changed once released."""


def add_words(db: sqlite3.Connection, row: int, title: str, section: str, text: str) -> None:
    """Index the words of a chunk."""
    db.execute(
        "INSERT INTO words (rowid, title, section, text) VALUES (?, ?, ?, ?)",
        (row, indexed_text(title), indexed_text(section), indexed_text(text)),
    )


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])
