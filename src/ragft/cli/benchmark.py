"""`ragft benchmark`: the referee."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ragft.cli.options import EngineName, Json, WorkspacePath, open_context, print_json

app = typer.Typer(invoke_without_command=True, no_args_is_help=False, rich_markup_mode=None)

Run = Annotated[str, typer.Option("--run", help="Whose base and tuned model are compared.", metavar="ID")]


@app.callback()
def benchmark(
    context: typer.Context,
    *,
    arms: Annotated[
        str,
        typer.Option(
            "--arms",
            help="[role=]model[@condition],…; conditions: retrieval, evidence, closed_book. The first is the baseline.",
            metavar="LIST",
        ),
    ] = "base,tuned",
    run: Run = "latest",
    suites: Annotated[str | None, typer.Option("--suites", help="Names with commas between.", metavar="LIST")] = None,
    questions: Annotated[
        Path | None, typer.Option("--questions", help="JSONL file.", show_default="the 15 that ship with ragft")
    ] = None,
    only: Annotated[str, typer.Option("--only", help="Question ids or topics.", metavar="LIST")] = "",
    limit: Annotated[int | None, typer.Option("--limit", help="At most so many questions a suite.", min=1)] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Turns of the arms and resampling.")] = None,
    unequal: Annotated[
        bool, typer.Option("--unequal", help="Compare arms that differ in more than their weights; marks the table.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", help="Folder of the result.", show_default="the run's benchmark/")
    ] = None,
    engine: EngineName = None,
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Compare models question by question and say whether one is better.

    Stopped or killed, the same command goes on without asking anything twice.

    \b
    Example:
        ragft benchmark --arms base,tuned
        ragft benchmark --arms smollm2,smollm2@closed_book --limit 5 --json
    """
    if context.invoked_subcommand is not None:
        return
    from ragft.benchmark.arms import ROLES, parse_arms
    from ragft.benchmark.report import as_json as report_json
    from ragft.benchmark.run import run_benchmark
    from ragft.benchmark.suites import suite
    from ragft.benchmark.table import print_table
    from ragft.console import note, progress_bar, stdout
    from ragft.engine.select import open_engine
    from ragft.index.store import open_index

    place, loaded = open_context(workspace)
    settings = loaded.with_(
        "benchmark",
        suites=_names(suites) or None,
        questions=None if questions is None else str(questions.expanduser().absolute()),
        limit=limit,
        seed=seed,
    ).with_("engine", name=engine)
    metrics = {name: suite(name).metrics for name in settings.benchmark.suites}
    of_run = any(part.rpartition("=")[2].partition("@")[0].strip() in ROLES for part in arms.split(","))
    run_dir = place.run(run) if of_run else None
    chosen = parse_arms(arms, run_dir)
    folder = output or (run_dir or place.root) / "benchmark"
    opened = open_engine(settings.engine, place, model=chosen[0].model)
    try:
        index = open_index(place, settings.index)
        try:
            with progress_bar() as progress:
                report = run_benchmark(
                    arms=chosen,
                    engine=opened,
                    index=index,
                    settings=settings.benchmark,
                    answer=settings.answer,
                    folder=folder,
                    progress=progress,
                    only=_names(only),
                    unequal=unequal,
                    loss_curve=_loss_curve(run_dir),
                )
        finally:
            index.close()
    finally:
        opened.close()
    if as_json:
        print_json({**report_json(report, metrics), "report": str(folder / "report.html")})
        return
    print_table(report, metrics, stdout())
    note(f"report: {folder / 'report.html'}")


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in (text or "").split(","))))


def _loss_curve(run_dir: Path | None) -> str:
    """The run's loss curve as SVG; empty where it was not trained here."""
    if run_dir is None or not (run_dir / "train.jsonl").is_file():
        return ""
    from ragft.train.curve import curve_svg

    return curve_svg(run_dir / "train.jsonl")
