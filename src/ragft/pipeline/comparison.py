"""The models of a run against each other: `build-model` and `ragft benchmark` compare them by the same rules."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ragft.pipeline.run_origin import origin_of

if TYPE_CHECKING:
    from ragft.benchmark.base import Arm, BenchmarkReport
    from ragft.benchmark.lookups import SearchableIndex
    from ragft.benchmark.run import Figures
    from ragft.benchmark.scoring.measures import GuardRule
    from ragft.benchmark.suites.base import Suite
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


def required_guards(task: Task | None) -> list[GuardRule]:
    """The guards of a task that must have a figure, whichever of its suites are asked; none where no task is known."""
    suites = task.suites.values() if task is not None else ()
    metrics = [metric for suite in suites for metric in suite.metrics]
    return [metric.guard for metric in metrics if metric.guard and metric.guard.missing]


def asked_as_built(arms: Sequence[Arm], own: Sequence[Arm]) -> list[Arm]:
    """`arms`, each asked as the task asks its model: by the arm of `own` that has its name and model, or else by the
    first that has its model."""
    return [replace(arm, asker=found.asker) if (found := _same_model(arm, own)) else arm for arm in arms]


def _same_model(arm: Arm, own: Sequence[Arm]) -> Arm | None:
    """One of `own` that has the model of `arm`, of the same name where there is one."""
    found = [one for one in own if one.model == arm.model]
    return next((one for one in found if one.role == arm.role), found[0] if found else None)


def compare(
    arms: Sequence[Arm],
    engine: Engine,
    index: SearchableIndex,
    settings: Settings,
    folder: Path,
    suites: Sequence[Suite],
    *,
    run_dir: Path | None,
    required: Collection[GuardRule],
    choose: bool,
    figures: Figures,
    only: Sequence[str] = (),
    unequal: bool = False,
    judge: str = "",
    quote: bool = False,
    weights: int = 0,
    progress: Progress | None = None,
) -> BenchmarkReport:
    """Run the benchmark with the likelihoods and the loss curve of the run, where there is one.

    Arguments and errors are those of `ragft.benchmark.run.run_benchmark`.
    """
    from ragft.benchmark.arms import with_models
    from ragft.benchmark.run import run_benchmark
    from ragft.pipeline.scorer import open_scorer

    models, kinds = {arm.model for arm in with_models(arms)}, {suite.kind for suite in suites}
    with open_scorer(run_dir, engine, models, settings.engine, kinds=kinds) as scorer:
        return run_benchmark(
            arms=arms,
            engine=engine,
            index=index,
            settings=settings.benchmark,
            answer=settings.answer,
            folder=folder,
            suites=suites,
            progress=progress,
            only=only,
            unequal=unequal,
            origin=origin_of(run_dir),
            judge=judge,
            quote=quote,
            required=required,
            scorer=scorer,
            weights=weights,
            choose=choose,
            figures=figures,
        )
