"""Fingerprints: how exact they are, and that edits and other papers are told apart."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from ragft.corpus.base import Block, Document
from ragft.corpus.duplicates import SAME_PAPER, fingerprint, fingerprint_of, similarity


def text(seed: int, count: int = 3_000) -> list[str]:
    rng = random.Random(seed)
    vocabulary = [f"word{n}" for n in range(800)]
    return [rng.choice(vocabulary) for _ in range(count)]


def jaccard(one: list[str], other: list[str]) -> float:
    def shingles(words: list[str]) -> set[tuple[str, ...]]:
        return {tuple(words[i : i + 5]) for i in range(len(words) - 4)}

    a, b = shingles(one), shingles(other)
    return len(a & b) / len(a | b)


def edited(words: list[str], share: float, seed: int) -> list[str]:
    rng = random.Random(seed)
    return [f"new{n}" if rng.random() < share else word for n, word in enumerate(words)]


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), share=st.floats(0, 0.3))
def test_estimate_is_within_four_standard_errors(seed: int, share: float) -> None:
    one = text(seed)
    other = edited(one, share, seed + 1)
    true = jaccard(one, other)
    estimate = similarity(fingerprint_of([" ".join(one)]), fingerprint_of([" ".join(other)]))
    assert abs(estimate - true) <= 4 * max(0.02, (true * (1 - true) / 256) ** 0.5)


def test_same_text_in_other_blocks_is_the_same_paper() -> None:
    words = text(1)
    one = Document("a", "a.pdf", "T", (Block(" ".join(words), 1),))
    parts = [" ".join(words[i : i + 100]) for i in range(0, len(words), 100)]
    other = Document("b", "b.html", "T", tuple(Block(part, 0) for part in parts))
    assert similarity(fingerprint(one), fingerprint(other)) == 1.0


def test_a_few_changed_words_stay_the_same_paper() -> None:
    words = text(2)
    for seed in range(20):
        changed = edited(words, 0.02, seed)
        assert similarity(fingerprint_of([" ".join(words)]), fingerprint_of([" ".join(changed)])) >= SAME_PAPER


def test_papers_that_share_a_quarter_of_their_text_are_two() -> None:
    for seed in range(20):
        one, other = text(seed), text(seed + 100)
        other[: len(other) // 4] = one[: len(one) // 4]
        assert similarity(fingerprint_of([" ".join(one)]), fingerprint_of([" ".join(other)])) < SAME_PAPER


def test_empty_documents_are_not_alike() -> None:
    assert similarity(fingerprint_of([]), fingerprint_of([])) == 0.0


def test_fingerprints_are_the_same_on_every_machine() -> None:
    """They are stored: these numbers may change only together with `CHUNKER_VERSION`."""
    found = fingerprint_of(["Retrieval grounds a model in documents that it has never seen before."])
    assert {bin_: value for bin_, value in enumerate(found) if value != 0xFFFFFFFF} == {
        20: 1891518021,
        55: 429854796,
        146: 1063350435,
        150: 3059503646,
        155: 3926689506,
        212: 3328853977,
        238: 2940747421,
        241: 2210762229,
    }


def test_the_order_of_words_counts() -> None:
    words = text(3)
    assert similarity(fingerprint_of([" ".join(words)]), fingerprint_of([" ".join(sorted(words))])) < 0.05
