"""The suite of this task: documents that were not used in training or calibration, sorted by each arm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragft.answer.base import Answer
from ragft.benchmark.asking.bench import Bench
from ragft.benchmark.base import Arm, BenchmarkQuestion, Recorded, RequestCost
from ragft.benchmark.questions import questions_of_run
from ragft.benchmark.scoring.measures import Metric
from ragft.benchmark.suites.base import Need, Scores, Suite
from ragft.benchmark.suites.degeneration import Degeneration
from ragft.benchmark.suites.general import General
from ragft.errors import UsageError
from ragft.tasks.classify.base import UNKNOWN, Classifier
from ragft.tasks.classify.label_calibration import LabelCalibration
from ragft.tasks.classify.scores import (
    area_under_curve,
    calibration_error,
    confidence,
    each_second,
    macro_f1,
    pair,
    placed,
)
from ragft.workspace import digest_json

if TYPE_CHECKING:
    from ragft.setting_sections import BenchmarkSettings


@dataclass(frozen=True)
class SortingAsker:
    """A calibrated classifier as an arm of a benchmark."""

    classifier: Classifier
    labels: tuple[str, ...]
    calibration: LabelCalibration

    @property
    def digest(self) -> str:
        """Of the classifier and its calibration."""
        return digest_json([self.classifier.digest, self.calibration.temperature, self.calibration.threshold])

    def ask(self, bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        """The label of one document, `unknown` where none is likely enough; `values` has the probability of each."""
        start = bench.clock()
        found = self.calibration.probabilities(self.classifier.log_probs([question.question]))[0]
        seconds = bench.clock() - start
        values = {label: float(share) for label, share in zip(self.labels, found, strict=True)}
        answer = Answer(question.question, self.calibration.said(values), model=arm.model)
        return bench.record(arm, question, answer, seconds=seconds, cost=RequestCost(engine=seconds), values=values)


class LabelledDocuments:
    """Documents with their class (`reference`, or `unknown` for one of no class) from the file of the run.

    Of documents of a class, the likeliest label is scored, even where `unknown` was said: the arms are then compared
    over the same documents. What the threshold does is shown beside it.
    """

    name = "documents"
    kind = "label"
    needs: frozenset[Need] = frozenset()
    metrics = (
        Metric("macro_f1", "Macro-F1", "pair", aggregate=macro_f1, role="primary", single="accuracy"),
        Metric("accuracy", "Accuracy", "right", binary=True),
        Metric("calibration_error", "Calibration error (ECE)", "confidence", better=-1, aggregate=calibration_error),
        Metric("coverage", "Documents of a class given a label", "said", binary=True),
        Metric("accuracy_said", "… of these, right", "right_said", binary=True),
        Metric("outside_auroc", "Out-of-scope AUROC", "placed", "score", aggregate=area_under_curve, two_kinds=True),
        Metric("outside_found", "Out-of-scope documents called unknown", "outside", binary=True),
        Metric("invalid", "Invalid labels", "invalid", better=-1, binary=True),
        Metric("speed", "Documents a second", "seconds", "rate", aggregate=each_second),
    )

    def questions(self, settings: BenchmarkSettings) -> list[BenchmarkQuestion]:
        """Those of the file.

        Raises:
            UsageError: the settings name none.
        """
        return questions_of_run(settings, "the documents to sort", "ragft build-model --task classify FOLDER")

    def ask(self, bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        """By the arm's own asker.

        Raises:
            UsageError: the arm is a model alone.
        """
        if arm.asker is None:
            raise UsageError(
                f"the arm {arm.role} is a model, and no classifier", fix="ragft build-model --task classify compares"
            )
        return arm.asker.ask(bench, arm, question)

    def score(self, question: BenchmarkQuestion, recorded: Recorded) -> Scores:
        """Whether the likeliest label is right, how likely it is, and whether it was said."""
        values, labels, said = recorded.values, list(recorded.values), recorded.answer.answer
        best = max(labels, key=lambda label: values[label])
        outside = question.reference not in values
        common = {
            "placed": placed(values[best], outside=outside),
            "invalid": float(said != UNKNOWN and said not in values),
            "seconds": recorded.seconds,
        }
        if outside:
            return common | {"outside": float(said == UNKNOWN)}
        right = best == question.reference
        return common | {
            "pair": pair(labels.index(question.reference), labels.index(best)),
            "right": float(right),
            "confidence": confidence(values[best], right=right),
            "said": float(said != UNKNOWN),
            "right_said": float(right) if said != UNKNOWN else None,
        }


_ALL: tuple[Suite, ...] = (LabelledDocuments(), General(own=False), Degeneration())
SUITES: Mapping[str, Suite] = {suite.name: suite for suite in _ALL}
"""The first decides. The others show, where they are asked for, what the tuned model can still do beside sorting."""
