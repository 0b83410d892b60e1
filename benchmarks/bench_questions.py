"""How long a whole search takes for natural questions, and again when its sentences are known.

    python benchmarks/bench_questions.py WORKSPACE [--questions FILE …] [--every 3]

Unlike bench_search.py, which times the ranking alone, this counts spelling, names of papers, searches inside them and
the choice of their best sentences. Each question is searched for twice. The second search finds the vectors of its
sentences in memory, so the difference is what they take. Prints wall and processor time, p50 / p95.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from ragft.benchmark.retrieval.natural import READ
from ragft.benchmark.retrieval.natural_questions import load_natural
from ragft.config import load_settings
from ragft.index.index import Index, open_index
from ragft.workspace import Workspace

LEFT_OUT = ("metadata", "follow_up")
"""Kinds that the catalogue answers, or that need an earlier question."""


def main() -> None:
    """Search and print a line for each round."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--questions", type=Path, nargs="+", default=[Path("data/natural/questions-b.jsonl")])
    parser.add_argument("--every", type=int, default=3, help="search for every so many of the questions")
    given = parser.parse_args()
    found = [one.question for file in given.questions for one in load_natural(file) if one.kind not in LEFT_OUT]
    asked = found[:: given.every]
    with open_index(Workspace(given.workspace), load_settings().index) as index:
        index.search("what is this about", READ)  # opens the encoder and maps the vectors
        rounds = [(timed(index, question), timed(index, question)) for question in asked]
    print(f"{len(asked)} questions")
    for name, times in zip(("first", "again"), np.array(rounds).transpose(1, 2, 0), strict=True):
        shown = [f"{np.percentile(each, 50):.0f} / {np.percentile(each, 95):.0f}" for each in times]
        print(f"{name}: {shown[0]} ms, processor time {shown[1]} ms, {np.mean(times[1]):.0f} on average")


def timed(index: Index, question: str) -> tuple[float, float]:
    """Milliseconds of wall time and of processor time that a search takes."""
    wall, processor = time.perf_counter(), time.process_time()
    index.search(question, READ)
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - processor)


if __name__ == "__main__":
    main()
