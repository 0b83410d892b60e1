"""Ways to make one ranking of a lexical and a dense one.

All take and give scores by row of the catalogue; higher is better. Ties are broken by the row, so that a ranking is
the same on every run.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

from ragft.index.vectors.base import Scale

RRF_K = 60
"""Cormack, Clarke, Büttcher (SIGIR 2009) found results hardly depend on it and used 60."""


def fuse_reciprocal_ranks(*rankings: Sequence[int]) -> dict[int, float]:
    """Sum over rankings of 1 / (60 + rank), ranks from 1."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, row in enumerate(ranking, start=1):
            scores[row] = scores.get(row, 0.0) + 1.0 / (RRF_K + rank)
    return scores


def scale_of(values: Collection[float], least: float = 1e-6) -> Scale:
    """The scale of `values`; `least` bounds the spread from below."""
    if not values:
        return Scale(0.0, least)
    mean = math.fsum(values) / len(values)
    variance = math.fsum((value - mean) ** 2 for value in values) / len(values)
    return Scale(mean, max(math.sqrt(variance), least))


def convex(
    lexical: Mapping[int, float], dense: Mapping[int, float], weight: float, *, scales: tuple[Scale, Scale]
) -> dict[int, float]:
    """(1 − weight) · lexical + weight · dense, each in standard deviations from the mean of its scale.

    Both sides give a score for every candidate. See Bruch, Gai, Ingber, "An Analysis of Fusion Functions for Hybrid
    Retrieval" (TOIS 2023); docs/experiments/retrieval.md compares ways of scaling.
    """
    left, right = scales
    return {
        row: (1 - weight) * (score - left.mean) / left.spread + weight * (dense[row] - right.mean) / right.spread
        for row, score in lexical.items()
    }


def ranked(scores: Mapping[int, float]) -> list[int]:
    """Rows by score, best first; equal scores by row."""
    return sorted(scores, key=lambda row: (-scores[row], row))
