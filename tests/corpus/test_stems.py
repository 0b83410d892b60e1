"""Threads of a server stem words at once, and none gets a piece of another's word."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ragft.corpus.stems import stem

ROOTS = ("quantis", "retriev", "summar", "condition", "oper", "rational", "hopeful", "electric", "adjust", "depend")
ENDINGS = ("ation", "ational", "ing", "ed", "es", "ness", "iveness", "ement", "ality", "izer", "ly", "ousness")
WORDS = [f"{start}{root}{end}" for start, root, end in itertools.product(("", "re", "un", "pre", "de"), ROOTS, ENDINGS)]


@pytest.fixture
def switching() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_each_thread_gets_the_stems_of_its_own_words(switching: None) -> None:
    stem.cache_clear()
    expected = {word: stem(word) for word in WORDS}
    stem.cache_clear()
    orders = [WORDS[shift:] + WORDS[:shift] for shift in range(0, len(WORDS), len(WORDS) // 8)]
    with ThreadPoolExecutor(len(orders)) as pool:
        found = list(pool.map(lambda words: {word: stem.__wrapped__(word) for word in words}, orders))
    assert all(each == expected for each in found)
