"""How long a whole search takes for natural questions, and again when its sentences are known.

    python benchmarks/bench_questions.py WORKSPACE [--questions FILE …] [--every 3]

Unlike bench_search.py, which times the ranking alone, this counts spelling, names of papers, searches inside them and
the choice of their best sentences. Each question is searched for twice. The second search finds the vectors of its
sentences in memory, so the difference is what they take. Prints wall and processor time, p50 / p95.
"""

from __future__ import annotations

import time

import numpy as np
from question_files import NATURAL, all_questions, question_parser

from ragft.benchmark.retrieval.natural import READ
from ragft.config import load_settings
from ragft.index.index import Index, open_index
from ragft.workspace import Workspace

LEFT_OUT = ("metadata", "follow_up")
"""Kinds that the catalogue answers, or that need an earlier question."""


def main() -> None:
    """Search and print a line for each round."""
    parser = question_parser(__doc__)
    parser.set_defaults(questions=[NATURAL / "questions-b.jsonl"])
    parser.add_argument("--every", type=int, default=3, help="search for every so many of the questions")
    given = parser.parse_args()
    found = [one.question for one in all_questions(given.questions) if one.kind not in LEFT_OUT]
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
