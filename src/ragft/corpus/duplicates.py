"""Whether two documents are the same paper in other bytes: MinHash over word shingles.

A fingerprint estimates the Jaccard similarity of the sets of five-word shingles of two texts (Broder 1997), by one
permutation hashing (Li, Owen and Zhang 2012): a text has far more shingles than the sketch has bins.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from ragft.corpus.base import Document
from ragft.corpus.text import tokens_for_matching

SAME_PAPER = 0.7
"""Similarity from which on two documents count as the same paper."""

BINS = 256
"""Values of a fingerprint; the standard error of an estimate s is sqrt(s (1 - s) / BINS), at most 0.031."""
_WORDS = 5
_EMPTY = 0xFFFFFFFF

Fingerprint = tuple[int, ...]


def fingerprint(document: Document) -> Fingerprint:
    """The smallest hash of a five-word shingle of the text in each of `BINS` bins; 32-bit, stable across machines."""
    return fingerprint_of(block.text for block in document.blocks)


def fingerprint_of(texts: Iterable[str]) -> Fingerprint:
    """`fingerprint` of the texts joined."""
    words = [word for text in texts for word in tokens_for_matching(text)]
    smallest = [_EMPTY] * BINS
    for start in range(max(1, len(words) - _WORDS + 1) if words else 0):
        shingle = " ".join(words[start : start + _WORDS]).encode()
        value = int.from_bytes(hashlib.blake2b(shingle, digest_size=5).digest())
        bin_, rank = value & (BINS - 1), value >> 8
        smallest[bin_] = min(smallest[bin_], rank)
    return tuple(smallest)


def similarity(one: Fingerprint, other: Fingerprint) -> float:
    """Estimated Jaccard similarity of two texts, from 0 to 1; 0 where either is empty."""
    used = equal = 0
    for a, b in zip(one, other, strict=True):
        if a == _EMPTY and b == _EMPTY:
            continue
        used += 1
        equal += a == b
    return equal / used if used else 0.0
