"""What a cross-encoder changes in the order of passages, by how many are read and how much its score counts.

    python benchmarks/bench_reranked.py WORKSPACE CROSS_ENCODER [--questions FILE …] [--every 2]
    python benchmarks/bench_reranked.py WORKSPACE CROSS_ENCODER --beir DIR --split train --every 4

The first counts natural questions with their evidence in the first 3 and 8 passages. The second takes the nDCG@10 of
the claims of a collection in BEIR form; WORKSPACE is the index that `ragft benchmark retrieval --beir DIR` has left in
the cache. `±` is the standard error of the difference to the order of the search, question by question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from question_files import all_questions, question_parser

from ragft.benchmark.retrieval.collection import ndcg, read_qrels
from ragft.benchmark.retrieval.natural import measure_retrieval
from ragft.benchmark.retrieval.natural_questions import NaturalQuestion
from ragft.config import load_settings
from ragft.index.base import Hit
from ragft.index.encoders import cross_encoders
from ragft.index.index import Index, open_index
from ragft.index.search.closest import best_window
from ragft.json_lines import read_lines
from ragft.workspace import Workspace

READ = 60
"""Passages that are searched for."""
Outcome = dict[str, list[float]]
"""A measure to its value for each question."""


@dataclass(frozen=True)
class Way:
    """How many passages are read, how much of each, and what the score counts."""

    depth: int
    characters: int
    tokens: int
    share: float


@dataclass(frozen=True)
class Reordered:
    """An index whose passages come in the order of a way; `read` gives the scores of those that are read."""

    index: Index
    found: Callable[[str], Sequence[Hit]]
    read: Callable[[str], Any]
    way: Way

    def with_share(self, share: float) -> Reordered:
        """The same with another share; nothing is read again."""
        return replace(self, way=replace(self.way, share=share))

    def search(self, query: str, k: int) -> list[Hit]:
        """The `k` best passages."""
        hits, way = list(self.found(query)), self.way
        head = hits[: way.depth]
        if way.share and len(head) > 1:
            mixed = (1 - way.share) * _standard([hit.score for hit in head]) + way.share * self.read(query)
            head = [head[place] for place in np.argsort(-mixed, kind="stable")]
        return [*head, *hits[way.depth :]][:k]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.index, name)


def reordered(index: Index, found: Callable[[str], Sequence[Hit]], model: str, way: Way) -> Reordered:
    """What `found` gives, read by the cross-encoder `model`; each query is read once."""
    scorer = scorer_of(model, way.tokens)

    def read(query: str) -> Any:
        weights = index.weights(query)
        head = found(query)[: way.depth]
        texts = [f"{hit.title}\n{best_window(hit.text, weights, way.characters)}" for hit in head]
        return _standard(scorer(query, texts))

    return Reordered(index, found, cache(read), way)


def scorer_of(model: str, tokens: int) -> cross_encoders.Scorer:
    """The cross-encoder, which reads so many tokens of a pair; those opened later read as many as before."""
    usual = cross_encoders.PAIR_TOKENS
    cross_encoders.PAIR_TOKENS = tokens
    try:
        return cross_encoders.open_scorer(model)
    finally:
        cross_encoders.PAIR_TOKENS = usual


def _standard(values: Sequence[float]) -> Any:
    array = np.array(values)
    return (array - array.mean()) / max(1e-9, float(array.std()))


def of_questions(questions: Sequence[NaturalQuestion], library: Any) -> Outcome:
    """Whether the evidence is in the first 3 and 8 passages."""
    placed = [one.evidence for one in measure_retrieval(questions, library).placed]
    ranks = [rank for rank in placed if rank is not None]
    return {f"evidence in {n}": [float(0 < rank <= n) for rank in ranks] for n in (3, 8)}


def of_claims(claims: dict[str, str], judged: dict[str, dict[str, int]], library: Any) -> Outcome:
    """The nDCG@10 of each claim."""
    values = []
    for name, claim in claims.items():
        grades = {hashlib.sha256(one.encode()).hexdigest()[:16]: grade for one, grade in judged[name].items()}
        found = list(dict.fromkeys(hit.document_id for hit in library.search(claim, READ)))
        values.append(ndcg(found, grades, 10))
    return {"nDCG@10": values}


def main() -> None:
    """Print a row for each way."""
    parser = question_parser(__doc__)
    parser.add_argument("model")
    parser.add_argument("--beir", type=Path)
    parser.add_argument("--split", default="train")
    parser.add_argument("--every", type=int, default=1, help="every so many of the questions or claims")
    parser.add_argument("--shares", type=float, nargs="+", default=[0.2, 0.4, 0.7, 1.0])
    parser.add_argument(
        "--reads", nargs="+", default=["24:400:128", "50:200:64"], help="passages:characters:tokens that are read"
    )
    given = parser.parse_args()
    measure: Callable[[Any], Outcome]
    if given.beir:
        judged = read_qrels(given.beir, given.split)
        rows = [row for _, row in read_lines(given.beir / "queries.jsonl")]
        claims = dict([(row["_id"], row["text"]) for row in rows if row["_id"] in judged][:: given.every])
        measure = lambda library: of_claims(claims, judged, library)  # noqa: E731
    else:
        asked = [one for one in all_questions(given.questions) if not one.follow_up_of][:: given.every]
        measure = lambda library: of_questions(asked, library)  # noqa: E731
    with open_index(Workspace(given.workspace), load_settings().index) as index:
        found = cache(lambda query: index.search(query, READ))
        first: Outcome = {}
        for read in given.reads:
            library = reordered(index, found, given.model, Way(*map(int, read.split(":")), share=0.0))
            for share in [0.0, *given.shares] if not first else given.shares:
                outcome = measure(library.with_share(share))
                first = first or outcome
                print(row_of(read, share, outcome, first), flush=True)


def row_of(read: str, share: float, outcome: Outcome, first: Outcome) -> str:
    """A row of the table."""
    cells = []
    for name, values in outcome.items():
        change = np.array(values) - np.array(first[name])
        error = change.std(ddof=1) / len(change) ** 0.5
        cells.append(f"{name} of {len(values)}: {np.mean(values):.3f} ({change.mean():+.3f} ± {error:.3f})")
    return f"| {read} | {share} | {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
