"""Refusals: whether the model refuses what the papers cannot answer and answers what they can; always both figures."""

from __future__ import annotations

from itertools import chain, zip_longest
from typing import TYPE_CHECKING

import numpy as np

from ragft.benchmark.asking.bench import Bench
from ragft.benchmark.base import Arm, BenchmarkQuestion, Recorded
from ragft.benchmark.scoring.measures import Metric
from ragft.benchmark.scoring.statistics import Scores as Array
from ragft.benchmark.suites.base import Need, Scores, shipped_or_own

if TYPE_CHECKING:
    from ragft.setting_sections import BenchmarkSettings


def precision(cells: Array) -> Array:
    """TP / (TP + FP) along the last axis; a cell is 2 · unanswerable + refused."""
    tp, fp, _, _ = _counts(cells)
    return _ratio(tp, tp + fp)


def recall(cells: Array) -> Array:
    """TP / (TP + FN) along the last axis."""
    tp, _, fn, _ = _counts(cells)
    return _ratio(tp, tp + fn)


def macro_f1(cells: Array) -> Array:
    """Mean of the F1 of refusing and the F1 of answering along the last axis."""
    tp, fp, fn, tn = _counts(cells)
    return (_ratio(2 * tp, 2 * tp + fp + fn) + _ratio(2 * tn, 2 * tn + fp + fn)) / 2


class Refusal:
    """Unanswerable and answerable questions in turn, so that a limit leaves as many of each."""

    name = "refusal"
    kind = "answer"
    needs: frozenset[Need] = frozenset({"text", "corpus"})
    metrics = (
        Metric("macro_f1", "Refusal macro-F1", "cell", "score", aggregate=macro_f1, headline=True, single="accuracy"),
        Metric("precision", "Refusal precision", "cell", aggregate=precision, single="accuracy"),
        Metric("recall", "Refusal recall", "cell", aggregate=recall, single="accuracy"),
        Metric("accuracy", "Rightly refused or answered", "right", binary=True),
        Metric("false_answers", "False answers", "false_answer", better=-1, binary=True),
        Metric("false_refusals", "False refusals", "false_refusal", better=-1, binary=True),
    )

    def questions(self, settings: BenchmarkSettings) -> list[BenchmarkQuestion]:
        """Those of the user's file, or those that ship."""
        found = shipped_or_own(settings, "benchmark/unanswerable.jsonl", "benchmark/answerable.jsonl")
        sides = [[q for q in found if not q.answerable], [q for q in found if q.answerable]]
        return [q for q in chain.from_iterable(zip_longest(*sides)) if q is not None]

    def ask(self, bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        """By the assistant, gate and check included."""
        return bench.answer(arm, question)

    def score(self, question: BenchmarkQuestion, recorded: Recorded) -> Scores:
        """The cell of the confusion matrix, and whether it is a right one."""
        refused = recorded.answer.refused
        return {
            "cell": 2.0 * (not question.answerable) + refused,
            "right": float(refused is not question.answerable),
            "false_answer": None if question.answerable else float(not refused),
            "false_refusal": float(refused) if question.answerable else None,
        }


def _counts(cells: Array) -> tuple[Array, Array, Array, Array]:
    tp, fp, fn, tn = ((cells == cell).sum(axis=-1).astype(np.float64) for cell in (3, 1, 2, 0))
    return tp, fp, fn, tn


def _ratio(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
