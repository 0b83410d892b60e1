"""Reorders the best passages by a cross-encoder, where `index.rerank` names one.

A small cross-encoder knows less of a special subject than words and vectors together do, so its scores do not replace
those of the search: both are standardised and added (docs/experiments/retrieval.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ragft.index.encoders.cross_encoders import Scorer, open_scorer
from ragft.index.search.closest import best_window, reordered
from ragft.index.search.hybrid import Ranking

DEPTH = 24
"""Passages that are read; a cross-encoder of MiniLM's size takes 11 to 13 ms for each on one core."""
SHARE = 0.4
"""The share of the cross-encoder in the sum."""
_WINDOW = 400
"""Characters of a passage that are read: its best sentences. Whole passages would take more than twice as long."""


class Reranker:
    """Puts the best passages of a ranking into an order that also counts a model's scores."""

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer

    def rerank(self, query: str, ranking: Ranking, weights: Mapping[str, float]) -> Ranking:
        """`ranking` with its first `DEPTH` passages reordered; `weights` say how much each stem of the query tells."""
        head = ranking.chunks[:DEPTH]
        if len(head) < 2:
            return ranking
        windows = [f"{chunk.title}\n{best_window(chunk.text, weights, _WINDOW)}" for chunk in head]
        read = _standardised(self._scorer(query, windows))
        found = _standardised([ranking.scores[chunk.id] for chunk in head])
        return reordered(ranking, [SHARE * one + (1 - SHARE) * other for one, other in zip(read, found, strict=True)])


def open_reranker(name: str) -> Reranker:
    """A reranker with the cross-encoder `name`: a folder, or a hub name that lies in the Hugging Face cache.

    Raises:
        NotFoundError: there is none on this machine.
        InputError: it gives more than one score a pair, or cannot be read.
    """
    return Reranker(open_scorer(name))


def _standardised(values: Sequence[float]) -> list[float]:
    """`values` with mean 0 and deviation 1; zeros where they are equal."""
    import numpy as np

    array = np.array(values, np.float64)
    deviation = float(array.std())
    return [0.0] * len(values) if deviation < 1e-12 else [float(v) for v in (array - array.mean()) / deviation]
