"""Queries for the names of documents and the acronyms of the collection."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ragft.corpus.stems import stem
from ragft.index.catalogue.database import Database
from ragft.index.catalogue.lexical import match_expression
from ragft.index.catalogue.naming import Kind


@dataclass(frozen=True)
class NamedDocument:
    """A document that has the name `key`; see `ragft.index.catalogue.naming.Name`."""

    key: str
    kind: Kind
    document_id: str
    share: float


class NamesReader(Database):
    """The queries that `ragft.index.search.routing` needs."""

    def named(self, keys: Collection[str], kinds: Collection[Kind]) -> list[NamedDocument]:
        """The documents with names of `keys`, by key and document."""
        with self._errors():
            rows = self._db.execute(
                """SELECT key, kind, document_id, share FROM names
                   WHERE key IN (SELECT value FROM json_each(?)) AND kind IN (SELECT value FROM json_each(?))
                   ORDER BY key, document_id""",
                (json.dumps(list(keys)), json.dumps(list(kinds))),
            ).fetchall()
        return [NamedDocument(*row) for row in rows]

    def named_from(self, beginnings: Collection[str]) -> dict[str, list[NamedDocument]]:
        """By beginning, the documents with an "own" name that begins so, and is not more than twice as long."""
        with self._errors():
            rows = self._db.execute(
                """SELECT start.value, names.* FROM json_each(?) AS start CROSS JOIN names
                   WHERE names.key >= start.value AND names.key < start.value || char(1114111) AND kind = 'own'
                     AND length(names.key) <= 2 * length(start.value)
                   ORDER BY names.key, document_id""",
                (json.dumps(list(beginnings)),),
            ).fetchall()
        found: dict[str, list[NamedDocument]] = {}
        for beginning, *name in rows:
            found.setdefault(beginning, []).append(NamedDocument(*name))
        return found

    def long_forms(self, shorts: Collection[str]) -> dict[str, list[str]]:
        """The long forms of acronyms, by key; the form that most documents give comes first."""
        with self._errors():
            rows = self._db.execute(
                """SELECT short, long FROM acronyms WHERE short IN (SELECT value FROM json_each(?))
                   GROUP BY short, long ORDER BY short, count(*) DESC, long""",
                (json.dumps(list(shorts)),),
            ).fetchall()
        found: dict[str, list[str]] = {}
        for short, long in rows:
            found.setdefault(short, []).append(long)
        return found

    def titles(self, document_ids: Collection[str]) -> dict[str, str]:
        """The titles of these documents, by their ids; an id of no document is left out."""
        with self._errors():
            return dict(
                self._db.execute(
                    "SELECT id, title FROM documents WHERE id IN (SELECT value FROM json_each(?))",
                    (json.dumps(list(document_ids)),),
                )
            )

    def years(self, document_ids: Collection[str]) -> dict[str, int]:
        """Year by document id, of those whose year is known."""
        with self._errors():
            return dict(
                self._db.execute(
                    "SELECT id, year FROM documents WHERE year > 0 AND id IN (SELECT value FROM json_each(?))",
                    (json.dumps(list(document_ids)),),
                )
            )

    def first_authors(self, document_ids: Collection[str]) -> dict[str, str]:
        """The author named first, by document id."""
        with self._errors():
            return dict(
                self._db.execute(
                    """SELECT id, json_extract(authors, '$[0]') FROM documents
                       WHERE json_array_length(authors) > 0 AND id IN (SELECT value FROM json_each(?))""",
                    (json.dumps(list(document_ids)),),
                )
            )

    def holders(self, phrase: Sequence[str]) -> int:
        """How many chunks hold the words of `phrase` one after the other."""
        stems = " ".join(map(stem, phrase))
        with self._errors():
            found = self._db.execute("SELECT count(*) FROM words WHERE words MATCH ?", (match_expression([stems]),))
            return int(found.fetchone()[0])

    def sections(self, document_id: str) -> Sequence[tuple[int, str]]:
        """Row and section of every chunk of a document, in order."""
        with self._errors():
            return self._db.execute(
                "SELECT row, section FROM chunks WHERE document_id = ? ORDER BY position", (document_id,)
            ).fetchall()
