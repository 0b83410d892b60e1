"""One query: candidates from both sides, fused, chunks of one section collapsed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from ragft.corpus.base import Chunk
from ragft.index.base import Hit, Mode
from ragft.index.catalogue import Catalogue
from ragft.index.fusion import convex, ranked, reciprocal_rank
from ragft.index.lexical import query_terms

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors

DEPTH = 200
"""Candidates taken from each side."""


class DenseSide(Protocol):
    """What finds chunks by vector: the matrix, or a Chroma server."""

    def top(self, query: Vectors, k: int, *, rows: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """The nearest rows with their cosine, best first."""
        ...


@dataclass(frozen=True)
class Fusion:
    """How the two sides are put together: "convex" with the dense share `weight`, or "rrf"."""

    method: str
    weight: float


@dataclass
class Ranking:
    """Rows, best first, with their fused scores and the raw parts."""

    rows: list[int]
    scores: dict[int, float]
    lexical: dict[int, float] = field(default_factory=dict)
    dense: dict[int, float] = field(default_factory=dict)


def rank(
    catalogue: Catalogue,
    side: DenseSide | None,
    query: str,
    vector: Vectors | None,
    *,
    mode: Mode,
    fusion: Fusion,
    documents: Collection[str] | None = None,
    depth: int = DEPTH,
) -> Ranking:
    """The candidates of `query` in the order of `mode`; `vector` and `side` are needed for all but "lexical"."""
    lexical: dict[int, float] = {}
    dense: dict[int, float] = {}
    if mode != "dense":
        lexical = dict(catalogue.match(query_terms(query), depth, documents=documents))
    if mode != "lexical" and side is not None and vector is not None:
        rows = catalogue.rows_of_documents(documents) if documents is not None else None
        dense = dict(side.top(vector, depth, rows=rows))
    if mode == "lexical":
        scores = lexical
    elif mode == "dense":
        scores = dense
    elif fusion.method == "rrf":
        scores = reciprocal_rank(ranked(lexical), ranked(dense))
    else:
        scores = convex(lexical, dense, fusion.weight)
    return Ranking(ranked(scores), scores, lexical, dense)


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


def to_hits(ranking: Ranking, chunks: Sequence[tuple[int, Chunk]]) -> list[Hit]:
    """Hits for `chunks` (row, chunk) in the order given."""
    return [
        Hit(
            rank=position,
            score=ranking.scores[row],
            chunk_id=chunk.id,
            document_id=chunk.document_id,
            title=chunk.title,
            pages=chunk.pages,
            section=chunk.section,
            text=chunk.text,
            lexical=ranking.lexical.get(row),
            dense=ranking.dense.get(row),
        )
        for position, (row, chunk) in enumerate(chunks, start=1)
    ]
