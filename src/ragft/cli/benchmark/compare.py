"""`ragft benchmark compare`: finished benchmarks side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ragft.cli.options import Json, WorkspacePath, open_app, print_json


def compare(
    runs: Annotated[
        list[str], typer.Argument(help="Run ids or run folders, in the order of the table.", metavar="RUN…")
    ],
    *,
    output: Annotated[
        Path | None, typer.Option("--output", help="Also write a page with plots there.", metavar="FILE.html")
    ] = None,
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Set finished benchmarks of several runs side by side.

    \b
    Example:
        ragft benchmark compare 20260101-1200 20260108-0900 --output history.html
    """
    from rich.markup import escape
    from rich.table import Table

    from ragft.console import note, safe, stdout

    with open_app(workspace) as app:
        history = app.benchmarks.compare(runs, output=output)
    if output is not None:
        note(f"page: {output}")
    if as_json:
        print_json({"runs": history.entries, "warnings": history.warnings})
        return
    shown = Table("metric", *(escape(safe(entry.run)) for entry in history.entries), box=None)
    shown.add_row("verdict", *(escape(safe(entry.verdict)) for entry in history.entries))
    shown.add_row("quantisation", *(escape(safe(entry.quantization)) or "–" for entry in history.entries))
    for name, metric in history.metrics.items():
        shown.add_row(metric.label, *(metric.show(entry.values.get(name)) for entry in history.entries))
    stdout().print(shown)
    for warning in history.warnings:
        note(f"warning: {warning}")
