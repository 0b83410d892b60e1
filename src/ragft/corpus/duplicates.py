"""Whether two documents are the same paper: MinHash over word shingles, and the numbers that they state.

A fingerprint estimates the Jaccard similarity of the sets of five-word shingles of two texts (Broder 1997), by one
permutation hashing (Li, Owen and Zhang 2012): a text has far more shingles than the sketch has bins.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragft.corpus.base import Document
from ragft.corpus.fold import fold
from ragft.corpus.text import tokens_for_matching

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAME_PAPER = 0.7
"""Least similarity of two documents that may be the same paper."""
SAME_NOTE = 0.95
SHORT = 2_000
"""Documents with fewer words need `SAME_NOTE`: form letters differ in one sentence."""
NEW_NUMBERS = 0.05
"""Share of a document's distinct numbers that may be missing in an equal one: pages and dates of two editions. Reports
of two years differ in more numbers, or in the title.
"""

BINS = 256
"""Values of a fingerprint; the standard error of an estimate s is sqrt(s (1 - s) / BINS), at most 0.031."""
_WORDS = 5
EMPTY = 0xFFFFFFFF
"""Value of a bin into which no shingle fell."""
_FACTOR = 0x9E3779B97F4A7C15
"""2**64 divided by the golden ratio; odd, so that multiplication by it is invertible."""

Fingerprint = tuple[int, ...]
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def fingerprint(document: Document) -> Fingerprint:
    """The smallest hash of a five-word shingle of the text in each of `BINS` bins; 32-bit, stable across machines."""
    return fingerprint_of(block.text for block in document.blocks)


def fingerprint_of(texts: Iterable[str]) -> Fingerprint:
    """`fingerprint` of the texts joined."""
    import numpy as np

    words = [word for text in texts for word in tokens_for_matching(text)]
    if not words:
        return (EMPTY,) * BINS
    hashes = {word: _hash(word) for word in set(words)}
    stream = np.fromiter((hashes[word] for word in words), np.uint64, len(words))
    # A polynomial in the words' hashes depends on their order; its low bits only on theirs, so it is mixed after.
    length = min(_WORDS, len(words))
    count = len(words) - length + 1
    shingles = np.zeros(count, np.uint64)
    for offset in range(length):
        shingles = shingles * np.uint64(_FACTOR) + stream[offset : offset + count]
    shingles = _mixed(shingles)
    smallest = np.full(BINS, EMPTY, np.uint32)
    np.minimum.at(smallest, shingles & np.uint64(BINS - 1), (shingles >> np.uint64(32)).astype(np.uint32))
    return tuple(smallest.tolist())


def similarities(many: NDArray[np.uint32], one: Fingerprint | NDArray[np.uint32]) -> NDArray[np.float64]:
    """The estimated Jaccard similarity, from 0 to 1, of one text to each of many; 0 where either is empty.

    Args:
        many: fingerprints, shape [texts, BINS].
        one: the fingerprint to compare with each.
    """
    import numpy as np

    wanted = np.asarray(one, np.uint32)
    used = ((many != EMPTY) | (wanted != EMPTY)).sum(axis=1)
    equal = ((many == wanted) & (wanted != EMPTY)).sum(axis=1)
    shares: NDArray[np.float64] = equal / np.maximum(used, 1)
    return shares


def _hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest())


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64's finaliser (Steele, Lea and Flood 2014): every bit of a value comes to depend on every other."""
    import numpy as np

    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        values = (values ^ (values >> np.uint64(shift))) * np.uint64(factor)
    return values ^ (values >> np.uint64(31))


def least_similarity(document: Document) -> float:
    """How similar another document must be to be the same as this one."""
    words = 0
    for block in document.blocks:
        words += len(tokens_for_matching(block.text))
        if words >= SHORT:
            return SAME_PAPER
    return SAME_NOTE


@dataclass(frozen=True)
class StatedNumbers:
    """The distinct numbers that a document states, as written but without thousands separators."""

    title: frozenset[str]
    text: frozenset[str]


def numbers_in(title: str, texts: Iterable[str]) -> StatedNumbers:
    """The numbers of a document's title and of its texts; all of the text is read for it."""
    return StatedNumbers(_numbers([title]), _numbers(texts))


def states_other_numbers(one: StatedNumbers, other: StatedNumbers) -> bool:
    """Whether a document states numbers that another, similar one does not: another year, other figures."""
    return one.title != other.title or len(one.text - other.text) > NEW_NUMBERS * len(one.text)


def _numbers(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(number for text in texts for number in _NUMBER.findall(fold(text)))
