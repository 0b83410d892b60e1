"""The plan of a comparison: which arms are asked which suites, and how the verdict is reached."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from ragft.benchmark.base import Arm, TaskFigure
from ragft.benchmark.scoring.measures import GuardRule
from ragft.benchmark.suites.base import Suite

Figures = Callable[[Mapping[str, Mapping[str, float]]], Sequence[TaskFigure]]
"""Makes figures of the values of all arms: by role, and by the metric's name in the tables."""


def no_figures(arms: Mapping[str, Mapping[str, float]]) -> Sequence[TaskFigure]:  # noqa: ARG001
    """The figures of a task that has none."""
    return ()


@dataclass(frozen=True)
class ComparisonPlan:
    """What `run_benchmark` compares, and by which rules.

    Attributes:
        arms: the models under their conditions; the first is the baseline.
        suites: what is asked.
        only: ids or topics of questions; all where empty.
        unequal: compare arms that differ in more than their weights, and mark the table so.
        judge: a model that compares the two arms' answers as well; it has no part in the verdict.
        quote: let a source be quoted where the model gives nothing usable, as `ragft ask` does.
        weights: the size of model by which the prompts of all arms are made; 0: the form of training rows.
        required: guards that must have a figure, or no arm is better, even where no suite was to measure it.
        choose: recommend one of the arms; of equal ones the earlier. An arm that gets the right evidence is never
            recommended: in use nobody knows which evidence is right.
        figures: those of the task, made from the table of all arms.
    """

    arms: Sequence[Arm]
    suites: Sequence[Suite]
    only: Sequence[str] = ()
    unequal: bool = False
    judge: str = ""
    quote: bool = False
    weights: int = 0
    required: Collection[GuardRule] = ()
    choose: bool = False
    figures: Figures = no_figures
