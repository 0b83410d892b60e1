"""The catalogue as it is read and searched by words."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ragft.corpus.base import Chunk
from ragft.corpus.stems import stem
from ragft.errors import IndexCorrupted, WorkspaceError
from ragft.index.base import DocumentRecord
from ragft.index.catalogue.document_names import NamesReader
from ragft.index.catalogue.lexical import match_expression, near_expression
from ragft.index.catalogue.records import DocumentRow, FileRecord, file_of, record_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

K1 = 0.75
"""BM25's k₁: the lower, the less repetitions of a word count; docs/experiments/retrieval.md compares values."""

_FTS5_K1 = 1.2
_WEIGHT = _FTS5_K1 / K1
"""FTS5's own k₁ cannot be set. But it multiplies a word's frequency f by the weight w of its column, and
w · f / (w · f + k₁) is f / (f + k₁ / w): one weight on all columns divides k₁.
"""

LARGE = 20_000
"""Chunks from which on very common words of a query are left out."""
MANY = 10_000
"""Sum of the chunks that hold each word of a query; above it, only the most likely chunks are scored."""
LIKELY = 1000
"""How many chunks are scored then; docs/scaling.md compares values."""

CHUNK = "id, document_id, position, text, title, section, first_page, last_page, page_starts"
_FILE = "path, size, mtime_ns, hash, document_id, duplicate_of, options, error"
_IN_BATCH = 500
_IN_SAMPLE = 20


_COUNTS_SECONDS = 60.0
_MOST_TERMS = 4096
"""Size of the cache of word frequencies."""


@dataclass(frozen=True)
class _Counts:
    """Chunks in all and by word, as they were at `since` (seconds of `time.monotonic`)."""

    chunks: int
    since: float
    holding: dict[str, int] = field(default_factory=dict)


class CatalogueReader(NamesReader):
    """Files, documents, chunks, and the chunks that hold some words."""

    def __init__(self, path: Path, *, writable: bool) -> None:
        super().__init__(path, writable=writable)
        self._counts = _Counts(0, -math.inf)

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
        """Ids of all documents."""
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
        return [record_of(*row) for row in rows]

    def count(self) -> tuple[int, int]:
        """(documents, chunks)."""
        with self._errors():
            row = self._db.execute("SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM chunks)").fetchone()
        return row[0], row[1]

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

    def rows_of_documents(self, document_ids: Collection[str]) -> list[int]:
        """Rows of the chunks of some documents, ascending."""
        with self._errors():
            found = self._db.execute(
                "SELECT row FROM chunks WHERE document_id IN (SELECT value FROM json_each(?)) ORDER BY row",
                (json.dumps(list(document_ids)),),
            )
            return [row for (row,) in found]

    def match(
        self,
        terms: list[str],
        limit: int,
        *,
        documents: Collection[str] | None = None,
        also: Callable[[], Collection[int]] = tuple,
    ) -> dict[int, float]:
        """BM25 by row of the best chunks for any of `terms`, highest first, equal scores by row; then that of `also`.

        `also` is asked late: what it gives may be computed on another thread meanwhile.

        In a large collection they are looked for among the `LIKELY` that hold most of the terms, rare ones counting for
        more: to score a chunk takes ten times as long as to see that it holds a term.
        """
        if documents is not None:
            best = self._match_rows(terms, self.rows_of_documents(documents))[:limit]
        elif self._is_held_by_many(terms):
            likely = self._likely(terms)
            others = also()
            scored = self._match_rows_by_two(terms, sorted(likely.union(others)))
            best = [(row, score) for row, score in scored if row in likely][:limit]
            return dict(best) | {row: score for row, score in scored if row in others}
        else:
            best = self._match(terms, "", (), limit)
        found = dict(best)
        return found | dict(self._match_rows(terms, set(also()) - found.keys()))

    def _is_held_by_many(self, terms: list[str]) -> bool:
        counts = self._recent_counts()
        return counts.chunks >= LARGE and sum(self._holding_count(term, counts) for term in terms) > MANY

    def _likely(self, terms: list[str]) -> set[int]:
        """The `LIKELY` rows with the highest sum of the terms' inverse document frequencies."""
        import numpy as np

        held = {term: self._rows_with(term) for term in dict.fromkeys(terms)}
        last = max((int(rows[-1]) for rows in held.values() if len(rows)), default=0)
        weights = np.zeros(last + 1, np.float32)
        for term, rows in held.items():
            weights[rows] += terms.count(term) * math.log((self.size() + 1) / (len(rows) + 0.5))
        best = np.argpartition(-weights, min(LIKELY, last))[:LIKELY]
        return set(best[weights[best] > 0].tolist())

    def _rows_with(self, term: str) -> NDArray[np.int64]:
        """The rows of the chunks that hold `term`, ascending. SQLite returns them as one text, which is three times as
        fast.
        """
        import numpy as np

        with self._errors():
            found = self._db.execute(
                "SELECT group_concat(rowid) FROM words WHERE words MATCH ?", (match_expression([term]),)
            ).fetchone()[0]
        return np.fromstring(found or "", np.int64, sep=",")

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

    def _match_rows(self, terms: list[str], rows: Collection[int]) -> list[tuple[int, float]]:
        """BM25 of those of `rows` that hold any of `terms`, highest first."""
        if not rows:
            return []
        # FTS5 skips rows outside of the first and last row. The plus makes it match once and filter; else it
        # would match anew for every row.
        narrowed = "AND rowid BETWEEN ? AND ? AND +rowid IN (SELECT value FROM json_each(?))"
        return self._match(terms, narrowed, (min(rows), max(rows), json.dumps(list(rows))), len(rows))

    def _match_rows_by_two(self, terms: list[str], rows: list[int]) -> list[tuple[int, float]]:
        """The same, of rows that ascend, one half on another thread: SQLite works beside Python."""
        middle = len(rows) // 2
        with ThreadPoolExecutor(1, "words") as beside:
            upper = beside.submit(self._match_rows, terms, rows[middle:])
            lower = self._match_rows(terms, rows[:middle])
        return sorted([*lower, *upper.result()], key=lambda found: (-found[1], found[0]))

    def size(self) -> int:
        """Chunks, as they were counted in the last minute."""
        return self._recent_counts().chunks

    def selective(self, terms: list[str]) -> list[str]:
        """`terms` without those that are in every tenth chunk, if the collection is large and rarer ones are left.

        Such a word moves BM25 little, and to score every chunk that has it takes most of the time.
        """
        counts = self._recent_counts()
        if counts.chunks < LARGE:
            return terms
        rare = [term for term in terms if 0 < self._holding_count(term, counts) <= counts.chunks / 10]
        return rare if len(set(rare)) >= 2 else terms

    def _recent_counts(self) -> _Counts:
        """Slightly old counts do no harm, but a server must not keep the first ones forever."""
        counts = self._counts
        if time.monotonic() - counts.since > _COUNTS_SECONDS:
            counts = self._counts = _Counts(self.count()[1], time.monotonic())
        return counts

    def _holding_count(self, term: str, counts: _Counts) -> int:
        """Chunks that have `term`."""
        if (known := counts.holding.get(term)) is not None:
            return known
        with self._errors():
            counted = self._db.execute("SELECT count(*) FROM words WHERE words MATCH ?", (match_expression([term]),))
            found: int = counted.fetchone()[0]
        if len(counts.holding) < _MOST_TERMS:
            counts.holding[term] = found
        return found

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

    def _match(
        self, terms: list[str], narrowed: str, values: Sequence[str | int], limit: int
    ) -> list[tuple[int, float]]:
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
        for row in self._db.execute(f"SELECT row, {CHUNK} FROM chunks {where}", values):  # noqa: S608
            starts = tuple((offset, page, label) for offset, page, label in json.loads(row[9]))
            yield row[0], Chunk(row[1], row[2], row[3], row[4], row[5], row[6], (row[7], row[8]), starts)
