"""The tables of the catalogue."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from ragft.errors import IndexCorrupted
from ragft.index.catalogue.lexical import TOKENISER, indexed_heading, indexed_text
from ragft.index.catalogue.naming import acronyms_of, key_of, names_of

SCHEMA_VERSION = 5
"""The number of these tables, stored in the file. Change it whenever the tables or what they hold change."""

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
CREATE TABLE names (
    key TEXT NOT NULL,               -- folded letters and digits of the name
    kind TEXT NOT NULL,              -- own, coined, used, title or author: ragft.index.catalogue.naming
    document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    share REAL NOT NULL,             -- of the document's chunks that use it
    PRIMARY KEY (key, kind, document_id)
) WITHOUT ROWID;
CREATE INDEX names_by_document ON names (document_id);
CREATE TABLE acronyms (
    short TEXT NOT NULL,             -- as names.key
    long TEXT NOT NULL,              -- folded words with spaces between
    document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    PRIMARY KEY (short, long, document_id)
) WITHOUT ROWID;
CREATE INDEX acronyms_by_document ON acronyms (document_id);
"""
_WORDS = f"CREATE VIRTUAL TABLE words USING fts5 (title, section, text, content='', tokenize='{TOKENISER}')"


def is_made(db: sqlite3.Connection, path: Path) -> bool:
    """Whether the catalogue at `path` has its tables.

    Raises:
        IndexCorrupted: a ragft with other tables made it.
    """
    version = _version(db)
    if version not in (0, SCHEMA_VERSION):
        raise IndexCorrupted(
            f"{path} has schema {version}, this ragft knows {SCHEMA_VERSION}",
            fix=f"use the ragft that made it, or move {path}* away and ingest again",
        )
    return version == SCHEMA_VERSION


def make(db: sqlite3.Connection) -> None:
    """Make the tables of an empty catalogue, if no other process has. Needs a transaction."""
    if _version(db):
        return
    for statement in (*_TABLES.split(";\n"), _WORDS, f"PRAGMA user_version = {SCHEMA_VERSION}"):
        db.execute(statement)


def add_words(db: sqlite3.Connection, row: int, title: str, section: str, text: str) -> None:
    """Index the words of a chunk."""
    db.execute(
        "INSERT INTO words (rowid, title, section, text) VALUES (?, ?, ?, ?)",
        (row, indexed_heading(title), indexed_heading(section), indexed_text(text)),
    )


def add_names(
    db: sqlite3.Connection, document_id: str, title: str, authors: Iterable[str], texts: Sequence[str]
) -> None:
    """Store the names of a document, and the acronyms that it explains."""
    db.executemany(
        "INSERT INTO names VALUES (?, ?, ?, ?)",
        [(name.key, name.kind, document_id, name.share) for name in names_of(title, authors, texts)],
    )
    db.executemany(
        "INSERT OR IGNORE INTO acronyms VALUES (?, ?, ?)",
        [(key_of(found.short), found.long, document_id) for found in acronyms_of(texts)],
    )


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])
