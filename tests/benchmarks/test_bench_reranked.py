"""The order of passages by a cross-encoder, whose score here is the length of a passage."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from ragft.index.encoders import cross_encoders

HITS = [SimpleNamespace(title="", text=text, score=score) for text, score in (("a", 2.0), ("bb", 1.0), ("ccc", 0.0))]


@pytest.fixture
def reranked() -> ModuleType:
    return import_module("bench_reranked")


def test_a_scorer_leaves_the_tokens_of_later_ones(reranked: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = cross_encoders.PAIR_TOKENS
    monkeypatch.setattr(cross_encoders, "open_scorer", lambda _: cross_encoders.PAIR_TOKENS)
    assert reranked.scorer_of("model", 64) == 64
    assert usual == cross_encoders.PAIR_TOKENS


def test_another_share_reorders_without_reading_again(reranked: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def scorer(query: str, texts: Sequence[str]) -> list[float]:
        asked.append(query)
        return [float(len(text)) for text in texts]

    monkeypatch.setattr(cross_encoders, "open_scorer", lambda _: scorer)
    index: Any = SimpleNamespace(weights=lambda _: {}, documents=lambda: ["paper"])
    library = reranked.reordered(index, lambda _: HITS, "model", reranked.Way(2, 100, 64, 0.0))
    assert "".join(hit.text for hit in library.search("q", 3)) == "abbccc"
    for share in (0.7, 1.0):
        assert "".join(hit.text for hit in library.with_share(share).search("q", 3)) == "bbaccc"
    assert asked == ["q"]
    assert library.with_share(1.0).documents() == ["paper"]
