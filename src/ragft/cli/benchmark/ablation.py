"""`ragft benchmark ablation`: recipes of data and training against each other."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ragft.cli.benchmark.benchmark_options import Output
from ragft.cli.options import EngineName, Json, WorkspacePath, emit, open_app


def ablation(
    plan: Annotated[Path, typer.Argument(help="TOML file: base, seeds, data and recipes.", metavar="PLAN")],
    *,
    recipes: Annotated[
        str,
        typer.Option(
            help="Recipes of the plan to run now, divided by commas.", metavar="LIST", show_default="all of them"
        ),
    ] = "",
    output: Output = None,
    engine: EngineName = None,
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Train several recipes with several seeds on one split, and ask all the same questions; a stopped run resumes.

    \b
    Example:
        ragft benchmark ablation docs/experiments/teaching.toml
        ragft benchmark ablation docs/experiments/doses.toml --recipes ten,fifty
    """
    from ragft.console import note, progress_bar, safe, stdout

    chosen = [name for part in recipes.split(",") if (name := part.strip())]
    with open_app(workspace, engine={"name": engine}) as app, progress_bar() as progress:
        found = app.ablation(plan, recipes=chosen, output=output, progress=progress)
    emit(found.to_json(), as_json, lambda: stdout().print(safe(found.page), markup=False, soft_wrap=True))
    note(f"tables: {found.folder / 'ablation.md'}")
