"""Answers of a model to natural questions, kept beside the reference answers, for a reader to judge.

    python benchmarks/ask_natural.py WORKSPACE --model qwen2.5:1.5b --keep answers.jsonl [--count 20] [--papers 6]

Of the papers that most questions concern, `--papers` are taken, and of their questions `--count`, in turn from each
paper in the order of the file. Follow-ups and questions to the catalogue are left out. The engine stays open, so that
the seconds are those of a question and not of the start. The same command resumes; answers of another model, engine or
workspace are not added to.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from question_files import NATURAL, all_questions, question_parser

import ragft
from ragft.benchmark.retrieval.natural_questions import NaturalQuestion

LEFT_OUT = ("metadata", "follow_up")


def chosen(questions: Sequence[NaturalQuestion], papers: int, count: int) -> list[NaturalQuestion]:
    """The questions of the papers with most of them, in turn from each."""
    by_paper: dict[str, list[NaturalQuestion]] = defaultdict(list)
    for question in questions:
        titles = {source.title for source in question.documents}
        if len(titles) == 1 and question.kind not in LEFT_OUT:
            by_paper[titles.pop()].append(question)
    most = sorted(by_paper.values(), key=len, reverse=True)[:papers]
    return [question for turn in zip_longest(*most) for question in turn if question is not None][:count]


def kept_rows(file: Path, source: dict[str, str]) -> dict[str, dict[str, Any]]:
    """The rows of `file` by question; exits if one is not from `source`."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    rows = {row["id"]: row for row in map(json.loads, lines)}
    if any(row.get("source") != source for row in rows.values()):
        sys.exit(f"{file} has answers from another model, engine or workspace; give another --keep")
    return rows


def main() -> None:
    """Ask, keep a line an answer, and print what came of them."""
    parser = question_parser(__doc__)
    parser.set_defaults(questions=[NATURAL / "questions-held-out.jsonl"])
    parser.add_argument("--model", required=True)
    parser.add_argument("--engine", default="embedded")
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--papers", type=int, default=6)
    parser.add_argument("--count", type=int, default=20)
    given = parser.parse_args()
    source = {"model": given.model, "engine": given.engine, "workspace": str(given.workspace.resolve())}
    rows = kept_rows(given.keep, source)
    with (
        ragft.open(given.workspace, engine={"name": given.engine}) as app,
        given.keep.open("a", encoding="utf-8") as file,
    ):
        for question in chosen(all_questions(given.questions), given.papers, given.count):
            if question.id in rows:
                continue
            start = time.perf_counter()
            answer = app.ask(question.question, model=given.model)
            rows[question.id] = {
                "id": question.id,
                "source": source,
                "question": question.question,
                "reference": question.answer,
                "answer": answer.answer,
                "reason": answer.reason,
                "raw": answer.raw,
                "sentences": [[one.text, one.verdict, one.keys] for one in answer.sentences],
                "quotes": [[one.title, one.pages, one.quote] for one in answer.citations],
                "seconds": round(time.perf_counter() - start, 1),
            }
            file.write(json.dumps(rows[question.id], ensure_ascii=False) + "\n")
            file.flush()
    refused = sum(row["reason"] is not None for row in rows.values())
    print(f"{len(rows)} asked, {refused} refused, {statistics.median(row['seconds'] for row in rows.values()):.0f} s")


if __name__ == "__main__":
    main()
