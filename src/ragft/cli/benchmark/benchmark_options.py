"""What the verbs of `ragft benchmark` share: their options, their settings, and the table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragft.cli.options import open_app

if TYPE_CHECKING:
    from ragft.app.application import Application
    from ragft.app.comparing import Benchmark

Output = Annotated[Path | None, typer.Option("--output", help="Folder of the result.", show_default="the run's")]
Limit = Annotated[int | None, typer.Option("--limit", help="At most so many questions a suite.", min=1)]
Executor = Annotated[
    str | None,
    typer.Option("--executor", help="local or ray: where the embedded engine's models run.", show_default="local"),
]
Questions = Annotated[Path | None, typer.Option("--questions", help="JSONL file.", show_default="those that ship")]


def open_benchmark(
    workspace: Path | None,
    engine: str | None,
    *,
    suites: tuple[str, ...] | None = None,
    questions: Path | None = None,
    limit: int | None = None,
    seed: int | None = None,
    executor: str | None = None,
    ray_address: str | None = None,
) -> Application:
    """The application over a workspace, with the settings of a benchmark that were given by flags."""
    from ragft.machine import expand

    path = None if questions is None else str(expand(questions).absolute())
    elsewhere = {"executor": executor, "ray_address": ray_address}
    given = {"suites": suites, "questions": path, "limit": limit, "seed": seed, **elsewhere}
    return open_app(workspace, benchmark=given, engine={"name": engine})


def print_benchmark(found: Benchmark) -> None:
    """Print tables and verdict on stdout."""
    from ragft.console import stdout

    out = stdout()
    for part in found.tables(out.width):
        out.print(part)
