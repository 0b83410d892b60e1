"""Where the words of a query are and how long chunks are, out of FTS5's own tables.

FTS5 finds the chunks of a query one by one and looks up the length of each. Here each word of a query is one list, so
that all chunks are scored at once (`bm25`), and only the lengths of the best are read. https://sqlite.org/fts5.html
describes the tables: fts5vocab, and among the shadow tables `words_docsize` and the averages in `words_data`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_AVERAGES = 1
"""The row of `words_data` with the number of chunks, and of the words in each column."""


@dataclass(frozen=True)
class Occurrences:
    """The rows of the chunks that hold a word, ascending, and how often each holds it."""

    rows: NDArray[np.int64]
    times: NDArray[np.int64]

    def at(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """How often the chunks of `rows` hold the word."""
        import numpy as np

        if not len(self.rows):
            return np.zeros(len(rows), np.int64)
        places = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        return np.where(self.rows[places] == rows, self.times[places], 0)


@dataclass(frozen=True)
class Totals:
    """How many chunks there are, and how many words in all of them."""

    chunks: int
    words: int


def occurrences(db: sqlite3.Connection, word: str) -> Occurrences:
    """Where `word` is. SQLite returns the rows as one text, which is three times as fast as one by one."""
    import numpy as np

    db.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.occurrences USING fts5vocab(main, words, instance)")
    found = db.execute("SELECT group_concat(doc) FROM temp.occurrences WHERE term = ?", (word,)).fetchone()[0]
    each = np.fromstring(found or "", np.int64, sep=",")
    first = np.flatnonzero(np.diff(each, prepend=-1))
    return Occurrences(each[first], np.diff(first, append=len(each)))


def totals(db: sqlite3.Connection) -> Totals:
    """What FTS5 keeps of the whole table."""
    averages: bytes = db.execute("SELECT block FROM words_data WHERE id = ?", (_AVERAGES,)).fetchone()[0]
    chunks, *words = _numbers(averages) or [0]
    return Totals(chunks, sum(words))


def lengths(db: sqlite3.Connection, rows: Sequence[int]) -> dict[int, int]:
    """How many words the chunk of each of `rows` has; rows that are gone are left out."""
    found = db.execute(
        "SELECT id, sz FROM words_docsize WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(rows),)
    ).fetchall()
    words = {sizes: sum(_numbers(sizes)) for sizes in {sizes for _, sizes in found}}
    return {row: words[sizes] for row, sizes in found}


def _numbers(encoded: bytes) -> list[int]:
    """SQLite's numbers of seven bits a byte, the highest first; the last byte of each is below 128."""
    numbers, number = [], 0
    for byte in encoded:
        number = number << 7 | byte & 127
        if byte < 128:
            numbers.append(number)
            number = 0
    return numbers
