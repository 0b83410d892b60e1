"""`ragft doctor`: checks of this machine, each with the command that repairs it."""

from __future__ import annotations

import typer

from ragft.cli.options import Json, WorkspacePath, emit, open_app


def doctor(workspace: WorkspacePath = None, json: Json = False) -> None:
    """Check Python, memory, disk, models, engines, index and settings; exit 1 if something is wrong.

    \b
    Example:
      ragft doctor
    """
    from ragft.console import stdout

    with open_app(workspace) as app:
        checks = app.doctor()

    def show() -> None:
        console = stdout()
        for check in checks:
            mark = (
                "[red]FAIL[/red]"
                if not check.ok
                else "[yellow]note[/yellow]"
                if check.advice
                else "[green]ok  [/green]"
            )
            console.print(f"{mark} {check.name:<10}", end=" ")
            console.print(check.detail, markup=False, soft_wrap=True)
            if check.fix and (check.advice or not check.ok):
                console.print(f"     → {check.fix}", markup=False, soft_wrap=True)

    emit({"checks": checks}, json, show)
    if not all(check.ok for check in checks):
        raise typer.Exit(1)
