"""What a large collection does to be searched by words in time; what words find is in `test_catalogue`."""

from __future__ import annotations

import random
import threading
from contextlib import closing
from pathlib import Path

import pytest

from ragft.errors import WorkspaceError
from ragft.index.catalogue import word_search
from ragft.index.catalogue.catalogue import Catalogue
from tests.index.catalogue.test_catalogue import chunk, row


def test_in_a_large_collection_the_likely_chunks_are_scored_as_in_a_small_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [f"w{chr(97 + n)}" for n in range(26)]
    generator = random.Random(0)
    texts = [" ".join(words[int(26 * generator.random() ** 3)] for _ in range(12)) for _ in range(3000)]
    with closing(Catalogue.open(tmp_path / "large.sqlite3")) as catalogue:
        with catalogue.transaction():
            catalogue.add_document(row("d"), [chunk("d", n, text) for n, text in enumerate(texts)])
        terms = ["wz", "wy", "wf", "wd", "wa"]
        others = [1, 2, 3]
        whole = catalogue.match(terms, 3000)
        monkeypatch.setattr(word_search, "LARGE", 1000)
        monkeypatch.setattr(word_search, "MANY", 1000)
        monkeypatch.setattr(word_search, "LIKELY", 300)
        found = catalogue.match(terms, 50, also=lambda: others)
    best, likely = list(whole)[:50], list(found)[:50]
    assert len(set(best) & set(likely)) >= 48
    assert likely == sorted(likely, key=lambda row: (-found[row], row))
    assert found == pytest.approx({row: whole[row] for row in found})
    assert found.keys() >= {row for row in others if row in whole}
    assert len(found) <= 53


def test_words_in_every_tenth_chunk_are_left_out_if_two_rarer_are_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rare = {3: "tide", 4: "comet", 5: "tide comet"}
    with closing(Catalogue.open(tmp_path / "large.sqlite3")) as catalogue:
        with catalogue.transaction():
            catalogue.add_document(row("d"), [chunk("d", n, f"moon {rare.get(n, '')}") for n in range(40)])
        without_moon = catalogue.match(["tide", "comet"], 50)
        monkeypatch.setattr(word_search, "LARGE", 40)
        for many in (1, 10_000):  # with the likely chunks alone, and with all
            monkeypatch.setattr(word_search, "MANY", many)
            for documents in (None, ["d"]):
                found = catalogue.match(["moon", "tide", "comet", "nowhere"], 50, documents=documents)
                assert found == pytest.approx(without_moon)
                assert len(catalogue.match(["moon", "tide", "nowhere"], 50, documents=documents)) == 40


def test_the_other_thread_of_a_search_is_kept_until_the_catalogue_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in ("LARGE", "MANY"):
        monkeypatch.setattr(word_search, limit, 1)
    before = set(threading.enumerate())
    with closing(Catalogue.open(tmp_path / "large.sqlite3")) as catalogue:
        with catalogue.transaction():
            catalogue.add_document(row("d"), [chunk("d", n, f"moon sea {n}") for n in range(20)])
        others = []
        for _ in range(2):
            assert len(catalogue.match(["moon", "sea"], 50)) == 20
            others.append(set(threading.enumerate()) - before)
        assert others[0] & others[1]
    assert set(threading.enumerate()) <= before
    with pytest.raises(WorkspaceError, match="closed"):
        catalogue.match(["moon", "sea"], 50)
    with pytest.raises(WorkspaceError, match="closed"):
        catalogue._submit("moon")


def test_words_are_counted_again_when_the_collection_has_changed_and_not_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_search, "LARGE", 1)
    monkeypatch.setattr(word_search, "_COUNTS_SECONDS", -1.0)  # each time is later than a minute
    with closing(Catalogue.open(tmp_path / "large.sqlite3")) as catalogue:
        with catalogue.transaction():
            catalogue.add_document(row("d"), [chunk("d", n, f"moon sea {n}") for n in range(20)])
        catalogue.match(["moon", "sea"], 50)
        assert catalogue._recent_counts().holding == {"moon": 20, "sea": 20}
        with catalogue.transaction():
            catalogue.add_document(row("e"), [chunk("e", 0, "moon")])
        assert catalogue.size() == 21
        assert catalogue._recent_counts().holding == {}
