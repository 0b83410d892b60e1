"""`ragft classify`: sort files into classes."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragft.cli.options import EngineName, Json, ModelName, WorkspacePath, emit, open_app

if TYPE_CHECKING:
    from ragft.tasks.classify.sorting import Classification

_SHOWN = 3
"""Labels whose probability is printed for each file; JSON has all."""


def classify(
    files: Annotated[list[Path], typer.Argument(help="Files or folders to sort.", readable=False)],
    *,
    run: Annotated[
        str | None, typer.Option(help="A run of --task classify.", show_default="the latest", metavar="RUN")
    ] = None,
    arm: Annotated[
        str | None,
        typer.Option(
            help="tf-idf, encoder, nearest, zero-shot, few-shot, tuned or tuned-other-prompt.",
            show_default="what the run recommends",
            metavar="NAME",
        ),
    ] = None,
    labels: Annotated[
        str | None, typer.Option(help="Classes, divided by commas, to choose from.", metavar="A,B,…")
    ] = None,
    examples: Annotated[
        list[Path] | None,
        typer.Option(
            help="Two to five documents of each class: a folder per class, CSV or JSONL; may be repeated.",
            metavar="PATH",
            readable=False,
        ),
    ] = None,
    engine: EngineName = None,
    model: ModelName = None,
    workspace: WorkspacePath = None,
    json: Json = False,
) -> None:
    """Sort files into classes: as a run recommends, or by labels and examples without any training.

    With --run and --examples, new classes are added to those of the run.

    \b
    Example:
      ragft classify inbox/
      ragft classify scan.pdf --run latest --arm tuned --json
      ragft classify inbox/ --examples examples/
      ragft classify note.txt --labels invoice,letter --model qwen3:4b-instruct
    """
    from ragft.console import progress_bar

    names = [name for part in (labels or "").split(",") if (name := part.strip())]
    with open_app(workspace, engine={"name": engine}) as app, progress_bar() as progress:
        found = app.classify(
            files, run=run, arm=arm, model=model, labels=names, examples=examples or (), progress=progress
        )
    emit(found, json, lambda: _show(found))


def _show(found: Classification) -> None:
    from ragft.console import note, safe_line, stdout

    for one in found.files:
        others = ", ".join(f"{label} {share:.0%}" for label, share in islice(one.likely.items(), _SHOWN))
        line = f"{one.file}: {one.label} ({others})" if one.label else f"{one.file}: not read"
        stdout().print(safe_line(line), markup=False, soft_wrap=True)
    by = ", ".join(filter(None, [found.arm, found.model, found.run and f"run {found.run}"]))
    note(f"by {by}" + ("" if found.calibrated else "; probabilities are not calibrated"))
