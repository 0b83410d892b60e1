"""The catalogue as it is read and searched by words."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from ragft.corpus.base import Chunk
from ragft.corpus.stems import stem
from ragft.errors import IndexCorrupted, WorkspaceError
from ragft.index.base import DocumentRecord
from ragft.index.catalogue.lexical import match_expression, near_expression
from ragft.index.catalogue.records import DocumentRow, FileAndDocument, FileRecord, file_of
from ragft.index.catalogue.word_search import WordSearch

CHUNK = "id, document_id, position, text, title, section, first_page, last_page, page_starts"
_FILE = "path, size, mtime_ns, hash, document_id, duplicate_of, options, error"
_IN_BATCH = 500
_IN_SAMPLE = 20


class CatalogueReader(WordSearch):
    """Files, documents, chunks, and the chunks that hold some words."""

    def beginnings(self, most: int) -> list[str]:
        """The text of the first chunk of at most `most` documents, of any."""
        with self._errors():
            rows = self._db.execute(
                "SELECT text FROM chunks WHERE position = 0 ORDER BY id LIMIT ?", (most,)
            ).fetchall()
        return [text for (text,) in rows]

    def files(self) -> dict[str, FileRecord]:
        """All known files, by path."""
        with self._errors():
            rows = self._db.execute(f"SELECT {_FILE} FROM files ORDER BY path").fetchall()  # noqa: S608
        return {file.path: file for file in map(file_of, rows)}

    def files_of(self, document_id: str) -> list[FileRecord]:
        """The files that documents come from, by path."""
        with self._errors():
            rows = self._db.execute(
                f"SELECT {_FILE} FROM files WHERE document_id = ? ORDER BY path",  # noqa: S608
                (document_id,),
            ).fetchall()
        return list(map(file_of, rows))

    def has_document(self, document_id: str) -> bool:
        """Whether such a document is stored."""
        with self._errors():
            return bool(self._db.execute("SELECT 1 FROM documents WHERE id = ?", (document_id,)).fetchone())

    def document_ids(self) -> set[str]:
        """The ids of all documents in the catalogue."""
        with self._errors():
            return {document_id for (document_id,) in self._db.execute("SELECT id FROM documents")}

    def document(self, document_id: str) -> DocumentRow | None:
        """The columns of a document."""
        with self._errors():
            row = self._db.execute("SELECT * FROM documents WHERE id = ?", (document_id,)).fetchone()
        if row is None:
            return None
        return DocumentRow(
            row[0], row[1], tuple(json.loads(row[2])), row[3], row[4], row[5], bool(row[6]), row[7], row[8]
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
        return [FileAndDocument(*row).record() for row in rows]

    def chunks(self, document_id: str | None = None) -> list[Chunk]:
        """The chunks of one document, or of all, in order."""
        where, values = ("WHERE document_id = ?", (document_id,)) if document_id else ("", ())
        with self._errors():
            return [chunk for _, chunk in self._chunks(f"{where} ORDER BY document_id, position", values)]

    def chunk(self, chunk_id: str) -> Chunk | None:
        """The chunk with this id, or None where there is none."""
        with self._errors():
            return next((chunk for _, chunk in self._chunks("WHERE id = ?", (chunk_id,))), None)

    def chunks_of_rows(self, rows: Iterable[int]) -> dict[int, Chunk]:
        """Chunks by row, without rows that hold none."""
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

    def rows_of_chunks(self, ids: Sequence[str]) -> list[int]:
        """Rows of chunks by their ids, ascending; ids that are not there are left out."""
        with self._errors():
            found = self._db.execute(
                "SELECT row FROM chunks WHERE id IN (SELECT value FROM json_each(?)) ORDER BY row", (json.dumps(ids),)
            )
            return [row for (row,) in found]

    def holding(
        self, phrases: Sequence[Sequence[str]], limit: int, *, documents: Collection[str] | None = None
    ) -> list[Chunk]:
        """The chunks whose text has the terms of any of `phrases` near each other, by BM25, highest first."""
        expression = near_expression(phrases)
        if not expression:
            return []
        narrowed = "AND document_id IN (SELECT value FROM json_each(?))" if documents is not None else ""
        values = (json.dumps(list(documents)),) if documents is not None else ()
        with self._errors():
            found = self._db.execute(
                f"""SELECT words.rowid FROM words JOIN chunks ON chunks.row = words.rowid
                    WHERE words MATCH ? {narrowed} ORDER BY bm25(words), words.rowid LIMIT ?""",  # noqa: S608
                (f"{{text}} : ({expression})", *values, limit),
            ).fetchall()
        chunks = self.chunks_of_rows(row for (row,) in found)
        return [chunks[row] for (row,) in found if row in chunks]

    def lacking(self, stems: Collection[str]) -> set[str]:
        """Those of `stems` that no chunk holds; it takes no longer for words that most chunks hold."""
        found = "SELECT 1 FROM words WHERE words MATCH ? LIMIT 1"
        with self._errors():
            return {one for one in stems if self._db.execute(found, (match_expression([one]),)).fetchone() is None}

    def frequencies(self, stems: Collection[str]) -> dict[str, float]:
        """Share of the chunks that hold each of `stems`; those that none holds are left out."""
        with self._errors():
            self._db.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab(main, words, row)")
            rows = self._db.execute(
                "SELECT term, doc FROM vocabulary WHERE term IN (SELECT value FROM json_each(?))",
                (json.dumps(list(stems)),),
            ).fetchall()
        return {term: count / max(1, self.size()) for term, count in rows}

    def writes(self, word: str) -> bool:
        """Whether one of the first chunks that hold the stem of `word`, of ASCII letters, has it just so."""
        with self._errors():
            texts = self._db.execute(
                """SELECT text FROM chunks WHERE text LIKE '%' || ? || '%'
                   AND row IN (SELECT rowid FROM words WHERE words MATCH ? LIMIT ?) LIMIT ?""",
                (word, match_expression([stem(word)]), _IN_BATCH, _IN_SAMPLE),
            ).fetchall()
        return any(re.search(rf"\b{word}\b", text, re.IGNORECASE) for (text,) in texts)

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
        for row in self._db.execute(f"SELECT row, {CHUNK} FROM chunks {where}", values):  # noqa: S608
            starts = tuple((offset, page, label) for offset, page, label in json.loads(row[9]))
            yield row[0], Chunk(row[1], row[2], row[3], row[4], row[5], row[6], (row[7], row[8]), starts)
