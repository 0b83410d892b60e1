"""`ragft train`: a LoRA adapter from a data set and a base."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragft.cli.options import Json, WorkspacePath, emit, open_app
from ragft.cli.settings_flags import given_settings, settings_command

if TYPE_CHECKING:
    from ragft.app.training import Preview
    from ragft.train.base import TrainReport

COMMAND = settings_command("train", aliases={"learning_rate": "--lr", "preference_learning_rate": "--preference-lr"})


def train(
    *,
    context: typer.Context,
    dataset: Annotated[str, typer.Option("--dataset", "-d", help="Name or folder of a data set.", metavar="NAME")] = "",
    base: Annotated[str, typer.Option("--base", "-b", help="smollm2, a folder, or owner/model.", metavar="NAME")] = "",
    run: Annotated[
        str, typer.Option("--run", help="Name of the run.", show_default="from the time", metavar="ID")
    ] = "",
    preset: Annotated[str, typer.Option("--preset", help="seed, gentle, mlp, replay or distill.", metavar="NAME")] = "",
    config: Annotated[Path | None, typer.Option("--config", "-c", help="TOML run file, laid over the preset.")] = None,
    restart: Annotated[bool, typer.Option("--restart", help="Throw away what the run holds.")] = False,
    preview: Annotated[bool, typer.Option("--preview", help="Show a row with its loss mask; train nothing.")] = False,
    row: Annotated[int, typer.Option(help="Which row --preview shows, from 1.", min=1)] = 1,
    json: Json = False,
    workspace: WorkspacePath = None,
) -> None:
    """Train a LoRA adapter on a data set; a killed run resumes.

    \b
    Example:
      ragft train --dataset papers --base smollm2
      ragft train -d papers -b smollm2 --preset gentle --epochs 2
      ragft train -d papers -b smollm2 --preference dpo
      ragft train -d papers -b smollm2 --preview
    """
    from ragft.app.training import recipe
    from ragft.console import progress_bar

    with open_app(workspace, train=recipe(preset, config)).with_(train=given_settings(context)) as app:
        if preview:
            shown = app.preview(dataset, base, row=row)
            emit(shown, json, lambda: _show_preview(shown))
            return
        with progress_bar() as progress:
            report = app.train(dataset, base, run=run, restart=restart, progress=progress)
    emit(report, json, lambda: _show(report))


def _show_preview(preview: Preview) -> None:
    from rich.text import Text

    from ragft.console import safe, stderr, stdout

    text = Text()
    for span in preview.spans:
        # Brackets carry the mask where there is no colour.
        shown = f"⟦{safe(span.text)}⟧" if span.trained else safe(span.text)
        text.append(shown, style="bold green" if span.trained else "dim")
    stdout().print(text)
    counts = {trained: sum(s.tokens for s in preview.spans if s.trained is trained) for trained in (True, False)}
    stderr().print(f"in the loss ⟦ ⟧: {counts[True]} tokens; prompt: {counts[False]} tokens")


def _preference(report: TrainReport) -> list[tuple[str, str]]:
    if not report.pairs:
        return []
    return [("pairs", f"{report.pairs}, {report.accuracy:.0%} judged rightly, margin {report.margin:.3f} nats")]


def _show(report: TrainReport) -> None:
    from rich.table import Table
    from rich.text import Text

    from ragft.console import safe_line, stdout

    table = Table(show_header=False, box=None)
    table.add_column()
    table.add_column(overflow="fold")  # a long path is there to be copied
    for name, value in (
        ("run", report.run),
        ("adapter", str(report.adapter)),
        ("device", report.device),
        ("steps", str(report.steps)),
        ("tokens", f"{report.tokens} ({report.tokens_per_second:.0f} a second)"),
        ("training loss", f"{report.train_loss:.4f}"),
        ("validation loss", "nothing held out" if report.eval_loss != report.eval_loss else f"{report.eval_loss:.4f}"),
        ("best step", str(report.best_step)),
        *_preference(report),
        ("general text", f"{report.forgetting:+.4f} nats a token, KL {report.divergence:.4f}"),
        ("adapter scaled to", f"{report.scale:.2f}" if report.scale < 1 else "1 (not scaled)"),
        ("time", f"{report.seconds:.0f} s"),
    ):
        table.add_row(name, Text(safe_line(value)))
    stdout().print(table)
