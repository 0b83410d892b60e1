"""A search as most programs do it, to compare with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ragft.index.base import Mode
from ragft.index.index import Index


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_it_goes_by_the_rankings_alone(opened: Callable[..., Index], notes: Path, mode: Mode) -> None:
    index = opened()
    index.ingest([notes])
    assert index.plain_search("the moon and the oceans", 1, mode=mode)[0].title == "Tides"
    assert len(index.plain_search("the moon and the oceans", 2, mode=mode)) <= 2


def test_it_corrects_no_spelling(opened: Callable[..., Index], notes: Path) -> None:
    index = opened()
    index.ingest([notes])
    assert index.search("what is the oceasn", 1, mode="lexical")
    assert not index.plain_search("what is the oceasn", 1, mode="lexical")
