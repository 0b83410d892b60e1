"""Similar documents: how exact the estimate is, and that edits and other papers are distinguished."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from ragft.corpus.base import Block, Document
from ragft.corpus.duplicates import SAME_PAPER, Fingerprint, StatedNumbers, fingerprint, fingerprint_of, numbers_in
from ragft.index.ingest.similar import SimilarDocuments, pack


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


def sketch(words: list[str]) -> Fingerprint:
    return fingerprint_of([" ".join(words)])


def alike(one: Fingerprint, other: Fingerprint, at_least: float) -> bool:
    return SimilarDocuments([("one", pack(one))]).alike(other, at_least) == ["one"]


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), share=st.floats(0, 0.3))
def test_estimate_is_within_four_standard_errors(seed: int, share: float) -> None:
    one = text(seed)
    other = edited(one, share, seed + 1)
    true = jaccard(one, other)
    error = 4 * max(0.02, (true * (1 - true) / 256) ** 0.5)
    assert alike(sketch(one), sketch(other), true - error)
    assert true + error > 1 or not alike(sketch(one), sketch(other), true + error + 1e-9)


def test_same_text_in_other_blocks_is_the_same_paper() -> None:
    words = text(1)
    one = Document("a", "a.pdf", "T", (Block(" ".join(words), 1),))
    parts = [" ".join(words[i : i + 100]) for i in range(0, len(words), 100)]
    other = Document("b", "b.html", "T", tuple(Block(part, 0) for part in parts))
    assert alike(fingerprint(one), fingerprint(other), 1.0)


def test_a_few_changed_words_stay_the_same_paper() -> None:
    words = text(2)
    for seed in range(20):
        assert alike(sketch(words), sketch(edited(words, 0.02, seed)), SAME_PAPER)


def test_papers_that_share_a_quarter_of_their_text_are_two() -> None:
    for seed in range(20):
        one, other = text(seed), text(seed + 100)
        other[: len(other) // 4] = one[: len(one) // 4]
        assert not alike(sketch(one), sketch(other), SAME_PAPER)


def test_empty_documents_are_not_alike() -> None:
    assert not alike(sketch([]), sketch([]), 0.01)


def test_the_order_of_words_counts() -> None:
    words = text(3)
    assert not alike(sketch(words), sketch(sorted(words)), 0.05)


def test_the_most_similar_comes_first_and_what_was_discarded_not_at_all() -> None:
    words = text(4)
    seen = SimilarDocuments([("far", pack(sketch(edited(words, 0.04, 1))))])
    seen.add("near", sketch(edited(words, 0.005, 1)))
    seen.add("gone", sketch(words))
    seen.discard("gone")
    assert seen.alike(sketch(words), 0.5) == ["near", "far"]


def test_the_numbers_of_a_document_are_read_once_until_it_is_replaced() -> None:
    """N reports of the same form are compared N² times; the text of each may be read only once."""
    asked: list[str] = []

    def read(document_id: str) -> StatedNumbers:
        asked.append(document_id)
        return numbers_in("Report", [f"in year {len(asked)}"])

    seen = SimilarDocuments([(name, pack(sketch(text(5)))) for name in "ab"])
    for _ in range(3):
        for name in seen.alike(sketch(text(5)), SAME_PAPER):
            seen.numbers(name, read)
    assert asked == ["a", "b"]
    seen.discard("a")
    assert seen.numbers("a", read).text == {"3"}
