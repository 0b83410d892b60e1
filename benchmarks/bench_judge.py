"""How well the score of a cross-encoder tells right sentences of answers from wrong ones, beside words and meaning.

    python benchmarks/bench_judge.py WORKSPACE CROSS_ENCODER [--every 1]

A right sentence is one of data/natural/answers.jsonl, a wrong one is a sentence of wrong.jsonl that the right answer
does not have. Each is judged by the passages of its documents that hold the evidence: the best of their scores counts.
Prints the area under the curve (0.5 is chance) of both, and of their mean in standard deviations.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from bench_sentences import split
from question_files import NATURAL, all_questions, question_parser

from ragft.answer.checking.support import Supporter
from ragft.benchmark.retrieval.evidence import shows
from ragft.benchmark.retrieval.natural import ids_of
from ragft.config import load_settings
from ragft.index.encoders.cross_encoders import open_scorer
from ragft.index.index import Index, open_index
from ragft.index.search.closest import best_window
from ragft.workspace import Workspace

WINDOW = 200
"""Characters of a passage that the cross-encoder reads."""


def main() -> None:
    """Print the table."""
    parser = question_parser(__doc__)
    parser.add_argument("model")
    parser.add_argument("--every", type=int, default=1, help="every so many of the sentences")
    given = parser.parse_args()
    scorer = open_scorer(given.model)
    labels, read, known = [], [], []
    with open_index(Workspace(given.workspace), load_settings().index) as index:
        supporter = Supporter(index.embed, reads=index.reads)
        passages = evidence_of(index, given.questions)
        for question, sentence, right in list(sentences())[:: given.every]:
            if texts := passages.get(question):
                weights = index.weights(sentence)
                labels.append(right)
                read.append(max(scorer(sentence, [best_window(text, weights, WINDOW) for text in texts])))
                known.append(max(supporter.score(sentence, text) for text in texts))
    kinds = np.array(labels)
    scores = {"cross-encoder": np.array(read), "words and meaning": np.array(known)}
    scores["mean of both"] = sum((one - one.mean()) / one.std() for one in list(scores.values()))
    print(f"| judge ({kinds.sum()} right, {(~kinds).sum()} wrong sentences) | area |\n| --- | --- |")
    for name, values in scores.items():
        print(f"| {name} | {area(values[kinds], values[~kinds]):.3f} |")


def evidence_of(index: Index, files: list[Path]) -> dict[str, list[str]]:
    """For each question the passages that hold its evidence."""
    records = [record for record in index.documents() if record.chunks]
    found: dict[str, list[str]] = {}
    for question in all_questions(files):
        sources = [(source, ids_of(source, records)) for source in question.documents]
        found[question.id] = [
            chunk.text
            for source, ids in sources
            for document in ids
            for chunk in index.chunks(document)
            if shows(chunk.text, source.evidence)
        ]
    return found


def sentences() -> Iterator[tuple[str, str, bool]]:
    """The id of a question, a sentence, and whether it is right."""
    rows = {name: (NATURAL / f"{name}.jsonl").read_text("utf-8").splitlines() for name in ("answers", "wrong")}
    right = {row["id"]: row for row in map(json.loads, rows["answers"])}
    for row in right.values():
        yield from ((row["question"], one, True) for one in _split(row["answer"]))
    for row in map(json.loads, rows["wrong"]):
        of = right[row["of"]]
        yield from ((of["question"], one, False) for one in _split(row["answer"]) if one not in _split(of["answer"]))


def _split(answer: str) -> list[str]:
    return split(answer.replace(" [?]", ""))


def area(right: np.typing.NDArray[np.float64], wrong: np.typing.NDArray[np.float64]) -> float:
    """The chance that a right one has more than a wrong one."""
    more = right[:, None] - wrong[None, :]
    return float(((more > 0) + 0.5 * (more == 0)).mean())


if __name__ == "__main__":
    main()
