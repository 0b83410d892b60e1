"""How well a trained judge tells right sentences of answers from wrong ones, beside words, meaning and the doubts.

    python benchmarks/bench_judge.py WORKSPACE MODEL [--every 1] [--held-out]

MODEL is a folder for `answer.nli_model`: a verifier or a cross-encoder. A right sentence is one of
data/natural/answers.jsonl, a wrong one is a sentence of wrong.jsonl that the right answer does not have. Each is judged
by the passages of its documents that hold the evidence: the best of their scores counts. Prints the area under the
curve (0.5 is chance) of each judge, and of a logistic regression over all of them (cross-fitted by question).
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from bench_sentences import split
from question_files import NATURAL, all_questions, question_parser
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

from ragft.answer.checking.doubts import doubts
from ragft.answer.checking.nli import open_nli
from ragft.answer.checking.support import Supporter
from ragft.benchmark.retrieval.evidence import shows
from ragft.benchmark.retrieval.natural import ids_of
from ragft.config import load_settings
from ragft.index.base import Hit, hit_of
from ragft.index.index import Index, open_index
from ragft.index.search.closest import best_window
from ragft.workspace import Workspace

WINDOW = 300
"""Characters of a passage that the judge reads."""
DOUBTED = 0.5
"""What a sentence with a doubt keeps of its score."""
FOLDS = 5


def main() -> None:
    """Print the table."""
    parser = question_parser(__doc__)
    parser.add_argument("model")
    parser.add_argument("--every", type=int, default=1, help="every so many of the sentences")
    parser.add_argument("--held-out", action="store_true", help="the answers that no rule was written in view of")
    given = parser.parse_args()
    entail = open_nli(given.model)
    files = [NATURAL / "questions-held-out.jsonl"] if given.held_out else given.questions
    rows, groups, seconds = [], [], 0.0
    with open_index(Workspace(given.workspace), load_settings().index) as index:
        supporter = Supporter(index.embed, reads=index.reads)
        passages = evidence_of(index, files)
        for question, sentence, right in list(sentences("-held-out" if given.held_out else ""))[:: given.every]:
            if hits := passages.get(question):
                weights = index.weights(sentence)
                begin = time.perf_counter()
                read = max(entail(sentence, [best_window(hit.text, weights, WINDOW) for hit in hits]))
                seconds += time.perf_counter() - begin
                known = max(supporter.score(sentence, hit.text) for hit in hits)
                doubted = bool(doubts(sentence, hits, hits))
                rows.append((right, known, known * (DOUBTED if doubted else 1), read, doubted))
                groups.append(question)
    print_table(np.array(rows, dtype=float), groups)
    print(f"\n{1000 * seconds / len(rows):.0f} ms of the model a sentence")


def print_table(rows: np.typing.NDArray[np.float64], groups: list[str]) -> None:
    """The area of each judge, and of all together."""
    right = rows[:, 0] > 0
    scores = dict(zip(("words and meaning", "the same with the doubts", "the model"), rows.T[1:4], strict=True))
    folds = GroupKFold(FOLDS)
    scores["all of these"] = cross_val_predict(
        LogisticRegression(), rows[:, 1:], right, groups=groups, cv=folds, method="predict_proba"
    )[:, 1]
    kept = rows[:, 2] >= THRESHOLD
    print(f"| judge | {right.sum()} right, {(~right).sum()} wrong | those of them that the check lets pass |")
    print("| --- | --- | --- |")
    for name, values in scores.items():
        shown = [area(values[right & those], values[~right & those]) for those in (kept | True, kept)]
        print(f"| {name} | {shown[0]:.3f} | {shown[1]:.3f} |")
    print(f"\n{(right & kept).sum()} right and {(~right & kept).sum()} wrong ones pass")


THRESHOLD = 0.6
"""Of the score from which a sentence counts as supported."""


def evidence_of(index: Index, files: list[Path]) -> dict[str, list[Hit]]:
    """For each question the passages that hold its evidence."""
    records = [record for record in index.documents() if record.chunks]
    found: dict[str, list[Hit]] = {}
    for question in all_questions(files):
        sources = [(source, ids_of(source, records)) for source in question.documents]
        found[question.id] = [
            hit_of(chunk, 1)
            for source, ids in sources
            for document in ids
            for chunk in index.chunks(document)
            if shows(chunk.text, source.evidence)
        ]
    return found


def sentences(which: str) -> Iterator[tuple[str, str, bool]]:
    """The id of a question, a sentence, and whether it is right."""
    rows = {name: (NATURAL / f"{name}{which}.jsonl").read_text("utf-8").splitlines() for name in ("answers", "wrong")}
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
