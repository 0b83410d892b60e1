"""`ragft generate`: question-answer pairs from the documents, made by the local model and verified by code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragft.cli.options import EngineName, Json, ModelName, WorkspacePath, emit, open_app

if TYPE_CHECKING:
    from ragft.dataset.base import GenerateReport


def generate(
    *,
    count: Annotated[int | None, typer.Option("--count", "-n", help="Rows to make.", show_default="200")] = None,
    mix: Annotated[str | None, typer.Option(help="Shares by kind.", show_default="grounded=0.6,…")] = None,
    recipe: Annotated[
        str | None,
        typer.Option(help="natural: as people ask; claims: one sentence, one question.", show_default="natural"),
    ] = None,
    samples: Annotated[
        int | None, typer.Option(help="The model's own answers to each prompt, to choose from.", show_default="0")
    ] = None,
    name: Annotated[str, typer.Option("--name", help="Name of the data set.", metavar="NAME")] = "papers",
    seed: Annotated[int | None, typer.Option(show_default="0")] = None,
    replay: Annotated[float | None, typer.Option(help="Share of general rows.", show_default="0.15")] = None,
    distractors: Annotated[int | None, typer.Option(help="Further sources a row.", show_default="2")] = None,
    answers: Annotated[
        str | None,
        typer.Option(help="source: sentences of the papers; model: its own words, checked.", show_default="auto"),
    ] = None,
    held_out: Annotated[float | None, typer.Option(help="Share for validation.", show_default="0.05")] = None,
    avoid: Annotated[
        list[Path] | None, typer.Option(help="JSONL of evaluation questions to keep out; repeatable.")
    ] = None,
    restart: Annotated[bool, typer.Option("--restart", help="Throw away what the data set holds.")] = False,
    engine: EngineName = None,
    model: ModelName = None,
    json: Json = False,
    workspace: WorkspacePath = None,
) -> None:
    """Make training rows from the ingested documents.

    Questions as people ask them about what the documents speak of, answers of one to five cited sentences, refusals.
    Each row is verified, and what fails is counted by reason. Stopped or killed, the same command goes on where it
    was. The benchmark's own questions are kept out.

    \b
    Example:
      ragft generate --count 200 --name papers
      ragft generate -n 50 --mix grounded=0.8,refusal=0.2 --seed 1
    """
    from ragft.console import progress_bar

    given = {
        "recipe": recipe, "samples": samples, "count": count, "mix": parse_mix(mix) if mix else None, "seed": seed,
        "replay": replay, "distractors": distractors, "answers": answers, "held_out": held_out,
    }  # fmt: skip
    app = open_app(workspace, engine={"name": engine, "model": model}, generate=given)
    with app, progress_bar() as progress:
        report = app.generate(name, avoid=avoid or (), restart=restart, progress=progress)
    emit(report, json, lambda: _show(report))


def parse_mix(text: str) -> dict[str, float]:
    """`grounded=0.6,refusal=0.4` as a mapping.

    Raises:
        UsageError: it is not of that form.
    """
    from ragft.errors import UsageError

    try:
        pairs = [part.split("=") for part in text.split(",") if part.strip()]
        return {kind.strip(): float(share) for kind, share in pairs}
    except ValueError as error:
        raise UsageError(
            f"--mix {text!r} does not parse", fix="--mix grounded=0.6,synthesis=0.15,partial=0.05,refusal=0.2"
        ) from error


def _show(report: GenerateReport) -> None:
    from rich.table import Table

    from ragft.console import stdout

    table = Table("", "rows", box=None)
    for kind, number in report.kept.items():
        table.add_row(kind, str(number))
    for reason, number in report.rejected.items():
        table.add_row(f"[dim]rejected: {reason}[/dim]", f"[dim]{number}[/dim]")
    stdout().print(
        f"data set [bold]{report.dataset}[/bold], {report.seconds:.0f} s, {report.rows_a_minute:.0f} rows a minute"
    )
    stdout().print(table)
