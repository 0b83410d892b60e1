"""Whether two documents are the same paper in other bytes: MinHash over word shingles.

A fingerprint estimates the Jaccard similarity of the sets of five-word shingles of two texts (Broder 1997), by one
permutation hashing (Li, Owen and Zhang 2012): a text has far more shingles than the sketch has bins.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ragft.corpus.base import Document
from ragft.corpus.text import tokens_for_matching

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAME_PAPER = 0.7
"""Similarity from which on two documents count as the same paper."""

BINS = 256
"""Values of a fingerprint; the standard error of an estimate s is sqrt(s (1 - s) / BINS), at most 0.031."""
_WORDS = 5
_EMPTY = 0xFFFFFFFF
_FACTOR = 0x9E3779B97F4A7C15
"""Odd, so that multiplying by it loses nothing: 2**64 divided by the golden ratio."""

Fingerprint = tuple[int, ...]


def fingerprint(document: Document) -> Fingerprint:
    """The smallest hash of a five-word shingle of the text in each of `BINS` bins; 32-bit, stable across machines."""
    return fingerprint_of(block.text for block in document.blocks)


def fingerprint_of(texts: Iterable[str]) -> Fingerprint:
    """`fingerprint` of the texts joined."""
    import numpy as np

    words = [word for text in texts for word in tokens_for_matching(text)]
    if not words:
        return (_EMPTY,) * BINS
    hashes = {word: _hash(word) for word in set(words)}
    stream = np.fromiter((hashes[word] for word in words), np.uint64, len(words))
    # A polynomial in the words' hashes depends on their order; its low bits only on theirs, so it is mixed after.
    length = min(_WORDS, len(words))
    count = len(words) - length + 1
    shingles = np.zeros(count, np.uint64)
    for offset in range(length):
        shingles = shingles * np.uint64(_FACTOR) + stream[offset : offset + count]
    shingles = _mixed(shingles)
    smallest = np.full(BINS, _EMPTY, np.uint32)
    np.minimum.at(smallest, shingles & np.uint64(BINS - 1), (shingles >> np.uint64(32)).astype(np.uint32))
    return tuple(smallest.tolist())


def _hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest())


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64's finaliser (Steele, Lea and Flood 2014): every bit of a value comes to depend on every other."""
    import numpy as np

    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        values = (values ^ (values >> np.uint64(shift))) * np.uint64(factor)
    return values ^ (values >> np.uint64(31))


def similarity(one: Fingerprint, other: Fingerprint) -> float:
    """Estimated Jaccard similarity of two texts, from 0 to 1; 0 where either is empty."""
    used = equal = 0
    for a, b in zip(one, other, strict=True):
        if a == _EMPTY and b == _EMPTY:
            continue
        used += 1
        equal += a == b
    return equal / used if used else 0.0
