"""`ragft benchmark compare`: finished benchmarks side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragft.cli.options import Json, WorkspacePath, open_context, print_json

if TYPE_CHECKING:
    from ragft.workspace import Workspace


def compare(
    runs: Annotated[
        list[str], typer.Argument(help="Run ids or run folders, in the order they are to stand.", metavar="RUN…")
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

    from ragft.benchmark.history import read_history, warnings_of, write_history
    from ragft.console import note, safe, stdout

    place, _ = open_context(workspace)
    folders: dict[str, Path] = {}
    for folder in dict.fromkeys(_run_folder(place, run) for run in runs):
        name = safe(folder.name if folder.name not in folders else str(folder))  # the same run on two machines
        folders[name] = folder / "benchmark"
    entries, metrics = read_history(folders)
    if output is not None:
        write_history(entries, metrics, output)
        note(f"page: {output}")
    if as_json:
        print_json({"runs": entries, "warnings": warnings_of(entries)})
        return
    shown = Table("metric", *(escape(safe(entry.run)) for entry in entries), box=None)
    shown.add_row("verdict", *(entry.verdict for entry in entries))
    shown.add_row("quantisation", *(escape(safe(entry.quantization)) or "–" for entry in entries))
    for name, metric in metrics.items():
        shown.add_row(metric.label, *(metric.show(entry.values.get(name)) for entry in entries))
    stdout().print(shown)
    for warning in warnings_of(entries):
        note(f"warning: {warning}")


def _run_folder(place: Workspace, run: str) -> Path:
    """A run of the workspace, or a run's folder that was brought from elsewhere."""
    from ragft.errors import NotFoundError

    try:
        return place.run(run)
    except NotFoundError:
        if Path(run).is_dir():
            return Path(run).resolve()
        raise
