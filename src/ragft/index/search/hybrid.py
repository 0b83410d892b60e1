"""One query: candidates from both sides, fused."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ragft.corpus.base import Chunk
from ragft.index.base import Hit, Mode
from ragft.index.catalogue.catalogue import Catalogue
from ragft.index.catalogue.lexical import ranking_terms
from ragft.index.search.fusion import convex, fuse_reciprocal_ranks, ranked, scale_of

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors
    from ragft.index.vectors.base import VectorSearch

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
    """Candidates, best first, with fused scores and raw parts by chunk id."""

    chunks: Sequence[Chunk]
    scores: Mapping[str, float]
    lexical: Mapping[str, float] = field(default_factory=dict)
    dense: Mapping[str, float] = field(default_factory=dict)


def rank(
    catalogue: Catalogue,
    vectors: VectorSearch | None,
    query: str,
    vector: Vectors | None,
    *,
    mode: Mode,
    fusion: Fusion,
    documents: Collection[str] | None = None,
    depth: int = DEPTH,
) -> Ranking:
    """The candidates of `query` in the order of `mode`; all but "lexical" need `vectors` and `vector`."""
    terms = ranking_terms(query)
    lexical: dict[int, float] = {}
    dense: dict[int, float] = {}
    if mode == "lexical" or vectors is None or vector is None:
        scores = lexical = catalogue.match(terms, depth, documents=documents)
    else:
        among = catalogue.rows_of_documents(documents) if documents is not None else None
        similar = vectors.scores(vector, among)
        if mode == "dense":
            scores = dense = similar.top(depth)
        elif fusion.method == "rrf":
            dense = similar.top(depth)
            lexical = catalogue.match(terms, depth, documents=documents)
            scores = fuse_reciprocal_ranks(list(lexical), list(dense))
        else:
            # What only one side found is scored by the other too: to count it as that side's worst costs 0.008 nDCG.
            with ThreadPoolExecutor(1, "dense") as beside:
                nearest = beside.submit(similar.top, depth)
                lexical = catalogue.match(terms, depth, documents=documents, also=lambda: nearest.result().keys())
            dense = nearest.result()
            dense = dense | similar.of(sorted(lexical.keys() - dense.keys()))
            candidates = lexical.keys() | dense.keys()
            left = {row: lexical.get(row, 0.0) for row in candidates}
            right = {row: dense.get(row, 0.0) for row in candidates}
            scales = scale_of(left.values(), LEAST_SPREAD * math.log(max(catalogue.size(), 1) + 1)), similar.scale()
            scores = convex(left, right, fusion.weight, scales=scales)
    found = catalogue.chunks_of_rows(scores)
    order = [row for row in ranked(scores) if row in found]
    ids = {row: found[row].id for row in order}
    return Ranking(
        [found[row] for row in order],
        {ids[row]: scores[row] for row in order},
        {ids[row]: score for row, score in lexical.items() if row in ids},
        {ids[row]: score for row, score in dense.items() if row in ids},
    )


def to_hits(chunks: Sequence[Chunk], ranking: Ranking, titles: Mapping[str, str]) -> list[Hit]:
    """Hits for `chunks` in the order given; a chunk's own title may be cut short, that of its document is whole."""
    return [
        Hit(
            rank=position,
            score=ranking.scores[chunk.id],
            chunk_id=chunk.id,
            document_id=chunk.document_id,
            title=titles.get(chunk.document_id, chunk.title),
            pages=chunk.pages,
            section=chunk.section,
            text=chunk.text,
            lexical=ranking.lexical.get(chunk.id),
            dense=ranking.dense.get(chunk.id),
            page_starts=chunk.page_starts,
        )
        for position, chunk in enumerate(chunks, start=1)
    ]
