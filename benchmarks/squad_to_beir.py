"""Writes the paragraphs and questions of a SQuAD 2.0 file as a folder in BEIR form.

    python benchmarks/squad_to_beir.py ../shared/data/squad2/dev-half.json squad --questions 300
    python benchmarks/bench_retrieval.py squad

A paragraph is a document, titled as its article; the one that a question was asked of is the relevant one. Questions
that the paragraph does not answer are left out. Of the others, as many as are wanted are taken at even distances.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from smart_to_beir import write


def main() -> None:
    """Read the file and write the folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("squad", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--questions", type=int, default=300)
    given = parser.parse_args()
    corpus, asked = rows_of(json.loads(given.squad.read_text(encoding="utf-8")))
    chosen = evenly(asked, given.questions)
    (given.folder / "qrels").mkdir(parents=True, exist_ok=True)
    write(given.folder / "corpus.jsonl", corpus)
    write(given.folder / "queries.jsonl", [{"_id": name, "text": text} for name, text, _ in chosen])
    lines = ["query-id\tcorpus-id\tscore", *(f"{name}\t{paragraph}\t1" for name, _, paragraph in chosen)]
    (given.folder / "qrels" / "test.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{given.folder}: {len(corpus)} paragraphs, {len(chosen)} of {len(asked)} questions")


def rows_of(squad: Mapping[str, Any]) -> tuple[list[dict[str, str]], list[tuple[str, str, str]]]:
    """The paragraphs as documents, and (id, question, id of its paragraph) of every question that has an answer."""
    corpus: list[dict[str, str]] = []
    asked: list[tuple[str, str, str]] = []
    for article in squad["data"]:
        title = str(article["title"]).replace("_", " ")
        for paragraph in article["paragraphs"]:
            name = f"p{len(corpus)}"
            corpus.append({"_id": name, "title": title, "text": str(paragraph["context"])})
            asked += [(str(qa["id"]), str(qa["question"]), name) for qa in paragraph["qas"] if not qa["is_impossible"]]
    return corpus, asked


def evenly(asked: Sequence[tuple[str, str, str]], count: int) -> list[tuple[str, str, str]]:
    """`count` of `asked`, at even distances; all where there are no more."""
    count = min(count, len(asked))
    return [asked[place * len(asked) // count] for place in range(count)]


if __name__ == "__main__":
    main()
