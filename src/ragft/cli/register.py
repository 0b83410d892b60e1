"""`ragft register`: a run's exported model and its base, made known to the engine."""

from __future__ import annotations

from typing import Annotated

import typer

from ragft.cli.options import EngineName, Json, MovedBase, WorkspacePath, emit, open_app


def register(
    run: Annotated[str, typer.Option(help="Run to register.", metavar="RUN")] = "latest",
    name: Annotated[str | None, typer.Option(help="Name to register under.", show_default="TASK-RUN")] = None,
    outtype: Annotated[
        str | None, typer.Option("--type", help="Which exported type.", show_default="q8_0", metavar="TYPE")
    ] = None,
    adapter_only: Annotated[
        bool,
        typer.Option("--adapter-only", help="Register the adapter over the base, as NAME:lora-TYPE, without merging."),
    ] = False,
    base: MovedBase = None,
    engine: EngineName = None,
    workspace: WorkspacePath = None,
    json: Json = False,
) -> None:
    """Register a run's tuned model and its base with Ollama or the embedded engine.

    Both are shown, prompted and asked a few questions first; if one fails, nothing changes. A type that only Ollama
    can make (q4_K_M, q4_K_S) is made there from an exported bf16, f16 or f32.

    \b
    Example:
      ragft register --run latest
      ragft register --run latest --type q4_K_M --engine ollama
      ragft register --run latest --adapter-only
    """
    from ragft.console import progress_bar, stdout

    with open_app(workspace, engine={"name": engine}) as app, progress_bar() as progress:
        report = app.register(run, name=name, outtype=outtype, adapter_only=adapter_only, base=base, progress=progress)
    text = f"{report.model} and {report.base_model} are registered with {report.engine}"
    emit(report, json, lambda: stdout().print(text, markup=False, soft_wrap=True))
