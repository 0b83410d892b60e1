"""The chunks that hold some words, ranked by BM25."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ragft.index.catalogue.document_names import NamesReader
from ragft.index.catalogue.lexical import match_expression
from ragft.machine import cores

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

_COUNTS_SECONDS = 60.0
_MOST_TERMS = 4096
"""Size of the cache of word frequencies."""


@dataclass(frozen=True)
class _Counts:
    """Chunks in all and by word, as they were at `since` (seconds of `time.monotonic`)."""

    chunks: int
    since: float
    holding: dict[str, int] = field(default_factory=dict)

    def remember(self, term: str, holding: int) -> None:
        """Note how many chunks hold a word, as long as there is room for it."""
        if len(self.holding) < _MOST_TERMS:
            self.holding[term] = holding


class WordSearch(NamesReader):
    """Searches the words of chunks; how many chunks there are, and hold a word, it counts once a minute."""

    def __init__(self, path: Path, *, writable: bool) -> None:
        super().__init__(path, writable=writable)
        self._counts = _Counts(0, -math.inf)
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

        In a large collection they are looked for among the `LIKELY` that hold most of the terms, rare ones counting for
        more: to score a chunk takes ten times as long as to see that it holds a term.
        """
        terms = self._selective(terms)
        if documents is not None:
            best = self._match_rows(terms, self.rows_of_documents(documents))[:limit]
        elif (held := self._held_by_many(terms)) is not None:
            likely = self._likely(terms, held)
            others = also()
            scored = self._match_rows_by_two(terms, sorted(likely.union(others)))
            best = [(row, score) for row, score in scored if row in likely][:limit]
            return dict(best) | {row: score for row, score in scored if row in others}
        else:
            best = self._match(terms, "", (), limit)
        found = dict(best)
        return found | dict(self._match_rows(terms, set(also()) - found.keys()))

    def _held_by_many(self, terms: list[str]) -> dict[str, NDArray[np.int64]] | None:
        """The rows with each of `terms`; None where they are few."""
        counts = self._recent_counts()
        distinct = dict.fromkeys(terms)
        if counts.chunks < LARGE or sum(self._holding_count(term, counts) for term in distinct) <= MANY:
            return None
        return {term: self._rows_with(term) for term in distinct}

    def _likely(self, terms: list[str], held: Mapping[str, NDArray[np.int64]]) -> set[int]:
        """The `LIKELY` rows with the highest sum of the terms' inverse document frequencies."""
        import numpy as np

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
        upper = self._submit(terms, rows[middle:])
        lower = self._match_rows(terms, rows[:middle])
        return sorted([*lower, *upper.result()], key=lambda found: (-found[1], found[0]))

    def _submit(self, terms: list[str], rows: list[int]) -> Future[list[tuple[int, float]]]:
        """`_match_rows` on a thread that is kept, as each opens a connection; there are more for queries at once."""
        with self._used(), self._guard:  # `close` waits until it is submitted
            self._beside = self._beside or ThreadPoolExecutor(cores(), "words")
            return self._beside.submit(self._match_rows, terms, rows)

    def size(self) -> int:
        """Chunks, as they were counted in the last minute."""
        return self._recent_counts().chunks

    def _selective(self, terms: list[str]) -> list[str]:
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
        counts.remember(term, found)
        return found

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
