"""How much of an answer the first sentences of a prompt say, by what a prompt shows of a passage.

    python benchmarks/bench_excerpts.py demo.ragft --tokens 320 600

asks nothing of a model: it searches an index of the sample papers for the 76 questions with keywords that the papers
answer, makes their prompts, and prints the completeness (share of a question's keywords) of the first n sentences and
of the whole, with the mean number of sentences and the mean place of the one that the ranking of `ask` likes best.
`best` and `from_best` are the values of `answer.excerpts`. With `best source first` the passages are sorted by their
best sentences.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from statistics import mean

from bench_sentences import first, split

from ragft.answer.base import Evidence
from ragft.answer.checking.support import Supporter
from ragft.answer.prompts.budget import TokenCounter
from ragft.answer.prompts.excerpts import Rank, excerpts
from ragft.answer.prompts.policy import sentence_rank
from ragft.answer.prompts.prompt import assign_keys
from ragft.benchmark.base import BenchmarkQuestion
from ragft.benchmark.scoring.metrics import keyword_coverage
from ragft.engine.embedded.engine import EmbeddedEngine
from ragft.index.index import open_index
from ragft.setting_sections import BenchmarkSettings, IndexSettings
from ragft.tasks.papers.suites.citations import Citations
from ragft.tasks.papers.suites.objectives import Objectives
from ragft.tasks.papers.suites.papers import Papers
from ragft.workspace import Workspace

FIRST = (1, 2, 3, 4)
COUNTS = ("sentences", "place of the best")
"""Columns that are no shares."""
K = 8


def main() -> None:
    """Print a table for all questions, one for those of the suite `objectives`, and one for the 15 of `papers`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--tokens", type=int, nargs="+", default=[320])
    options = parser.parse_args()
    workspace, settings = Workspace(options.workspace), BenchmarkSettings()
    suites = {"objectives": Objectives().questions(settings), "papers": Papers().questions(settings)}
    asked = {one.id: one for one in chain(*suites.values(), Citations().questions(settings))}
    questions = [one for one in asked.values() if one.answerable and one.keywords]
    rows: dict[tuple[int, str], dict[str, dict[str, float]]] = defaultdict(dict)
    with open_index(workspace, IndexSettings()) as index:
        counter, supporter = TokenCounter(EmbeddedEngine(workspace), "smollm2"), Supporter(index.embed)
        for question in questions:
            evidence = assign_keys(index.search(question.question, K))
            rank = sentence_rank(question.question, supporter)
            for tokens in options.tokens:
                for name, shown in _ways(evidence, tokens, counter, rank):
                    rows[tokens, name][question.id] = _said(question, shown, rank)
    everywhere = {"all": questions, **suites}
    for suite, those in everywhere.items():
        _print(suite, {one.id for one in those}, rows)


def _ways(
    evidence: Sequence[Evidence], tokens: int, counter: TokenCounter, rank: Rank | None
) -> Iterable[tuple[str, list[list[str]]]]:
    """Each way's name and its passages, in sentences."""
    for way in ("best", "from_best"):
        found = excerpts(evidence, tokens, counter, rank, allow_instructions=False, from_best=way == "from_best")
        passages = [split(item.shown) for item in found]
        yield way, passages
        if rank is not None:
            yield f"{way}, best source first", sorted(passages, key=lambda one: -max(rank(one), default=0.0))


def _said(question: BenchmarkQuestion, passages: Sequence[Sequence[str]], rank: Rank | None) -> dict[str, float]:
    sentences = list(dict.fromkeys(chain.from_iterable(passages)))
    worths = list(rank(sentences)) if rank else [0.0] * len(sentences)
    values = {f"first {n}": keyword_coverage(" ".join(first(sentences, n)), question.keywords) for n in FIRST}
    values["whole"] = keyword_coverage(" ".join(sentences), question.keywords)
    return values | {"sentences": len(sentences), "place of the best": 1 + worths.index(max(worths))}


def _print(suite: str, ids: set[str], rows: dict[tuple[int, str], dict[str, dict[str, float]]]) -> None:
    for (tokens, name), values in rows.items():
        own = [value for question, value in values.items() if question in ids]
        columns = {column: mean(value[column] for value in own) for column in own[0]}
        if (tokens, name) == next(iter(rows)):
            print(f"\n| {suite}: {len(own)} questions | {' | '.join(columns)} |\n| --- |{' ---: |' * len(columns)}")
        cells = (f"{value:.1f}" if column in COUNTS else f"{value:.1%}" for column, value in columns.items())
        print(f"| {tokens} tokens, {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
