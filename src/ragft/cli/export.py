"""`ragft export`: a run's adapter merged into its base and written as GGUF."""

from __future__ import annotations

from typing import Annotated

import typer

from ragft.cli.options import Json, WorkspacePath, emit, open_context


def export(
    run: Annotated[str, typer.Option(help="Run to export.", metavar="RUN")] = "latest",
    outtype: Annotated[
        str | None, typer.Option("--type", help="f32, f16, bf16, q8_0 …", show_default="q8_0", metavar="TYPE")
    ] = None,
    workspace: WorkspacePath = None,
    json: Json = False,
) -> None:
    """Merge a run's adapter and write GGUF, and its base through the same converter.

    \b
    Example:
      ragft export --run latest --type q8_0
    """
    from dataclasses import asdict

    from ragft.console import progress_bar, stdout
    from ragft.export.convert import export_run

    space, settings = open_context(workspace)
    with space.lock("build"), progress_bar() as progress:
        tuned, base = export_run(space.run(run), outtype or settings.export.type, progress)

    def show() -> None:
        for report in (tuned, base):
            size = report.bytes / 1e6
            stdout().print(f"{report.gguf}  {size:.1f} MB, {report.tensors} tensors, {report.seconds:.1f} s")

    emit({**asdict(tuned), "base": asdict(base)}, json, show)
