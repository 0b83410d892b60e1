"""The chunks that hold some words, ranked by BM25."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from ragft.index.catalogue.bm25 import WEIGHT, Bm25
from ragft.index.catalogue.document_names import NamesReader
from ragft.index.catalogue.lexical import match_expression
from ragft.index.catalogue.occurrences import Occurrences, Totals, lengths, occurrences, totals
from ragft.machine import cores

LARGE = 20_000
"""Chunks from which on very common words of a query are left out."""
MANY = 10_000
"""Sum of the chunks that hold each word of a query; above it, only the most likely chunks are scored."""
LIKELY = 1000
"""How many chunks are scored then; docs/scaling.md compares values."""

_COUNTS_SECONDS = 60.0
_MOST_TERMS = 4096
"""Size of the cache of word frequencies."""


@dataclass(frozen=True)
class _Counts:
    """Chunks in all and by word, as they were at `since` (seconds of `time.monotonic`)."""

    totals: Totals
    since: float
    holding: dict[str, int] = field(default_factory=dict)

    def remember(self, term: str, holding: int) -> None:
        """Note how many chunks hold a word, as long as there is room for it."""
        if len(self.holding) < _MOST_TERMS:
            self.holding[term] = holding


class WordSearch(NamesReader):
    """Searches the words of chunks; how many chunks there are, and hold a word, it looks up once a minute."""

    def __init__(self, path: Path, *, writable: bool) -> None:
        super().__init__(path, writable=writable)
        self._counts = _Counts(Totals(0, 0), -math.inf)
        self._beside: ThreadPoolExecutor | None = None

    def close(self) -> None:
        """Close the file for all threads, after their current queries and transactions."""
        super().close()
        if self._beside is not None:
            self._beside.shutdown()

    def count(self) -> tuple[int, int]:
        """How many documents and how many chunks there are, in this order."""
        with self._errors():
            row = self._db.execute("SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM chunks)").fetchone()
        return row[0], row[1]

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

        In a large collection only the `LIKELY` best are scored whose scores are highest but for their lengths: FTS5
        looks up the length of each chunk, which takes most of its time.
        """
        terms = self._selective(terms)
        if documents is not None:
            best = self._match_rows(terms, self.rows_of_documents(documents))[:limit]
        elif self._are_in_many(terms):
            return self._match_likely(terms, limit, also)
        else:
            best = self._match(terms, "", (), limit)
        found = dict(best)
        return found | dict(self._match_rows(terms, set(also()) - found.keys()))

    def _are_in_many(self, terms: list[str]) -> bool:
        """Whether so many chunks hold any of `terms` that only the likely ones are scored."""
        counts = self._recent_counts()
        return counts.totals.chunks >= LARGE and sum(self._holding_count(term, counts) for term in set(terms)) > MANY

    def _match_likely(self, terms: list[str], limit: int, also: Callable[[], Collection[int]]) -> dict[int, float]:
        """`match` among the likely chunks."""
        where = {term: self._submit(term) for term in dict.fromkeys(terms)}
        with self._errors():
            scores = Bm25(terms, {term: found.result() for term, found in where.items()}, totals(self._db))
            likely, others = scores.likely(LIKELY), also()
            scored = scores.of(lengths(self._db, sorted(likely.union(others))))
        best = sorted(likely & scored.keys(), key=lambda row: (-scored[row], row))[:limit]
        return {row: scored[row] for row in best} | {row: scored[row] for row in others if row in scored}

    def _submit(self, term: str) -> Future[Occurrences]:
        """`_occurrences` on a thread that is kept, as each opens a connection; there are more for queries at once."""
        with self._used(), self._guard:  # `close` waits until it is submitted
            self._beside = self._beside or ThreadPoolExecutor(cores(), "words")
            return self._beside.submit(self._occurrences, term)

    def _occurrences(self, term: str) -> Occurrences:
        with self._errors():
            return occurrences(self._db, term)

    def _match_rows(self, terms: list[str], rows: Collection[int]) -> list[tuple[int, float]]:
        """BM25 of those of `rows` that hold any of `terms`, highest first."""
        if not rows:
            return []
        # FTS5 skips rows outside of the first and last row. The plus makes it match once and filter; else it
        # would match anew for every row.
        narrowed = "AND rowid BETWEEN ? AND ? AND +rowid IN (SELECT value FROM json_each(?))"
        return self._match(terms, narrowed, (min(rows), max(rows), json.dumps(list(rows))), len(rows))

    def size(self) -> int:
        """Chunks, as they were counted in the last minute."""
        return self._recent_counts().totals.chunks

    def _selective(self, terms: list[str]) -> list[str]:
        """`terms` without those that are in every tenth chunk, if the collection is large and rarer ones are left.

        Such a word moves BM25 little, and to score every chunk that has it takes most of the time.
        """
        counts = self._recent_counts()
        if counts.totals.chunks < LARGE:
            return terms
        rare = [term for term in terms if 0 < self._holding_count(term, counts) <= counts.totals.chunks / 10]
        return rare if len(set(rare)) >= 2 else terms

    def _recent_counts(self) -> _Counts:
        """Slightly old counts do no harm, but a server must not keep the first ones when the collection has changed."""
        counts = self._counts
        if time.monotonic() - counts.since > _COUNTS_SECONDS:
            with self._errors():
                now = totals(self._db)
            holding = counts.holding if now == counts.totals else {}
            counts = self._counts = _Counts(now, time.monotonic(), holding)
        return counts

    def _holding_count(self, term: str, counts: _Counts) -> int:
        """Chunks that have `term`."""
        if (known := counts.holding.get(term)) is not None:
            return known
        with self._errors():
            counted = self._db.execute("SELECT count(*) FROM words WHERE words MATCH ?", (match_expression([term]),))
            found: int = counted.fetchone()[0]
        counts.remember(term, found)
        return found

    def _match(
        self, terms: list[str], narrowed: str, values: Sequence[str | int], limit: int
    ) -> list[tuple[int, float]]:
        if not terms:
            return []
        with self._errors():
            return self._db.execute(
                f"""SELECT rowid, -bm25(words, {WEIGHT}, {WEIGHT}, {WEIGHT}) AS score
                    FROM words WHERE words MATCH ? {narrowed}
                    ORDER BY score DESC, rowid LIMIT ?""",  # noqa: S608
                (match_expression(terms), *values, limit),
            ).fetchall()
