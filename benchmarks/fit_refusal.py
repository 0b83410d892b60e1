"""Fit the shipped refusal calibration, and print what it reaches on corpora it was not fitted to.

    python benchmarks/fit_refusal.py --data ../shared/data [--questions 300]

Three corpora are indexed into a temporary folder: the articles of squad2/dev-half.json, papers/good and the sample
corpus. The gate is fitted to answerable questions against questions about absent subjects (questions of another
corpus, and SQuAD questions asked of the other articles only) and judged on each corpus by coefficients fitted to the
other two. The answer judgement is fitted to SQuAD 2's answerable and unanswerable questions and judged on each article
by coefficients fitted to the other seven; then on the sample corpus's close misses.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from ragft.answer.checking.support import Supporter
from ragft.answer.refusal.error_curve import refusal_point
from ragft.answer.refusal.features import Closest, Features, question_features
from ragft.answer.refusal.shipped import SHIPPED
from ragft.index.index import Index, open_index
from ragft.setting_sections import IndexSettings
from ragft.workspace import Workspace

ROOT = Path(__file__).parent.parent
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """Features of a question, what it is (pos, absent, close), and the group that is held out together."""

    group: str
    kind: str
    features: Features


class Corpus:
    """An index and a memory of vectors."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._supporter = Supporter(index.embed, reads=index.reads)

    def example(self, group: str, kind: str, question: str, documents: Collection[str] | None = None) -> Example:
        """The question with the features of its search."""
        hits = self.index.search(question, 8, documents=documents)
        return Example(group, kind, question_features(Closest(question, self._supporter), hits))


def fit(examples: Sequence[Example], names: Sequence[str], weights: Floats, penalty: float = 1.0) -> Floats:
    """Coefficients and, last, the bias of an L2-penalised logistic regression with a weight per example."""
    x = np.hstack([matrix(examples, names), np.ones((len(examples), 1))])
    sign = np.array([1.0 if e.kind == "pos" else -1.0 for e in examples])

    def loss(w: Floats) -> tuple[float, Floats]:
        margin = sign * (x @ w)
        value = float(weights @ np.logaddexp(0.0, -margin)) + penalty / 2 * float(w[:-1] @ w[:-1])
        slope = -(weights * sign / (1.0 + np.exp(margin))) @ x
        return value, slope + penalty * np.append(w[:-1], 0.0)

    return np.asarray(minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B").x)


def matrix(examples: Sequence[Example], names: Sequence[str]) -> Floats:
    """Features by name, one row an example."""
    return np.array([[asdict(e.features)[name] for name in names] for e in examples])


def held_out(examples: Sequence[Example], names: Sequence[str], total: float, penalty: float) -> tuple[Floats, Floats]:
    """Probabilities by coefficients fitted without the example's group, and coefficients fitted to all. Groups and
    kinds weigh the same; all weights together are `total`."""
    groups = sorted({e.group for e in examples})
    size = {
        (g, k): sum(e.group == g and e.kind == k for e in examples) for g in groups for k in {e.kind for e in examples}
    }
    weights = np.array([total / (len(size) * size[e.group, e.kind]) for e in examples])
    probabilities = np.zeros(len(examples))
    for group in groups:
        inside = np.array([e.group == group for e in examples])
        kept = [e for e, out in zip(examples, inside, strict=True) if not out]
        w = fit(kept, names, weights[~inside], penalty)
        scores = matrix([e for e, out in zip(examples, inside, strict=True) if out], names) @ w[:-1] + w[-1]
        probabilities[inside] = 1.0 / (1.0 + np.exp(-scores))
    return probabilities, fit(examples, names, weights, penalty)


def show(title: str, scores: Floats, examples: Sequence[Example], cuts: Sequence[float]) -> None:
    """The pair of errors at some thresholds, in a line each."""
    answerable = [e.kind == "pos" for e in examples]
    for cut in cuts:
        point = refusal_point([bool(s >= cut) for s in scores], answerable, cut)
        print(f"{title:24} {cut:5.2f}  false answers {point.false_answers:6.1%}  false refusals "
              f"{point.false_refusals:6.1%}  macro-F1 {point.macro_f1:.3f}  n {len(examples)}")  # fmt: skip


def lines(path: Path) -> list[dict[str, object]]:
    """Rows of a JSONL file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def collect(data: Path, folder: Path, count: int) -> tuple[list[Example], list[Example], list[Example]]:
    """Examples for the gate, for the answer judgement (SQuAD), and the sample corpus's own."""
    articles = json.loads((data / "squad2" / "dev-half.json").read_text("utf-8"))["data"]
    (folder / "squad").mkdir()
    for article in articles:
        text = "\n\n".join(paragraph["context"] for paragraph in article["paragraphs"])
        (folder / "squad" / f"{article['title']}.md").write_text(f"# {article['title'].replace('_', ' ')}\n\n{text}\n")
    sources = {"squad": folder / "squad", "good": data / "papers" / "good", "sample": ROOT / "corpus" / "papers"}
    corpora = {}
    for name, source in sources.items():
        index = open_index(Workspace(folder / f"ws-{name}"), IndexSettings())
        index.ingest([source])
        corpora[name] = Corpus(index)
    ids = {Path(d.path).stem: d.id for d in corpora["squad"].index.documents()}
    asked = [(a["title"], q) for a in articles for p in a["paragraphs"] for q in p["qas"]]
    random.Random(0).shuffle(asked)
    answerable = [(title, q["question"]) for title, q in asked if not q["is_impossible"]]
    own = {
        "sample": [
            str(r["question"]) for f in ("questions", "answerable") for r in lines(ROOT / f"data/benchmark/{f}.jsonl")
        ],
        "good": (ROOT / "benchmarks" / "questions_good.txt").read_text("utf-8").splitlines(),
    }
    rest = lines(ROOT / "data" / "benchmark" / "unanswerable.jsonl")
    off = [str(row["question"]) for row in rest if row["kind"] == "off_topic"]
    close = [str(row["question"]) for row in rest if row["kind"] == "close_miss"]
    gate = []
    for title, question in answerable[:count]:
        gate.append(corpora["squad"].example("squad", "pos", question))
        others = [i for stem, i in ids.items() if stem != title]
        gate.append(corpora["squad"].example("squad", "absent", question, others))
    for name in ("sample", "good"):
        gate += [corpora[name].example(name, "pos", question) for question in own[name]]
        foreign = off + [question for _, question in answerable[count : count + 150]]
        gate += [corpora[name].example(name, "absent", question) for question in foreign]
        gate += [corpora["squad"].example("squad", "absent", question) for question in own[name]]
    squad = [corpora["squad"].example(t, "close" if q["is_impossible"] else "pos", q["question"]) for t, q in asked]
    sample = [e for e in gate if e.group == "sample" and e.kind == "pos"]
    sample += [corpora["sample"].example("sample", "close", question) for question in close]
    return gate, squad, sample


def main() -> None:
    """Print coefficients and errors."""
    parser = argparse.ArgumentParser(description="Fit the shipped refusal calibration.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--questions", type=int, default=300, help="SQuAD questions for the gate")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        gate, squad, sample = collect(arguments.data, Path(folder), arguments.questions)
    names = [name for name in SHIPPED.gate.weights if name != "words_only"]
    scores, w = held_out(gate, names, total=1200.0, penalty=1.0)
    print("gate  ", {n: round(float(v), 2) for n, v in zip([*names, "bias"], w, strict=True)})
    for group in ("squad", "good", "sample"):
        inside = [n for n, e in enumerate(gate) if e.group == group]
        show(f"gate, {group} held out", scores[inside], [gate[n] for n in inside], (0.3, 0.4, 0.5))
    names = [name for name in SHIPPED.answer.weights if name != "words_only"]
    scores, w = held_out(squad, names, total=float(len(squad)), penalty=3.0)
    print("answer", {n: round(float(v), 2) for n, v in zip([*names, "bias"], w, strict=True)})
    cuts = (0.40, 0.43, 0.46, 0.48, 0.50)
    show("answer, articles held out", scores, squad, cuts)
    own = 1.0 / (1.0 + np.exp(-(matrix(sample, names) @ w[:-1] + w[-1])))
    show("answer, sample corpus", own, sample, cuts)


if __name__ == "__main__":
    main()
