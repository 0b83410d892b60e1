"""Compares the models of a run: `build-model` and `ragft benchmark` use the same rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ragft.pipeline.run_origin import origin_of

if TYPE_CHECKING:
    from ragft.benchmark.asking.lookups import SearchableIndex
    from ragft.benchmark.base import Arm, BenchmarkReport
    from ragft.benchmark.comparison.comparison_plan import ComparisonPlan
    from ragft.config import Settings
    from ragft.console import Progress
    from ragft.engine.base import Engine
    from ragft.pipeline.task import Task


@dataclass(frozen=True)
class FinishedRun:
    """A run whose stages are done, with an engine that has its models; see `ragft.pipeline.task.BuiltRun`."""

    run_dir: Path
    dataset_dir: Path
    settings: Settings
    engine: Engine


def judged_by(plan: ComparisonPlan, task: Task | None) -> ComparisonPlan:
    """The plan with the rules of a task; unchanged if no task is known.

    The rules are the guards that must have a figure, even if their suites are not asked, whether an arm is recommended,
    and the task's own figures.
    """
    from ragft.benchmark.comparison.comparison_plan import no_figures

    if task is None:
        return plan
    guards = [metric.guard for suite in task.suites.values() for metric in suite.metrics if metric.guard]
    return replace(
        plan,
        required=[guard for guard in guards if guard.missing],
        choose=task.arms is not None,
        figures=task.figures or no_figures,
    )


def asked_as_built(arms: Sequence[Arm], own: Sequence[Arm]) -> list[Arm]:
    """`arms`, each asked as the task asks its model: by the arm of `own` that has its name and model, or else by the
    first that has its model."""
    return [replace(arm, asker=found.asker) if (found := _same_model(arm, own)) else arm for arm in arms]


def _same_model(arm: Arm, own: Sequence[Arm]) -> Arm | None:
    """One of `own` that has the model of `arm`, of the same name where there is one."""
    found = [one for one in own if one.model == arm.model]
    return next((one for one in found if one.role == arm.role), found[0] if found else None)


def compare(
    plan: ComparisonPlan,
    engine: Engine,
    index: SearchableIndex,
    settings: Settings,
    folder: Path,
    *,
    run_dir: Path | None,
    progress: Progress | None = None,
) -> BenchmarkReport:
    """Run the benchmark with the likelihoods and the loss curve of the run, where there is one.

    Errors are those of `ragft.benchmark.comparison.run.run_benchmark`.
    """
    from ragft.benchmark.comparison.arms import with_models
    from ragft.benchmark.comparison.run import AskingSetup, run_benchmark
    from ragft.pipeline.scorer import open_scorer

    models, kinds = {arm.model for arm in with_models(plan.arms)}, {suite.kind for suite in plan.suites}
    with open_scorer(run_dir, engine, models, settings.engine, kinds=kinds) as scorer:
        return run_benchmark(
            plan,
            AskingSetup(engine, index, settings.answer, scorer),
            settings=settings.benchmark,
            folder=folder,
            origin=origin_of(run_dir),
            progress=progress,
        )
