from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from ragft.corpus.base import Chunk
from ragft.errors import EngineUnavailable, NotFoundError
from ragft.index.index import Index
from ragft.index.search import closest, hybrid
from ragft.index.search.hybrid import _best_chunks

Open = Callable[..., Index]


def test_all_passages_of_one_section_can_be_found(opened: Open, tmp_path: Path) -> None:
    """The best passages of a paper often lie in one long section: others must not be put before them."""
    tides = " ".join(f"The tide of harbour {n} rises {n} metres at noon." for n in range(60))
    (tmp_path / "a.md").write_text(f"# Tides\n\n## Heights\n\n{tides}\n", encoding="utf-8")
    (tmp_path / "b.md").write_text(
        "# Bread\n\n## Dough\n\nKnead it at noon.\n\n## Oven\n\nBake it.\n", encoding="utf-8"
    )
    index = opened()
    index.ingest([tmp_path])
    found = index.search("how many metres does the tide rise at noon in the harbour", 3)
    assert [hit.title for hit in found] == ["Tides", "Tides", "Tides"]


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


def test_vectors_without_documents_find_nothing(opened: Open, notes: Path) -> None:
    """A disk that ran full can leave vectors of documents that never came into the catalogue."""
    index = opened()
    index.ingest([notes])
    with index._catalogue.transaction():
        for record in index.documents():
            index._catalogue.delete_document(record.id)
    assert opened().search("why does the water rise", 3) == []


def test_a_query_of_nothing_but_signs_finds_by_meaning_only(opened: Open, notes: Path) -> None:
    index = opened()
    index.ingest([notes])
    assert all(hit.lexical in (None, 0.0) for hit in index.search("?!…", 3))
    assert index.search("?!…", 3, mode="lexical") == []


def test_an_index_without_documents_says_what_to_do(opened: Open) -> None:
    with pytest.raises(NotFoundError, match="ragft ingest"):
        opened().search("moon", 3)


@pytest.mark.parametrize("query", ["why does the water of the oceans rise", "What is Sourdough?", "the moon or bread"])
def test_a_search_gives_the_first_of_all_candidates(
    opened: Open, notes: Path, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads no more chunks than it returns and reorders; `rank` reads all."""
    monkeypatch.setattr(closest, "DEPTH", 1)
    index = opened()
    index.ingest([notes])
    read: list[int] = []
    chunks_of_rows = index._catalogue.chunks_of_rows

    def counted(rows: Iterable[int]) -> dict[int, Chunk]:
        wanted = list(rows)
        read.append(len(wanted))
        return chunks_of_rows(wanted)

    monkeypatch.setattr(index._catalogue, "chunks_of_rows", counted)
    everything = index.rank(query)
    assert max(read) == 5
    read.clear()
    hits = index.search(query, 3)
    assert max(read) == 3
    assert [hit.chunk_id for hit in hits] == [chunk.id for chunk in everything.chunks[:3]]
    assert [hit.score for hit in hits] == [everything.scores[hit.chunk_id] for hit in hits]
    assert [hit.dense for hit in hits] == [everything.dense.get(hit.chunk_id) for hit in hits]


def test_in_a_large_collection_words_are_looked_for_while_the_question_is_encoded(
    opened: Open, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = opened()
    index.ingest([notes])
    question = "What does Sourdough say about the rise of bread?"
    expected = index.search(question, 3)
    monkeypatch.setattr(hybrid, "LARGE", 1)
    begun = threading.Event()
    encoded: list[str] = []
    match, encode = index._catalogue.match, index.encoder.encode_query

    def matched(*args: Any, **options: Any) -> dict[int, float]:
        begun.set()
        return match(*args, **options)

    def waiting(text: str) -> Any:
        encoded.append(text)
        assert begun.wait(30)
        return encode(text)

    monkeypatch.setattr(index._catalogue, "match", matched)
    monkeypatch.setattr(index.encoder, "encode_query", waiting)
    assert index.search(question, 3) == expected
    assert encoded == [question]  # once, though the paper that it names is searched by itself, too


@pytest.mark.parametrize("large", [1, 1000])
def test_an_encoder_that_fails_is_no_lexical_search(
    opened: Open, notes: Path, monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    def failing(_text: str) -> Any:
        raise EngineUnavailable("the encoder does not answer")

    index = opened()
    index.ingest([notes])
    monkeypatch.setattr(hybrid, "LARGE", large)
    monkeypatch.setattr(index.encoder, "encode_query", failing)
    with pytest.raises(EngineUnavailable, match="the encoder does not answer"):
        index.search("why does the water of the oceans rise", 3)


def test_chunks_that_vanish_meanwhile_are_made_up_for(opened: Open, notes: Path) -> None:
    index = opened()
    index.ingest([notes])
    rows = list(index._catalogue.rows().values())
    gone = range(1000, 1005)
    assert list(_best_chunks(index._catalogue, [*gone, *rows], 2))[:2] == rows[:2]
    assert len(_best_chunks(index._catalogue, [*gone, *rows], None)) == len(rows)


def test_passages_that_hold_a_phrase_have_its_words_near_each_other(opened: Open, notes: Path) -> None:
    wanted = {
        ("frozen matrices",): 0,  # both words, ten apart
        ("trainable products",): 1,  # stems beside each other
        ("matrices product",): 1,  # near, in the other order
        ("flour", "moon"): 2,  # any of several
        ("tides",): 0,  # in a title alone
        ('" OR moon',): 1,  # no operator gets through
        (): 0,
    }
    with opened() as index:
        index.ingest([notes])
        assert {phrases: len(index.holding(phrases)) for phrases in wanted} == wanted
        assert index.holding(["moon"], documents=[]) == []
