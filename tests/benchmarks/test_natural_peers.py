"""The prompt of a peer, the pages of its chunks, and what is kept of it. Tokens are words here."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest


@pytest.fixture
def peers() -> ModuleType:
    return import_module("bench_natural_peers")


def words(text: str) -> int:
    return len(text.split())


def test_a_prompt_has_whole_passages_and_as_much_of_the_next_as_fits(peers: ModuleType) -> None:
    assert peers.cut(["one two", "three four five", "six"], 4, words) == ["one two", "three four"]
    assert peers.cut(["one two", "three"], 4, words) == ["one two", "three"]


def test_a_passage_of_which_no_word_fits_is_empty(peers: ModuleType) -> None:
    assert peers.cut(["one two", "three"], 2, words) == ["one two", ""]


def test_the_first_part_of_a_file_is_its_page_1(peers: ModuleType) -> None:
    node = SimpleNamespace(node_id="n", ref_doc_id="papers/a_part_2.pdf_part_0", get_content=lambda: "text")
    chunk = peers.chunk_of(node, {"a_part_2.pdf": "abc"})
    assert (chunk.document_id, chunk.pages, chunk.text) == ("abc", (1, 1), "text")


def test_evidence_that_is_not_found_is_not_in_the_prompt(peers: ModuleType) -> None:
    placed = [SimpleNamespace(in_prompt=shown) for shown in (True, False, None, None)]
    assert peers.in_prompt(placed) == 0.25


def test_what_was_kept_in_part_is_made_again(peers: ModuleType, tmp_path: Path) -> None:
    place = tmp_path / "256"

    def stops(into: Path) -> None:
        into.mkdir()
        (into / "torn").touch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        peers.make_once(place, stops)
    assert not place.exists()
    peers.make_once(place, Path.mkdir)
    assert list(tmp_path.rglob("*")) == [place]
    peers.make_once(place, stops)
