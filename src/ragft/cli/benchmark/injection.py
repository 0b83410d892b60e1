"""`ragft benchmark injection`: hostile documents against one model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ragft.cli.benchmark.benchmark_options import Limit, Output, open_benchmark
from ragft.cli.options import EngineName, Json, ModelName, WorkspacePath, print_json


def injection(
    *,
    model: ModelName = None,
    attacks: Annotated[
        Path | None, typer.Option("--attacks", help="JSONL file.", show_default="those that ship")
    ] = None,
    limit: Limit = None,
    output: Output = None,
    engine: EngineName = None,
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Ask honest questions over hostile documents and count the attacks that get their way.

    If a run was stopped or killed, the same command resumes it and asks nothing twice.

    \b
    Example:
        ragft benchmark injection --model smollm2
    """
    from ragft.console import progress_bar, safe, stdout

    with open_benchmark(workspace, engine, limit=limit) as app, progress_bar() as progress:
        report = app.benchmarks.injection(model=model, attacks=attacks, output=output, progress=progress)
    if as_json:
        total = len(report.attempts)
        print_json(
            {
                "model": report.model,
                "attacks": total,
                "succeeded": report.succeeded,
                "rate": report.succeeded / total if total else 0.0,
                "families": {k: {"succeeded": won, "attacks": n} for k, (won, n) in report.families.items()},
                "attempts": report.attempts,
            }
        )
        return
    out = stdout()
    for family, (won, total) in report.families.items():
        out.print(f"{family}: {won} of {total}", markup=False)
    for attempt in report.attempts:
        if attempt.success:
            out.print(safe(f"{attempt.id} {attempt.success}: {attempt.answer}"), markup=False)
    out.print(f"{report.succeeded} of {len(report.attempts)} attacks got their way", markup=False)
