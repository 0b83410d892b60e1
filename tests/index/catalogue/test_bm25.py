"""Scores beside those that FTS5 gives."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ragft.index.catalogue.bm25 import Bm25
from ragft.index.catalogue.catalogue import Catalogue
from ragft.index.catalogue.occurrences import lengths, occurrences, totals
from tests.index.catalogue.test_catalogue import chunk, row

TERMS = ["wz", "wy", "wz", "wf", "wa", "nowhere"]


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    """Documents of chunks of different lengths, stored one after the other; some were deleted."""
    words = [f"w{chr(97 + n)}" for n in range(26)]
    generator = random.Random(0)
    with closing(Catalogue.open(tmp_path / "catalogue.sqlite3")) as opened:
        for name in map(str, range(20)):
            texts = (" ".join(words[int(26 * generator.random() ** 3)] for _ in range(n)) for n in range(20, 40))
            with opened.transaction():
                opened.add_document(row(name), [chunk(name, n, text) for n, text in enumerate(texts)])
        for name in ("0", "7", "19"):
            with opened.transaction():
                opened.delete_document(name)
        yield opened


@pytest.fixture
def scores(catalogue: Catalogue) -> Bm25:
    return Bm25(TERMS, {term: occurrences(catalogue._db, term) for term in TERMS}, totals(catalogue._db))


def test_scores_are_those_of_fts5(catalogue: Catalogue, scores: Bm25) -> None:
    found = scores.of(lengths(catalogue._db, list(catalogue.rows().values())))
    assert found == pytest.approx(catalogue.match(TERMS, 1000), rel=1e-12)


def test_a_collection_may_be_emptied_while_its_words_are_looked_up(catalogue: Catalogue, scores: Bm25) -> None:
    for name in map(str, range(20)):
        with catalogue.transaction():
            catalogue.delete_document(name)
    now = Bm25(TERMS, scores.held, totals(catalogue._db))
    likely = now.likely(1000)
    assert likely == scores.likely(1000)
    assert now.of(lengths(catalogue._db, sorted(likely))) == {}


def test_the_likely_are_among_the_best_and_hold_a_term(catalogue: Catalogue, scores: Bm25) -> None:
    best = list(catalogue.match(TERMS, 1000))
    assert scores.likely(1000) == set(best)
    assert len(scores.likely(100)) == 100
    assert scores.likely(100) >= set(best[:50])
