"""`ragft index`: check the index and make its vectors again."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from ragft.cli.options import Json, WorkspacePath, emit, open_app

if TYPE_CHECKING:
    from ragft.index.ingest.repair import CheckReport

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def index() -> None:
    """Check or rebuild the index.

    \b
    Example:
        ragft index check
        ragft index rebuild
    """


@app.command()
def check(workspace: WorkspacePath = None, as_json: Json = False) -> None:
    """Compare catalogue, vectors and encoder; exit code 6 if they disagree.

    \b
    Example:
        ragft index check
    """
    from ragft.cli.exit_codes import exit_code
    from ragft.errors import IndexCorrupted

    with open_app(workspace) as app:
        report = app.index.check()
    emit({"ok": report.ok, **asdict(report)}, as_json, lambda: _show(report))
    if not report.ok:
        raise typer.Exit(exit_code(IndexCorrupted))


@app.command()
def rebuild(workspace: WorkspacePath = None, as_json: Json = False) -> None:
    """Make all vectors again from the catalogue, with the encoder that the settings name.

    \b
    Example:
        ragft index rebuild
    """
    from ragft.console import progress_bar

    with open_app(workspace) as app, progress_bar() as progress:
        encoded = app.index.rebuild(progress)
    emit({"vectors": encoded}, as_json, lambda: print(f"{encoded} vectors made"))


def _show(report: CheckReport) -> None:
    from ragft.console import safe_line

    print(f"{report.documents} documents, {report.chunks} chunks, {report.vectors} vectors")
    repair = "ragft ingest again" if report.interrupted else "ragft index rebuild"
    for problem in report.problems:
        print(safe_line(f"problem: {problem} → {repair}"))
    if report.ok:
        print("catalogue and vectors agree")
