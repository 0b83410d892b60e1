"""What is read out of FTS5's own tables, beside what FTS5 says itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from ragft.index.catalogue.catalogue import Catalogue
from ragft.index.catalogue.occurrences import Totals, lengths, occurrences, totals
from tests.index.catalogue.test_catalogue import chunk, row


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    """Three documents, of which one was deleted; a chunk is longer than one byte says."""
    with closing(Catalogue.open(tmp_path / "catalogue.sqlite3")) as opened:
        for name, texts in {"a": ["tide tide moon", "moon"], "b": ["tide"], "c": ["sea", "tide " * 300]}.items():
            with opened.transaction():
                opened.add_document(row(name), [chunk(name, n, text) for n, text in enumerate(texts)])
        with opened.transaction():
            opened.delete_document("b")
        yield opened


def test_a_word_is_where_it_was_put_and_not_where_it_was_deleted(catalogue: Catalogue) -> None:
    found = occurrences(catalogue._db, "tide")
    rows = catalogue.rows()
    assert dict(zip(found.rows.tolist(), found.times.tolist(), strict=True)) == {
        rows[chunk("a", 0, "").id]: 2,
        rows[chunk("c", 1, "").id]: 300,
    }


def test_a_word_that_no_chunk_holds_is_nowhere(catalogue: Catalogue) -> None:
    found = occurrences(catalogue._db, "comet")
    assert not len(found.rows)
    assert found.at(np.arange(5)).tolist() == [0] * 5


def test_a_chunk_is_as_long_as_its_title_and_its_text(catalogue: Catalogue) -> None:
    rows = catalogue.rows()
    expected = {("a", 0): 3 + 3, ("a", 1): 3 + 1, ("c", 0): 3 + 1, ("c", 1): 3 + 300}
    found = lengths(catalogue._db, [*rows.values(), 99])
    assert found == {rows[chunk(name, n, "").id]: words for (name, n), words in expected.items()}
    assert totals(catalogue._db) == Totals(4, sum(expected.values()))
