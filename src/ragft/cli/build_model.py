"""`ragft build-model`: from papers, or what another task reads, to a tuned and benchmarked model, resumable."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragft.cli.options import EngineName, Json, ModelName, WorkspacePath, emit, open_app

if TYPE_CHECKING:
    from ragft.pipeline.build import BuildReport, StageSummary


def build_model(
    corpus: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Papers or folders of papers; for another task its sources.", show_default="what is already ingested"
        ),
    ] = None,
    *,
    task: Annotated[
        str,
        typer.Option(help="The kind of fine-tuning; a wrong name lists all.", metavar="NAME", show_default="papers"),
    ] = "",
    preset: Annotated[str, typer.Option(help="demo (minutes, small), standard, or another of the task.")] = "standard",
    base: Annotated[
        str | None,
        typer.Option(help="Model to train: smollm2 or a Hugging Face folder.", show_default="smollm2"),
    ] = None,
    count: Annotated[int | None, typer.Option(help="Training rows, in a task that takes a number.", min=1)] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of data, training and sampling.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the registered model.", show_default="TASK-RUN")] = None,
    run: Annotated[str | None, typer.Option(help="Run to resume.", show_default="the one of these settings")] = None,
    from_stage: Annotated[
        str | None, typer.Option("--from", help="Run this stage and all after it again.", metavar="STAGE")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Run every stage again.")] = False,
    engine: EngineName = None,
    model: ModelName = None,
    workspace: WorkspacePath = None,
    json: Json = False,
) -> None:
    """Make a tuned model of papers, or of what another task reads: rows, training, export, benchmark.

    If a build was stopped or killed, the same command resumes it. A tuned model becomes the default only if the
    benchmark finds it better than its base.

    \b
    Example:
      ragft build-model ~/papers --preset demo
      ragft build-model --task NAME FILE --preset demo
    """
    from ragft.console import note, progress_bar

    def announce(stage: StageSummary) -> None:
        took = f" in {stage.seconds:.1f} s" if stage.status == "done" else ""
        note(f"{stage.name}: {stage.status}{took}")

    sampled = {"seed": seed}
    app = open_app(
        workspace,
        engine={"name": engine, "model": model},
        generate={"count": count, "seed": seed},
        train=sampled,
        benchmark=sampled,
        answer=sampled,
        export={"name": name},
    )
    with app, progress_bar() as progress:
        report = app.build(
            corpus or (),
            task=task,
            base=base,
            preset=preset,
            run=run,
            from_stage=from_stage,
            force=force,
            progress=progress,
            on_stage=announce,
        )
    emit(report, json, lambda: _show(report))


def _show(report: BuildReport) -> None:
    from ragft.app.comparing import finished
    from ragft.cli.benchmark.benchmark_options import print_benchmark
    from ragft.console import note

    print_benchmark(finished(report.report.parent))
    note(f"report:  {report.report}")
    note(f"model:   {report.model} ({report.use})")
    note(f"default: {report.default or 'none set'} (ragft models default NAME changes it)")
