from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.base import Chunk
from ragft.errors import NotFoundError
from ragft.index.rerank import Reranker
from ragft.index.search import Ranking, collapse
from ragft.index.store import Index

Open = Callable[..., Index]


def chunk(document: str, position: int, section: str) -> Chunk:
    return Chunk(f"{document}{position}", document, position, "text", "title", section, (0, 0))


def test_further_chunks_of_a_section_come_after_all_others() -> None:
    a, b, c = chunk("d", 0, "1"), chunk("d", 1, "1"), chunk("d", 2, "2")
    assert collapse([a, b, c]) == [a, c, b]


def test_without_sections_only_neighbours_are_set_back() -> None:
    a, b, c = chunk("d", 0, ""), chunk("d", 1, ""), chunk("d", 3, "")
    assert collapse([a, b, c]) == [a, c, b]


def test_the_same_section_name_in_two_documents_is_two_sections() -> None:
    a, b = chunk("d", 0, "Introduction"), chunk("e", 0, "Introduction")
    assert collapse([a, b]) == [a, b]


@given(st.lists(st.tuples(st.sampled_from("de"), st.integers(0, 9), st.sampled_from(["", "1", "2"])), unique=True))
def test_collapsing_loses_nothing_and_keeps_the_best_first(parts: list[tuple[str, int, str]]) -> None:
    chunks = [chunk(*part) for part in parts]
    collapsed = collapse(chunks)
    assert sorted(collapsed, key=str) == sorted(chunks, key=str)
    assert collapsed[:1] == chunks[:1]


@pytest.mark.parametrize("mode", ["hybrid", "lexical", "dense"])
@pytest.mark.parametrize("fusion", ["convex", "rrf"])
def test_every_mode_finds_the_right_note(opened: Open, notes: Path, mode: str, fusion: str) -> None:
    index = opened(mode=mode, fusion=fusion)
    index.ingest([notes])
    hits = index.search("why does the water of the oceans rise twice a day", 3)
    assert hits[0].title == "Tides"
    assert hits[0].section == "Cause"
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert (hits[0].lexical is None) is (mode == "dense")
    assert (hits[0].dense is None) is (mode == "lexical")


def test_meaning_is_found_where_no_word_is_shared(opened: Open, notes: Path) -> None:
    index = opened()
    index.ingest([notes])
    assert index.search("baking a crusty baguette", 1)[0].title == "Sourdough"


def test_a_search_can_be_kept_to_documents(opened: Open, notes: Path) -> None:
    index = opened()
    index.ingest([notes])
    bread = next(record.id for record in index.documents() if record.title == "Sourdough")
    assert {hit.document_id for hit in index.search("the moon pulls the oceans", 5, documents=[bread])} == {bread}
    assert index.search("the moon", 5, documents=[]) == []


def test_a_query_of_nothing_but_signs_finds_by_meaning_only(opened: Open, notes: Path) -> None:
    index = opened()
    index.ingest([notes])
    assert all(hit.lexical in (None, 0.0) for hit in index.search("?!…", 3))
    assert index.search("?!…", 3, mode="lexical") == []


def test_an_index_without_documents_says_what_to_do(opened: Open) -> None:
    with pytest.raises(NotFoundError, match="ragft ingest"):
        opened().search("moon", 3)


def test_a_reranker_reorders_what_it_reads() -> None:
    class Longest:
        def predict(self, pairs: list[tuple[str, str]], *, show_progress_bar: bool) -> list[float]:
            return [float(len(text)) for _, text in pairs]

    chunks = [Chunk(str(i), "d", i, "x" * i, "", "", (0, 0)) for i in range(40)]
    ordered, ranking = Reranker(Longest()).rerank("q", chunks, Ranking(chunks, {}))
    assert [int(c.id) for c in ordered] == [*range(29, -1, -1), *range(30, 40)]
    scores = [ranking.scores[c.id] for c in ordered]
    assert scores == sorted(scores, reverse=True)
