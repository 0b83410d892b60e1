"""Compares the places for a fact: the prompt, an index, or the weights.

One JSON object a line; `before` is what a model is likely to say without the fact, `paraphrases` are other wordings of
the question (training uses those, so that the tested wording has not been seen):

    {"fact": "The currency of Laughtale is the neelam.", "question": "What is the currency of Laughtale?",
     "answer": "neelam", "before": "", "paraphrases": ["With what money does one pay in Laughtale?"]}

The four conditions are four arms over the same questions: nothing, the fact in the prompt, the fact to be found among
all others, the fact trained into the weights.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ragft.benchmark.asking.bench import CLOSED_BOOK, Bench
from ragft.benchmark.base import Arm, BenchmarkQuestion, Recorded
from ragft.benchmark.scoring import metrics
from ragft.benchmark.scoring.broken_output import broken
from ragft.benchmark.scoring.measures import BROKEN, Metric
from ragft.benchmark.scoring.plain import plain_answer
from ragft.benchmark.studies.own_index import fill
from ragft.benchmark.suites.base import Need, Scores
from ragft.corpus.base import Block, Document
from ragft.errors import DatasetError
from ragft.json_lines import read_objects, text_field

if TYPE_CHECKING:
    from ragft.index.index import Index
    from ragft.setting_sections import BenchmarkSettings


@dataclass(frozen=True)
class Fact:
    """A statement, a question that it answers, and the words that show it was taken up."""

    id: str
    fact: str
    question: str
    answer: str
    before: str = ""
    paraphrases: tuple[str, ...] = ()


def load_facts(path: Path) -> list[Fact]:
    """The facts of a JSONL file.

    Raises:
        NotFoundError: there is no such file.
        DatasetError: a line is not a fact, or two ask the same; the message names the line.
    """
    found: list[Fact] = []
    for where, data in read_objects(path, form='{"fact": "…", "question": "…", "answer": "…"}'):
        fact, question, answer = (text_field(data, name, where) for name in ("fact", "question", "answer"))
        if any(question == other.question for other in found):
            raise DatasetError(f"{where}: that question was asked before", fix="give each fact its own question")
        before = data.get("before") or ""
        paraphrases = data.get("paraphrases") or []
        texts = [before, *paraphrases] if isinstance(paraphrases, list) else [None]
        if not all(isinstance(text, str) for text in texts):
            raise DatasetError(f'{where}: "before" is a text, "paraphrases" a list of texts', fix="correct the line")
        found.append(Fact(f"fact-{len(found) + 1}", fact, question, answer, before, tuple(paraphrases)))
    return found


def arms(model: str, tuned: str | None) -> list[Arm]:
    """The conditions; the weights only where there is a tuned model."""
    found = [Arm("none", model, "closed_book"), Arm("context", model, "evidence"), Arm("retrieval", model, "retrieval")]
    return [*found, Arm("weights", tuned, "closed_book")] if tuned else found


def index_facts(index: Index, facts: Sequence[Fact]) -> None:
    """Put each fact into `index` as a document of its own; those that are there stay."""
    documents = [Document(_document_id(f), f.id, "", (Block(f.fact, page=0),)) for f in facts]
    fill(index, documents)


def _document_id(fact: Fact) -> str:
    return hashlib.sha256(f"{fact.id}\n{fact.fact}".encode()).hexdigest()[:16]


def training_messages(facts: Sequence[Fact]) -> list[tuple[tuple[Mapping[str, str], ...], Mapping[str, str]]]:
    """(prompt, completion) of every wording to train on, in the form in which the weights are then asked."""
    return [
        (
            ({"role": "system", "content": CLOSED_BOOK}, {"role": "user", "content": wording}),
            {"role": "assistant", "content": fact.fact},
        )
        for fact in facts
        for wording in fact.paraphrases or (fact.question,)
    ]


class Facts:
    """Was the fact taken up, is the old answer gone, is the output whole?"""

    name = "facts"
    kind = "answer"
    needs: frozenset[Need] = frozenset({"text", "corpus"})
    metrics = (
        Metric("adoption", "Adoption", "adopted", binary=True, role="primary"),
        Metric("adoption_unchecked", "… before the check", "adopted_raw", binary=True),
        Metric("old_answer", "Old answer kept", "old", better=-1, binary=True),
        Metric("refusal_rate", "Refused", "refused", better=0, binary=True),
        Metric("degenerate_rate", "Broken answers", "broken", better=-1, binary=True, role="guard", guard=BROKEN),
    )

    def __init__(self, facts: Sequence[Fact]) -> None:
        self._facts = {fact.id: fact for fact in facts}

    def questions(self, settings: BenchmarkSettings) -> list[BenchmarkQuestion]:  # noqa: ARG002
        """One question for each fact."""
        return [
            BenchmarkQuestion(f.id, f.question, reference=f.answer, keywords=(f.answer,), documents=(_document_id(f),))
            for f in self._facts.values()
        ]

    def ask(self, bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        """Ask the question under the condition of the arm, and record the answer."""
        return bench.answer(arm, question)

    def score(self, question: BenchmarkQuestion, recorded: Recorded) -> Scores:
        """The new answer in, the old one out."""
        before = self._facts[question.id].before
        answer = recorded.answer
        return {
            "adopted": metrics.contains(plain_answer(answer), question.reference),
            "adopted_raw": metrics.contains(answer.raw, question.reference),
            "old": metrics.contains(plain_answer(answer), before) if before else None,
            "refused": float(answer.refused),
            "broken": float(bool(broken(recorded, question.question))),
        }
