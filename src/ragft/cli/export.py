"""`ragft export`: a run's adapter merged into its base and written as GGUF; `verify` proves that both are the same."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ragft.cli.options import Json, MovedBase, WorkspacePath, emit, open_app

app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)

Run = Annotated[str, typer.Option(help="Run to export.", metavar="RUN")]
OutType = Annotated[
    str | None, typer.Option("--type", help="f32, f16, bf16, q8_0 …", show_default="q8_0", metavar="TYPE")
]


@app.callback()
def export(
    context: typer.Context,
    run: Run = "latest",
    outtype: OutType = None,
    base: MovedBase = None,
    workspace: WorkspacePath = None,
    json: Json = False,
) -> None:
    """Merge a run's adapter and write GGUF, and its base through the same converter.

    \b
    Example:
      ragft export --run latest --type q8_0
    """
    if context.invoked_subcommand is not None:
        return
    from dataclasses import asdict

    from ragft.console import progress_bar, stdout

    with open_app(workspace) as app, progress_bar() as progress:
        tuned, plain = app.export(run, outtype=outtype, base=base, progress=progress)

    def show() -> None:
        for report in (tuned, plain):
            size = report.bytes / 1e6
            text = f"{report.gguf}  {size:.1f} MB, {report.tensors} tensors, {report.seconds:.1f} s"
            stdout().print(text, markup=False, soft_wrap=True)

    emit({**asdict(tuned), "base": asdict(plain)}, json, show)


@app.command()
def verify(
    run: Run = "latest",
    outtype: OutType = None,
    base: MovedBase = None,
    workspace: WorkspacePath = None,
    json: Json = False,
) -> None:
    """Prove that the exported model is the trained one: prompt, tokenizer, end of turn, weights, logits.

    \b
    Example:
      ragft export verify --run latest
    """
    from ragft.console import progress_bar, stdout

    with open_app(workspace) as app, progress_bar() as progress:
        name, checks = app.verify(run, outtype=outtype, base=base, progress=progress)

    def show() -> None:
        for check in checks:
            stdout().print(f"{check.status:<7}  {check.name:<12}  {check.detail}", markup=False, soft_wrap=True)

    emit({"run": name, "checks": checks}, json, show)


@app.command("import")
def import_adapter(
    folder: Annotated[Path, typer.Argument(help="Folder with adapters.safetensors and adapter_config.json.")],
    run: Annotated[str, typer.Option(help="Name of the new run.", metavar="RUN")],
    base: Annotated[
        str | None,
        typer.Option(help="Model it was trained on: smollm2 or a Hugging Face folder.", show_default="smollm2"),
    ] = None,
    workspace: WorkspacePath = None,
    json: Json = False,
) -> None:
    """Take a LoRA adapter that mlx-lm trained as a run, which export merges like one of ragft's own.

    \b
    Example:
      ragft export import adapters --base ~/models/gemma-2-9b-it --run solver
    """
    from ragft.console import note

    with open_app(workspace) as app:
        adapter = app.import_adapter(folder, base=base or "", run=run)
    emit({"run": run, "adapter": str(adapter)}, json, lambda: note(f"adapter: {adapter} (ragft export --run {run})"))
