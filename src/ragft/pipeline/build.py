"""`build-model`: run the stages in order, skip what is still valid, leave a manifest after each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from ragft.console import Progress
from ragft.engine.embedded.canonical_names import canonical
from ragft.extras import need
from ragft.log import log
from ragft.pipeline.build_plan import BuildPlan
from ragft.pipeline.manifest import Manifest, StageRecord, load_manifest
from ragft.pipeline.stage import Context, Stage
from ragft.workspace import Workspace, jsonable, make_directory


@dataclass(frozen=True)
class StageSummary:
    """How one stage ended in this call."""

    name: str
    status: str
    seconds: float


@dataclass(frozen=True)
class BuildReport:
    """What `build-model` prints as JSON.

    `model` is the name of the tuned model, `default` the workspace's default model, empty where none is set.
    `recommended` is the arm to use, where the task compares more than the tuned model and its base; `use` the command
    that uses what was made.
    """

    run: str
    stages: tuple[StageSummary, ...]
    model: str
    base_model: str
    default: str
    verdict: str
    reason: str
    report: Path
    arms: dict[str, dict[str, float]]
    recommended: str = ""
    use: str = ""


def build_model(
    workspace: Workspace,
    plan: BuildPlan,
    run: str,
    *,
    progress: Progress,
    from_stage: str | None = None,
    force: bool = False,
    on_stage: Callable[[StageSummary], None] | None = None,
) -> BuildReport:
    """Take the sources of a task to a tuned, registered, benchmarked model.

    Args:
        from_stage: this stage and all after it run even if nothing changed.
        force: all stages run.

    Raises:
        UsageError: no stage of that name.
        MissingExtra: the packages for training are not installed.
        RagftError: a stage failed; those before it are kept and the same command goes on from there.
    """
    need("train", "build-model")
    name = workspace.new_run(run).name
    canonical(plan.settings.export.name or name)
    plan.task.check_stage(from_stage)
    plan.task.find_sources(plan.sources)  # a wrong path or name is reported before anything is made
    with _opened(workspace, plan, name, progress) as context:
        summaries = run_stages(context, from_stage=from_stage, force=force, on_stage=on_stage)
        judged_now = any(s.name == "benchmark" and s.status == "done" for s in summaries)
        return _report(context, summaries, choose_default(context, judged_now=judged_now))


def make_data(workspace: Workspace, plan: BuildPlan, run: str, *, progress: Progress) -> Path:
    """Run the stages of a task that make its data: all before the training but the check. The folder of the run.

    Raises:
        RagftError: a stage failed; those before it are kept.
    """
    plan.task.find_sources(plan.sources)
    names = [stage.name for stage in plan.task.stages]
    making = tuple(stage for stage in plan.task.stages[: names.index("train")] if stage.name != "check")
    only_data = replace(plan, task=replace(plan.task, stages=making))
    with _opened(workspace, only_data, workspace.new_run(run).name, progress) as context:
        run_stages(context)
        return context.run_dir


@contextmanager
def _opened(workspace: Workspace, plan: BuildPlan, run: str, progress: Progress) -> Iterator[Context]:
    """What the stages of a run share, with the manifest of an earlier call."""
    with workspace.lock("build"), ExitStack() as stack:
        context = Context(workspace, plan, run, progress, stack)
        make_directory(context.run_dir)
        earlier = load_manifest(context.run_dir)
        context.manifest = (
            replace(earlier, settings=plan.to_json())
            if earlier
            else Manifest(run, plan.to_json(), started=datetime.now(UTC).isoformat(timespec="seconds"))
        )
        yield context


def run_stages(
    context: Context,
    *,
    from_stage: str | None = None,
    force: bool = False,
    on_stage: Callable[[StageSummary], None] | None = None,
) -> tuple[StageSummary, ...]:
    """Run the stages of the task in order, but those that are still valid, and record each in the manifest.

    Raises:
        UsageError: `from_stage` is not one of them.
    """
    context.task.check_stage(from_stage)
    summaries: list[StageSummary] = []
    redo = force
    for stage in context.task.stages:
        redo = redo or stage.name == from_stage
        summaries.append(_run_stage(context, stage, redo=redo))
        if on_stage is not None:
            on_stage(summaries[-1])
    return tuple(summaries)


def _run_stage(context: Context, stage: Stage, *, redo: bool) -> StageSummary:
    planned = StageRecord(stage.name, "pending", 0.0, dict(stage.inputs(context)), dict(stage.settings(context)))
    earlier = context.manifest.stage(stage.name)
    if not redo and earlier is not None and earlier.key == planned.key and _intact(context, stage, earlier):
        return StageSummary(stage.name, "skipped", 0.0)
    start = time.perf_counter()
    context.redo = redo
    outcome = stage.run(context)
    seconds = round(time.perf_counter() - start, 3)
    record = replace(
        planned, status="done", seconds=seconds, outputs=dict(outcome.outputs), report=jsonable(outcome.report)
    )
    context.manifest = context.manifest.with_stage(record)
    context.manifest.save(context.run_dir)
    return StageSummary(stage.name, "done", seconds)


def _intact(context: Context, stage: Stage, earlier: StageRecord) -> bool:
    return bool(earlier.outputs) and dict(stage.verify(context)) == dict(earlier.outputs)


def choose_default(context: Context, *, judged_now: bool) -> str:
    """The default after this call: a model just found better than its base becomes it, nothing else changes it."""
    from ragft.engine.choosing.default import get_default, set_default
    from ragft.engine.run_models import Registration

    registration = Registration.of_run(context.run_dir)
    benchmark = context.manifest.stage("benchmark")
    if judged_now and benchmark is not None and context.task.chats:
        if benchmark.report.get("verdict") == "better":
            set_default(context.workspace, registration.model)
        elif get_default(context.workspace) == registration.model:
            log.warning(
                f"{registration.model} is the default, and what it is now was not found better than its base; "
                "ragft models default NAME sets another"
            )
    return get_default(context.workspace) or ""


def _report(context: Context, summaries: tuple[StageSummary, ...], default: str) -> BuildReport:
    from ragft.engine.run_models import Registration

    registration = Registration.of_run(context.run_dir)
    benchmark = context.manifest.stage("benchmark")
    found = {} if benchmark is None else benchmark.report
    return BuildReport(
        run=context.run,
        stages=summaries,
        model=registration.model,
        base_model=registration.base_model,
        default=default,
        verdict=str(found.get("verdict", "")),
        reason=str(found.get("reason", "")),
        report=context.files.report,
        arms={arm: dict(metrics) for arm, metrics in dict(found.get("arms", {})).items()},
        recommended=str(found.get("recommended", "")),
        use=context.task.use.format(run=context.run, model=registration.model),
    )
