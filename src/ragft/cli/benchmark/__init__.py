"""`ragft benchmark`: compares models. Its verbs, a file each in this folder, measure what needs no two arms."""

from __future__ import annotations

from typing import Annotated

import typer

from ragft.cli.benchmark.ablation import ablation
from ragft.cli.benchmark.answers import answers
from ragft.cli.benchmark.benchmark_options import (
    Executor,
    Limit,
    Output,
    Questions,
    open_benchmark,
    print_benchmark,
)
from ragft.cli.benchmark.compare import compare
from ragft.cli.benchmark.injection import injection
from ragft.cli.benchmark.refusal import refusal
from ragft.cli.benchmark.retrieval import retrieval
from ragft.cli.benchmark.study import study
from ragft.cli.options import EngineName, Json, RayAddress, WorkspacePath, print_json

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
            help="Suites of the task by name, as objectives,papers,refusal; or all.",
            metavar="LIST",
            show_default="those that the task of the run is judged by",
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
    executor: Executor = None,
    ray_address: RayAddress = None,
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Compare models question by question and say whether one is better.

    If a run was stopped or killed, the same command resumes it and asks nothing twice.

    \b
    Example:
        ragft benchmark --arms base,tuned
        ragft benchmark --suites papers,refusal,general --limit 20
        ragft benchmark --arms smollm2,smollm2@closed_book --json
        ragft benchmark --judge qwen3:4b-instruct
    """
    if context.invoked_subcommand is not None:
        return
    from ragft.console import note, progress_bar

    opened = open_benchmark(
        workspace,
        engine,
        suites=_names(suites) or None,
        questions=questions,
        limit=limit,
        seed=seed,
        executor=executor,
        ray_address=ray_address,
    )
    with opened as app, progress_bar() as progress:
        found = app.benchmark(
            arms, run=run, only=_names(only), unequal=unequal, judge=judge, output=output, progress=progress
        )
    if as_json:
        print_json(found.to_json())
        return
    print_benchmark(found)
    note(f"report: {found.page}")


for verb in (refusal, retrieval, answers, compare, injection, study, ablation):
    app.command()(verb)


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in (text or "").split(","))))
