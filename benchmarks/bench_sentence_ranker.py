"""How much of the evidence that search found stays in the prompt if a cross-encoder ranks its sentences.

    python benchmarks/bench_sentence_ranker.py WORKSPACE CROSS_ENCODER [--questions FILE …] [--tokens 300]

Prints for each way the share of questions whose evidence is in the prompt, of those that have it in the first 8
passages, the difference to the ranking of `ask`, and the standard error of that. Scores of the cross-encoder are
brought to mean and deviation of the cosines of the question's sentences; a share of 0.5 is the mean of both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
from question_files import all_questions, question_parser

from ragft.answer.checking.support import Supporter
from ragft.answer.prompts import builder, policy
from ragft.answer.prompts.excerpts import Rank
from ragft.benchmark.retrieval.natural import measure_retrieval, prompt_fitter
from ragft.config import load_settings
from ragft.engine.embedded.engine import EmbeddedEngine
from ragft.index.encoders.cross_encoders import open_scorer
from ragft.index.index import Index, open_index
from ragft.workspace import Workspace

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
Score = Callable[[str, str], float]
Ranker = Callable[[str, Supporter], Rank | None]


class RememberedSearch:
    """An index that searches once for each question."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.search = cache(index.search)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)


class Mixed(Supporter):
    """Cosines, those of `others`, of which `share` comes from a cross-encoder."""

    def __init__(self, others: Supporter, score: Score, share: float) -> None:
        super().__init__()
        self._others, self._score, self._share = others, score, share

    def cosines(self, query: str, sentences: Sequence[str]) -> list[float]:
        """(1 - share) × cosine + share × score on the same scale."""
        near = np.array(self._others.cosines(query, sentences) or [0.0] * len(sentences))
        if not self._share or len(sentences) < 2:
            return near.tolist()
        read = np.array([self._score(query, one) for one in sentences])
        read = (read - read.mean()) / max(1e-9, float(read.std()))
        return ((1 - self._share) * near + self._share * (near.mean() + near.std() * read)).tolist()


def by_mixture(score: Score, share: float) -> Ranker:
    """The ranking of `ask` with the mixture in place of the cosine."""
    return lambda query, supporter: policy.sentence_rank(query, Mixed(supporter, score, share))


def by_score(score: Score) -> Ranker:
    """The score alone, on the scale of the cosines, without words and kinds."""

    def ranker(query: str, supporter: Supporter) -> Rank | None:
        if policy.sentence_rank(query, supporter) is None:
            return None
        return lambda sentences: Mixed(supporter, score, 1.0).cosines(query, sentences)

    return ranker


@contextmanager
def ranked_by(ranker: Ranker) -> Iterator[None]:
    """Prompts are made by `ranker` meanwhile."""
    before, builder.sentence_rank = builder.sentence_rank, ranker
    try:
        yield
    finally:
        builder.sentence_rank = before


def main() -> None:
    """Print the table."""
    parser = question_parser(__doc__)
    parser.add_argument("model")
    parser.add_argument("--tokens", type=int, default=300)
    parser.add_argument("--every", type=int, default=1, help="every so many of the questions")
    given = parser.parse_args()
    scorer = open_scorer(given.model)
    score: Score = cache(lambda query, sentence: scorer(query, [sentence])[0])
    ways = {f"share {share}": by_mixture(score, share) for share in SHARES} | {"the score alone": by_score(score)}
    workspace, settings = Workspace(given.workspace), load_settings()
    answer = settings.answer.model_copy(
        update={"evidence_tokens": given.tokens, "capable_evidence_tokens": given.tokens}
    )  # fmt: skip
    questions = all_questions(given.questions)
    asked = [one for one in questions if not one.follow_up_of][:: given.every]
    first: list[float] = []
    print("| ranking of the sentences | in the prompt | difference |\n| --- | --- | --- |")
    with open_index(workspace, settings.index) as index:
        library: Any = RememberedSearch(index)
        fit = prompt_fitter(EmbeddedEngine(workspace), "smollm2", library, answer)
        for name, ranker in ways.items():
            with ranked_by(ranker):
                placed = measure_retrieval(asked, library, fit=fit).placed
            shown = [float(one.in_prompt) for one in placed if one.in_prompt is not None]
            first = first or shown
            change = np.array(shown) - np.array(first)
            error = change.std(ddof=1) / len(change) ** 0.5
            print(
                f"| {name} ({len(shown)} questions) | {np.mean(shown):.3f} | {change.mean():+.3f} ± {error:.3f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
