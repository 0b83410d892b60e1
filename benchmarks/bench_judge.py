"""How well a trained judge tells right sentences of answers from wrong ones, beside words, meaning and the doubts.

    python benchmarks/bench_judge.py WORKSPACE MODEL [--every 1]

MODEL is a folder for `answer.nli_model`: a verifier or a cross-encoder. A right sentence is one of
data/natural/answers.jsonl, a wrong one is a sentence of wrong.jsonl that the right answer does not have. Each is judged
by the passages of its documents that hold the evidence: the best of their scores counts. Prints the area under the
curve (0.5 is chance) of each judge, and of a logistic regression over all of them (cross-fitted by question); then the
same for the answers that were held out, by the regression over the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
from bench_sentences import split
from question_files import NATURAL, all_questions, question_parser
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

from ragft.answer.checking.doubts import doubts
from ragft.answer.checking.nli import Entail, open_nli
from ragft.answer.checking.support import Supporter
from ragft.answer.refusal.shipped import SHIPPED
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
SUPPORTED = SHIPPED.support
FOLDS = 5
DRAWS = 500
Rows = Scores = np.typing.NDArray[np.float64]


def main() -> None:
    """Print the tables: of the answers that rules were made after, and of those that no rule was written in view of."""
    parser = question_parser(__doc__)
    parser.add_argument("model")
    parser.add_argument("--every", type=int, default=1, help="every so many of the sentences")
    given = parser.parse_args()
    entail = open_nli(given.model)
    with open_index(Workspace(given.workspace), load_settings().index) as index:
        read = partial(judged, index, entail, every=given.every)
        known, groups = read(given.questions, "")
        held_out, _ = read([NATURAL / "questions-held-out.jsonl"], "-held-out")
    scores = cross_val_predict(
        LogisticRegression(), known[:, 1:], known[:, 0], groups=groups, cv=GroupKFold(FOLDS), method="predict_proba"
    )
    print_table("read before", known, scores[:, 1])
    fitted = LogisticRegression().fit(known[:, 1:], known[:, 0])
    print_table("held out", held_out, fitted.predict_proba(held_out[:, 1:])[:, 1])


def judged(index: Index, entail: Entail, files: list[Path], which: str, *, every: int) -> tuple[Rows, list[str]]:
    """For each sentence: is it right, support, support with the doubts, the model's score, doubted; and questions."""
    supporter = Supporter(index.embed, reads=index.reads)
    passages = evidence_of(index, files)
    rows, groups = [], []
    for question, sentence, right in list(sentences(which))[::every]:
        if hits := passages.get(question):
            weights = index.weights(sentence)
            read = max(entail(sentence, [best_window(hit.text, weights, WINDOW) for hit in hits]))
            support = max(supporter.score(sentence, hit.text) for hit in hits)
            doubted = bool(doubts(sentence, hits, hits))
            rows.append((right, support, support * (DOUBTED if doubted else 1), read, doubted))
            groups.append(question)
    return np.array(rows, dtype=float), groups


def print_table(name: str, rows: Rows, together: Scores) -> None:
    """The area of each judge and of all together, and the same over the sentences that the check lets pass."""
    right, passes = rows[:, 0] > 0, rows[:, 2] >= SUPPORTED
    judges = ("words and meaning", "the same with the doubts", "the model", "all of these, by a logistic regression")
    every = np.ones_like(passes)
    print(
        f"\n| {name}: judge | {_counted(right)} | {_counted(right[passes])} of them, which pass |\n| --- | --- | --- |"
    )
    for judge, values in zip(judges, (*rows.T[1:4], together), strict=True):
        shown = [_with_interval(values[right & those], values[~right & those]) for those in (every, passes)]
        print(f"| {judge} | {shown[0]} | {shown[1]} |")


def _counted(right: np.typing.NDArray[np.bool_]) -> str:
    return f"{right.sum()} right, {(~right).sum()} wrong"


def _with_interval(right: Scores, wrong: Scores) -> str:
    """The area, and its 95 % interval by drawing sentences again."""
    draw = np.random.default_rng(0)
    areas = [area(draw.choice(right, len(right)), draw.choice(wrong, len(wrong))) for _ in range(DRAWS)]
    low, high = np.quantile(areas, [0.025, 0.975])
    return f"{area(right, wrong):.3f} ({low:.2f} to {high:.2f})"


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


def area(right: Scores, wrong: Scores) -> float:
    """The chance that a right one has more than a wrong one."""
    more = right[:, None] - wrong[None, :]
    return float(((more > 0) + 0.5 * (more == 0)).mean())


if __name__ == "__main__":
    main()
