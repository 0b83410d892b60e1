"""One query: candidates from both sides, fused."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from ragft.corpus.base import Chunk
from ragft.index.base import Hit, Mode, Wanted, hit_of
from ragft.index.catalogue.catalogue import Catalogue
from ragft.index.catalogue.lexical import ranking_terms
from ragft.index.catalogue.word_search import LARGE
from ragft.index.search.fusion import convex, fuse_reciprocal_ranks, ranked, scale_of

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors
    from ragft.index.vectors.base import Scores, VectorSearch

DEPTH = 200
"""Candidates taken from each side."""

LEAST_SPREAD = 0.4
"""Of BM25 scores, in units of ln(chunks), which is what the rarest word weighs. Where the query's words are common or
missing, scores lie close together; to blow them up to a full standard deviation would let noise outvote the dense side.
"""

WITHIN = 0.3
"""The dense share inside one document, whose chunks have similar meanings; see docs/experiments/retrieval.md."""


@dataclass(frozen=True)
class Fusion:
    """How the two sides are put together: "convex" with the dense share `weight`, or "rrf"."""

    method: str
    weight: float


@dataclass(frozen=True)
class Ranking:
    """Candidates, best first, with fused scores and raw parts by chunk id.

    `wanted` has the documents that the question names and asks for as such, by their ids; see `Hit.wanted`.
    """

    chunks: Sequence[Chunk]
    scores: Mapping[str, float]
    lexical: Mapping[str, float] = field(default_factory=dict)
    dense: Mapping[str, float] = field(default_factory=dict)
    wanted: Mapping[str, Wanted] = field(default_factory=dict)


@dataclass(frozen=True)
class DenseSide:
    """The search by meaning, for one query.

    `encode` gives the vector of the query. In a large collection it is called on another thread, so that the words are
    looked for meanwhile.
    """

    vectors: VectorSearch
    encode: Callable[[], Vectors]

    def scores(self, among: Sequence[int] | None) -> Scores:
        """The similarity of all chunks to the query, or of those in the rows `among`."""
        return self.vectors.scores(self.encode(), among)


def rank(
    catalogue: Catalogue,
    query: str,
    dense_side: DenseSide | None,
    *,
    mode: Mode,
    fusion: Fusion,
    documents: Collection[str] | None = None,
    most: int | None = None,
) -> Ranking:
    """The candidates of `query` in the order of `mode`; all modes but "lexical" need a `dense_side`.

    With `most`, only about so many of the best are read from the catalogue and returned.
    """
    terms = ranking_terms(query)
    lexical: dict[int, float] = {}
    dense: dict[int, float] = {}
    if mode == "lexical" or dense_side is None:
        scores = lexical = catalogue.match(terms, DEPTH, documents=documents)
    else:
        among = catalogue.rows_of_documents(documents) if documents is not None else None
        if mode == "dense":
            scores = dense = dense_side.scores(among).top(DEPTH)
        elif fusion.method == "rrf":
            dense = dense_side.scores(among).top(DEPTH)
            lexical = catalogue.match(terms, DEPTH, documents=documents)
            scores = fuse_reciprocal_ranks(list(lexical), list(dense))
        else:
            # What only one side found is scored by the other too: to count it as that side's worst costs 0.008 nDCG.
            lexical, dense, similar = _both(catalogue, partial(_nearest, dense_side, among), terms, documents)
            dense = dense | similar.of(sorted(lexical.keys() - dense.keys()))
            candidates = lexical.keys() | dense.keys()
            left = {row: lexical.get(row, 0.0) for row in candidates}
            right = {row: dense.get(row, 0.0) for row in candidates}
            scales = scale_of(left.values(), LEAST_SPREAD * math.log(max(catalogue.size(), 1) + 1)), similar.scale()
            scores = convex(left, right, fusion.weight, scales=scales)
    found = _best_chunks(catalogue, ranked(scores), most)
    return Ranking(
        list(found.values()),
        {chunk.id: scores[row] for row, chunk in found.items()},
        {chunk.id: lexical[row] for row, chunk in found.items() if row in lexical},
        {chunk.id: dense[row] for row, chunk in found.items() if row in dense},
    )


def _nearest(dense_side: DenseSide, among: Sequence[int] | None) -> tuple[dict[int, float], Scores]:
    """The best chunks by meaning, and what scores others."""
    similar = dense_side.scores(among)
    return similar.top(DEPTH), similar


def _both(
    catalogue: Catalogue,
    nearest: Callable[[], tuple[dict[int, float], Scores]],
    terms: list[str],
    documents: Collection[str] | None,
) -> tuple[dict[int, float], dict[int, float], Scores]:
    """The best chunks by words, with scores also for those best by meaning; and what `nearest` gives."""
    if catalogue.size() < LARGE:  # a thread would take longer to start than it saves
        dense, similar = nearest()
        return catalogue.match(terms, DEPTH, documents=documents, also=dense.keys), dense, similar
    with ThreadPoolExecutor(1, "dense") as beside:
        found = beside.submit(nearest)

        def closest() -> Collection[int]:
            return found.result()[0].keys()

        lexical = catalogue.match(terms, DEPTH, documents=documents, also=closest)
    return lexical, *found.result()


def _best_chunks(catalogue: Catalogue, rows: Sequence[int], most: int | None) -> dict[int, Chunk]:
    """The chunks of `rows` in their order: all, or the first `most` or a few more. Rows that are gone are left out."""
    step = max(1, len(rows) if most is None else most)
    best: dict[int, Chunk] = {}
    for start in range(0, len(rows), step):
        batch = rows[start : start + step]
        found = catalogue.chunks_of_rows(batch)
        best |= {row: found[row] for row in batch if row in found}
        if len(best) >= step:
            break
    return best


def to_hits(chunks: Sequence[Chunk], ranking: Ranking, titles: Mapping[str, str]) -> list[Hit]:
    """Hits for `chunks` in the order given; a chunk's own title may be cut short, that of its document is whole."""
    return [
        replace(
            hit_of(chunk, rank, ranking.scores[chunk.id]),
            title=titles.get(chunk.document_id, chunk.title),
            lexical=ranking.lexical.get(chunk.id),
            dense=ranking.dense.get(chunk.id),
            wanted=ranking.wanted.get(chunk.document_id, ""),
        )
        for rank, chunk in enumerate(chunks, start=1)
    ]
