"""The tables of the catalogue, and the migration of older ones."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from ragft.errors import IndexCorrupted, WorkspaceError
from ragft.index.catalogue.lexical import TOKENISER, indexed_text
from ragft.index.catalogue.naming import acronyms_of, key_of, names_of
from ragft.log import log

SCHEMA_VERSION = 5
"""1 left it to FTS5 what a word is; since 2 the words are those of `ragft.corpus.words`; 3 knows where pages begin; 4
what documents are called; 5 finds more of those names.
"""

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
_NAMES = """
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
    """Make the tables of an empty catalogue, or migrate an older one step by step. Needs a transaction.

    Documents, chunks and vectors are not changed. Does nothing if another process has done it.
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
    _run(db, _TABLES)
    db.execute(_WORDS)
    _run(db, _NAMES)


def _run(db: sqlite3.Connection, statements: str) -> None:
    for statement in statements.split(";\n"):
        db.execute(statement)


def _from_1(db: sqlite3.Connection) -> None:
    """Index all words again, split by `ragft.corpus.words`, and have near-duplicates compared again."""
    log.info("the words of this index are made again, once: an older ragft made them")
    db.execute("DROP TABLE words")
    # Yearly reports counted as duplicates; files that were left out are compared again when they are next read.
    db.execute("UPDATE files SET options = '' WHERE duplicate_of IS NOT NULL AND duplicate_of != hash")
    db.execute(_WORDS)
    for row, *texts in db.execute("SELECT row, title, section, text FROM chunks"):
        add_words(db, row, *texts)


def _from_2(db: sqlite3.Connection) -> None:
    """Add the offsets of pages to chunks; those of stored chunks are unknown."""
    db.execute("ALTER TABLE chunks ADD COLUMN page_starts TEXT NOT NULL DEFAULT '[]'")


def _from_3(db: sqlite3.Connection) -> None:
    """Find the names of the stored documents."""
    _run(db, _NAMES)
    _name_all(db)


def _from_4(db: sqlite3.Connection) -> None:
    """Find the names again, now with words that are introduced as names, and names that are also in addresses."""
    db.execute("DELETE FROM names")
    db.execute("DELETE FROM acronyms")
    _name_all(db)


def _name_all(db: sqlite3.Connection) -> None:
    for document_id, title, authors in db.execute("SELECT id, title, authors FROM documents").fetchall():
        rows = db.execute("SELECT text FROM chunks WHERE document_id = ? ORDER BY position", (document_id,))
        add_names(db, document_id, title, json.loads(authors), [text for (text,) in rows])


_STEPS = (_from_1, _from_2, _from_3, _from_4)
"""The migration from version 1, from version 2, and so on; never changed after a release."""


def add_words(db: sqlite3.Connection, row: int, title: str, section: str, text: str) -> None:
    """Index the words of a chunk."""
    db.execute(
        "INSERT INTO words (rowid, title, section, text) VALUES (?, ?, ?, ?)",
        (row, indexed_text(title), indexed_text(section), indexed_text(text)),
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
