"""What sentences of the evidence could say of the benchmark's answers, and what the models took of them.

    python benchmarks/bench_sentences.py .ragft/runs/RUN/benchmark/rows.jsonl

reads the answers to the suite `objectives` and prints the completeness (share of a question's keywords) of

- the n sentences of each prompt that the ranking of `ask` likes best, none of which repeats the others,
- the first n sentences of the prompt, which need no choice,
- the same if the best source were the first, and each began with its best sentence,
- all of the prompt,
- what each arm wrote, with its sentences an answer, and where those that it copied stand in that ranking.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from statistics import mean
from typing import Any

from ragft.answer.checking.support import Supporter, coverage, sentences_in
from ragft.answer.prompts.policy import sentence_rank
from ragft.answer.written.citation_keys import strip_keys
from ragft.benchmark.base import BenchmarkQuestion
from ragft.benchmark.scoring.metrics import keyword_coverage
from ragft.index.index import open_index
from ragft.setting_sections import BenchmarkSettings, IndexSettings
from ragft.tasks.papers.suites.objectives import Objectives
from ragft.tasks.papers.suites.papers import Papers
from ragft.workspace import Workspace

KNOWN = 0.65
"""A sentence repeats others that have this share of its words."""
COPIED = 0.9
"""A sentence of an answer is a copy of one that has this share of its words."""
SIZES = (1, 2, 3, 4, 5)
LEAST_CHARACTERS = 20
"""Shorter pieces are headings and remains of tables."""


def split(text: str) -> list[str]:
    """The sentences of `text`, each once."""
    found = (one.strip() for one in sentences_in(text))
    return list(dict.fromkeys(one for one in found if len(one) >= LEAST_CHARACTERS))


def first(sentences: Iterable[str], most: int) -> list[str]:
    """The first `most` of `sentences` that do not repeat others."""
    taken: list[str] = []
    for one in sentences:
        if len(taken) < most and (not taken or coverage(one, " ".join(taken)) < KNOWN):
            taken.append(one)
    return taken


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", type=Path)
    rows = [json.loads(line) for line in parser.parse_args().rows.read_text(encoding="utf-8").splitlines()]
    asked = {q.question: q for q in Objectives().questions(BenchmarkSettings()) if q.keywords and q.answerable}
    fifteen = {q.question for q in Papers().questions(BenchmarkSettings())}
    answers: dict[str, dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for row in rows:
        answer = row["recorded"]["answer"]
        if row["suite"] == "objectives" and answer["question"] in asked:
            answers[answer["question"]][row["arm"]] = answer
    said: dict[str, list[tuple[bool, float]]] = defaultdict(list)
    copied: dict[str, list[tuple[int, list[int]]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as place, open_index(Workspace(Path(place)), IndexSettings()) as index:
        supporter = Supporter(index.embed)
        for text, arms in answers.items():
            found = _coverages(asked[text], arms, supporter, copied)
            for name, value in found.items():
                said[name].append((text in fifteen, value))
    if not said:
        print("no answers to the questions about the sample papers", file=sys.stderr)
        return 1
    print(f"| what ({len(answers)} questions) | completeness | of the 15 of `papers` |\n| --- | ---: | ---: |")
    for name, values in said.items():
        few = [value for is_one, value in values if is_one]
        print(f"| {name} | {mean(value for _, value in values):.1%} | {mean(few):.1%} |" if few else f"| {name} | – |")
    for arm, counts in copied.items():
        places = sorted(place for _, each in counts for place in each)
        half = places[len(places) // 2] if places else "–"
        total = sum(number for number, _ in counts)
        print(
            f"{arm}: {total / len(counts):.1f} sentences an answer, {len(places)} of {total} copied; median rank {half}"
        )
    return 0


def _coverages(
    question: BenchmarkQuestion,
    arms: Mapping[str, Mapping[str, Any]],
    supporter: Supporter,
    copied: dict[str, list[tuple[int, list[int]]]],
) -> dict[str, float]:
    """Completeness of each way to answer `question`; the arms' copied sentences are added to `copied`."""
    evidence = next(iter(arms.values()))["evidence"]
    sources = [split(item["excerpt"] or item["hit"]["text"]) for item in evidence]
    shown = list(dict.fromkeys(chain.from_iterable(sources)))
    rank = sentence_rank(question.question, supporter)
    worths: Sequence[float] = rank(shown) if rank else [-float(place) for place in range(len(shown))]
    best = [one for _, one in sorted(zip(worths, shown, strict=True), key=lambda pair: -pair[0])]
    orderly = sorted(
        (sorted(source, key=best.index) for source in sources if source), key=lambda one: best.index(one[0])
    )
    ways = {f"the {n} best by the ranking": " ".join(first(best, n)) for n in SIZES}
    ways |= {f"the first {n} of the prompt": " ".join(first(shown, n)) for n in SIZES}
    ways |= {f"the first {n}, the best before": " ".join(first(chain.from_iterable(orderly), n)) for n in SIZES}
    ways["the whole prompt"] = " ".join(shown)
    for arm, answer in sorted(arms.items()):
        written = strip_keys(answer["raw"])[0]
        ways[f"{arm}, as it wrote"] = written
        own = [one for one in split(written) if coverage(one, " ".join(shown)) > 0]
        nearest = [max(range(len(best)), key=lambda place, one=one: coverage(one, best[place])) for one in own]
        same = [place + 1 for one, place in zip(own, nearest, strict=True) if coverage(one, best[place]) >= COPIED]
        copied[arm].append((len(split(written)), same))
    return {name: keyword_coverage(text, question.keywords) for name, text in ways.items()}


if __name__ == "__main__":
    sys.exit(main())
