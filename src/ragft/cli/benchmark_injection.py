"""`ragft benchmark injection`: hostile documents against one model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ragft.cli.benchmark_run import Limit, Output, apart, benchmark_settings, open_model
from ragft.cli.options import EngineName, Json, ModelName, WorkspacePath, open_context, print_json


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

    Stopped or killed, the same command goes on without asking anything twice.

    \b
    Example:
        ragft benchmark injection --model smollm2
    """
    from ragft.answer.attacks import load_attacks
    from ragft.benchmark.injection import run_injection, spread
    from ragft.console import progress_bar, safe, stdout
    from ragft.data import shipped
    from ragft.errors import NotFoundError
    from ragft.index.store import open_index
    from ragft.workspace import Workspace

    place, loaded = open_context(workspace)
    settings = apart(benchmark_settings(loaded, engine, limit=limit))
    if attacks is not None and not attacks.is_file():
        raise NotFoundError(f"no file {attacks}", fix="check the path given to --attacks")
    chosen = spread(load_attacks(attacks or shipped("attacks/attacks.jsonl")), settings.benchmark.limit)
    folder = output or place.root / "benchmark" / "injection"
    with (
        open_model(place, settings, model) as (opened, name),
        open_index(Workspace(folder / "index"), settings.index) as index,
        progress_bar() as progress,
    ):
        report = run_injection(
            chosen,
            engine=opened,
            index=index,
            model=name,
            answer=settings.answer,
            store=folder / "attempts.jsonl",
            progress=progress,
        )
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
