"""Ways to make one ranking of a lexical and a dense one.

All take and give scores by row of the catalogue; higher is better. Ties are broken by the row, so that a ranking is
the same on every run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

RRF_K = 60
"""Cormack, Clarke, Büttcher (SIGIR 2009) found results hardly depend on it and used 60."""


def reciprocal_rank(*rankings: Sequence[int]) -> dict[int, float]:
    """Sum over rankings of 1 / (60 + rank), ranks from 1."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, row in enumerate(ranking, start=1):
            scores[row] = scores.get(row, 0.0) + 1.0 / (RRF_K + rank)
    return scores


def convex(lexical: Mapping[int, float], dense: Mapping[int, float], weight: float) -> dict[int, float]:
    """(1 − weight) · lexical + weight · dense, both scaled to [0, 1]; a row that a side lacks counts 0 there.

    Bruch, Gai, Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval" (TOIS 2023).
    """
    left, right = scaled(lexical), scaled(dense)
    return {row: (1 - weight) * left.get(row, 0.0) + weight * right.get(row, 0.0) for row in {**left, **right}}


def scaled(scores: Mapping[int, float]) -> dict[int, float]:
    """Min-max: the worst score becomes 0, the best 1; where all are equal, 1."""
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    if high <= low:
        return dict.fromkeys(scores, 1.0)
    return {row: (score - low) / (high - low) for row, score in scores.items()}


def ranked(scores: Mapping[int, float]) -> list[int]:
    """Rows by score, best first; equal scores by row."""
    return sorted(scores, key=lambda row: (-scores[row], row))
