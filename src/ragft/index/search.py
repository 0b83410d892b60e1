"""One query: candidates from both sides, fused; chunks of one section collapsed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ragft.corpus.base import Chunk
from ragft.index.base import Hit, Mode
from ragft.index.catalogue import Catalogue
from ragft.index.fusion import convex, ranked, reciprocal_rank
from ragft.index.lexical import query_terms

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors
    from ragft.index.matrix import Matrix

DEPTH = 200
"""Candidates taken from each side."""


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
    matrix: Matrix | None,
    query: str,
    vector: Vectors | None,
    *,
    mode: Mode,
    fusion: Fusion,
    documents: Collection[str] | None = None,
    depth: int = DEPTH,
) -> Ranking:
    """The candidates of `query` in the order of `mode`; all but "lexical" need `matrix` and `vector`."""
    terms = query_terms(query)
    lexical: dict[int, float] = {}
    dense: dict[int, float] = {}
    if mode != "dense":
        lexical = dict(catalogue.match(terms, depth, documents=documents))
    if mode != "lexical" and matrix is not None and vector is not None:
        rows = catalogue.rows_of_documents(documents) if documents is not None else None
        dense = dict(matrix.top(vector, depth, rows=rows))
    if mode == "hybrid" and matrix is not None and vector is not None:
        scores = _fuse(catalogue, matrix, terms, vector, lexical, dense, fusion)
    else:
        scores = lexical if mode == "lexical" else dense
    found = catalogue.chunks_of_rows(scores)
    order = [row for row in ranked(scores) if row in found]
    ids = {row: found[row].id for row in order}
    return Ranking(
        [found[row] for row in order],
        {ids[row]: scores[row] for row in order},
        {ids[row]: score for row, score in lexical.items() if row in ids},
        {ids[row]: score for row, score in dense.items() if row in ids},
    )


def _fuse(
    catalogue: Catalogue,
    matrix: Matrix,
    terms: list[str],
    vector: Vectors,
    lexical: dict[int, float],
    dense: dict[int, float],
    fusion: Fusion,
) -> dict[int, float]:
    if fusion.method == "rrf":
        return reciprocal_rank(ranked(lexical), ranked(dense))
    # What only one side found is scored by the other too: a missing score would otherwise count as the worst one.
    unseen = sorted(lexical.keys() - dense.keys())
    dense.update(zip(unseen, (matrix.get(unseen) @ vector).tolist(), strict=True))
    lexical.update(catalogue.match_rows(terms, sorted(dense.keys() - lexical.keys())))
    return convex(lexical, dense, fusion.weight)


def collapse(chunks: Sequence[Chunk]) -> list[Chunk]:
    """The best chunk of every section first, the others after them, each group in the order given.

    Chunks are ordered best first. Where a document has no sections, a chunk is set back only if a neighbour of it
    stands before.
    """
    first: list[Chunk] = []
    later: list[Chunk] = []
    seen: set[tuple[str, str]] = set()
    places: set[tuple[str, int]] = set()
    for chunk in chunks:
        section = (chunk.document_id, chunk.section)
        neighbour = any((chunk.document_id, chunk.position + step) in places for step in (-1, 1))
        repeated = section in seen if chunk.section else neighbour
        (later if repeated else first).append(chunk)
        seen.add(section)
        if not repeated:
            places.add((chunk.document_id, chunk.position))
    return first + later


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
        )
        for position, chunk in enumerate(chunks, start=1)
    ]
