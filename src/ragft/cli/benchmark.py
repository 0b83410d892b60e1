"""`ragft benchmark`: the referee; its verbs, each a file beside this one, are what can be measured without two arms."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragft.cli.benchmark_answers import answers
from ragft.cli.benchmark_compare import compare
from ragft.cli.benchmark_injection import injection
from ragft.cli.benchmark_refusal import refusal
from ragft.cli.benchmark_retrieval import retrieval
from ragft.cli.benchmark_run import Limit, Output, Questions, benchmark_settings, open_model, run_arms
from ragft.cli.benchmark_study import study
from ragft.cli.options import EngineName, Json, WorkspacePath, open_context, print_json

if TYPE_CHECKING:
    from ragft.benchmark.measures import Metric
    from ragft.config import Settings

app = typer.Typer(invoke_without_command=True, no_args_is_help=False, rich_markup_mode=None)


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
    run: Annotated[
        str, typer.Option("--run", help="Whose base and tuned model are compared.", metavar="ID")
    ] = "latest",
    suites: Annotated[
        str | None,
        typer.Option(
            "--suites",
            help="papers, retrieval, citations, refusal, general, forgetting, degeneration, latency; or all.",
            metavar="LIST",
            show_default="papers, degeneration, forgetting",
        ),
    ] = None,
    questions: Questions = None,
    only: Annotated[str, typer.Option("--only", help="Question ids or topics.", metavar="LIST")] = "",
    limit: Limit = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Turns of the arms and resampling.")] = None,
    unequal: Annotated[
        bool, typer.Option("--unequal", help="Compare arms that differ in more than their weights; marks the table.")
    ] = False,
    judge: Annotated[
        str | None,
        typer.Option("--judge", help="A model that compares the answers too, outside the verdict.", metavar="MODEL"),
    ] = None,
    output: Output = None,
    engine: EngineName = None,
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Compare models question by question and say whether one is better.

    Stopped or killed, the same command goes on without asking anything twice.

    \b
    Example:
        ragft benchmark --arms base,tuned
        ragft benchmark --suites papers,refusal,general --limit 20
        ragft benchmark --arms smollm2,smollm2@closed_book --json
        ragft benchmark --judge qwen3:4b-instruct
    """
    if context.invoked_subcommand is not None:
        return
    from ragft.answer.session import require_documents
    from ragft.benchmark.arms import needs_run, parse_arms
    from ragft.benchmark.judge import with_judge
    from ragft.benchmark.report import as_json as report_json
    from ragft.benchmark.suites import SUITES, suite
    from ragft.benchmark.table import print_table
    from ragft.console import note, stdout
    from ragft.engine.select import find_model

    place, loaded = open_context(workspace)
    names = tuple(SUITES) if suites == "all" else _names(suites)
    settings = benchmark_settings(loaded, engine, suites=names or None, questions=questions, limit=limit, seed=seed)
    metrics: dict[str, Sequence[Metric]] = {name: suite(name).metrics for name in settings.benchmark.suites}
    run_dir = place.run(run) if needs_run(arms) else None
    settings = _as_run(settings, run_dir)
    folder = output or (run_dir or place.root) / "benchmark"
    chosen = parse_arms(arms, run_dir)
    require_documents(place)
    with open_model(place, settings, chosen[0].model) as (opened, _):
        for name in (*(arm.model for arm in chosen), *([judge] if judge else [])):
            find_model(opened, name, settings.engine, place)
        report = run_arms(
            place,
            settings,
            chosen,
            folder,
            engine=opened,
            only=_names(only),
            unequal=unequal,
            run_dir=run_dir,
            judge=judge or "",
        )
    metrics = with_judge(metrics, report.settings["judge"]["suite"]) if judge else metrics
    if as_json:
        print_json({**report_json(report, metrics), "report": str(folder / "report.html")})
        return
    print_table(report, metrics, stdout())
    note(f"report: {folder / 'report.html'}")


for verb in (refusal, retrieval, answers, compare, injection, study):
    app.command()(verb)


def _as_run(settings: Settings, run_dir: Path | None) -> Settings:
    """The models of a run are asked as `build-model` asked them: the same evidence budget, context and sampling."""
    from ragft.pipeline.manifest import load_manifest

    manifest = load_manifest(run_dir) if run_dir is not None else None
    stored = manifest.settings.get("answer", {}) if manifest else {}
    return settings.with_("answer", **stored)


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in (text or "").split(","))))
