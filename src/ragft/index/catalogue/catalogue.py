"""The catalogue: documents, chunks and their full text in one SQLite file. It is the source of truth.

A document and its chunks are stored and removed in one transaction. Vectors are stored elsewhere
(`ragft.index.vectors`) and can be computed again from the catalogue. `chunks.row` is also the row of a chunk's vector
in `ragft.index.vectors.matrix`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from ragft.corpus.base import Chunk
from ragft.index.catalogue import schema
from ragft.index.catalogue.catalogue_reader import CHUNK, CatalogueReader
from ragft.index.catalogue.lexical import indexed_text
from ragft.index.catalogue.records import DocumentRow, FileRecord, encodable, stored_path

MARK = "writing"
"""Key that is set while a writer works, and stays set if the writer is killed."""


class Catalogue(CatalogueReader):
    """Open it with `Catalogue.open`; `close` it."""

    def put_file(self, file: FileRecord) -> None:
        """Store the record of a file in place of an earlier one."""
        with self._errors():
            self._db.execute(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (stored_path(file.path), file.size, file.mtime_ns, file.hash, file.document_id, file.duplicate_of,
                 file.options, file.error and encodable(file.error)),
            )  # fmt: skip

    def forget_file(self, path: str) -> None:
        """Drop a file; its document stays."""
        with self._errors():
            self._db.execute("DELETE FROM files WHERE path = ?", (stored_path(path),))

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
                f"INSERT INTO chunks ({CHUNK}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
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
        schema.add_names(self._db, document.id, document.title, document.authors, [chunk.text for chunk in chunks])
        return rows

    def delete_document(self, document_id: str) -> dict[str, int]:
        """Remove a document, its chunks and files; returns the rows that its chunk ids had.

        Call it inside a `transaction`.
        """
        gone: dict[str, int] = {}
        for row, chunk in list(self._chunks("WHERE document_id = ?", (document_id,))):
            # An FTS5 table without content needs the old text to delete it.
            self._db.execute(
                "INSERT INTO words (words, rowid, title, section, text) VALUES ('delete', ?, ?, ?, ?)",
                (row, *map(indexed_text, (chunk.title, chunk.section, chunk.text))),
            )
            gone[chunk.id] = row
        self._db.execute("DELETE FROM documents WHERE id = ?", (document_id,))
        return gone
