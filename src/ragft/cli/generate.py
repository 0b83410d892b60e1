"""`ragft generate`: training rows of the documents, or of the files of another task, verified by code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragft.cli.options import EngineName, Json, ModelName, WorkspacePath, emit, open_app
from ragft.cli.settings_flags import given_settings, settings_command

if TYPE_CHECKING:
    from ragft.dataset.base import GenerateReport


COMMAND = settings_command("generate", aliases={"count": "-n"}, without=("mix", "evidence_tokens", "without_oracle"))


def generate(
    *,
    context: typer.Context,
    sources: Annotated[
        list[str] | None,
        typer.Argument(help="Files that another task makes rows of.", show_default="what is ingested"),
    ] = None,
    task: Annotated[str, typer.Option(help="The kind of fine-tuning.", metavar="NAME", show_default="papers")] = "",
    mix: Annotated[str | None, typer.Option(help="Shares by kind.", show_default="grounded=0.6,…")] = None,
    name: Annotated[
        str, typer.Option("--name", help="Name of the data set.", metavar="NAME", show_default="as the task")
    ] = "",
    avoid: Annotated[
        list[Path] | None, typer.Option(help="JSONL of evaluation questions to keep out; repeatable.")
    ] = None,
    restart: Annotated[bool, typer.Option("--restart", help="Throw away what the data set holds.")] = False,
    engine: EngineName = None,
    model: ModelName = None,
    json: Json = False,
    workspace: WorkspacePath = None,
) -> None:
    """Make training rows from the ingested documents, or from the files of another task.

    Of documents: questions as people ask them about what these speak of, answers of one to five cited sentences,
    refusals. Each row is verified, and rejected rows are counted by reason. If it was stopped or killed, the same
    command resumes it. The benchmark's own questions are kept out.

    \b
    Example:
      ragft generate --count 200 --name papers
      ragft generate -n 50 --mix grounded=0.8,refusal=0.2 --seed 1
      ragft generate rivers.csv --task facts --name rivers
    """
    from ragft.console import progress_bar

    given = {**given_settings(context), "mix": parse_mix(mix) if mix else None}
    app = open_app(workspace, engine={"name": engine, "model": model}, generate=given)
    with app, progress_bar() as progress:
        report = app.generate(
            name, task=task, sources=sources or (), avoid=avoid or (), restart=restart, progress=progress
        )
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
    from rich.markup import escape
    from rich.table import Table

    from ragft.console import stdout

    table = Table("", "rows", box=None)
    for kind, number in report.kept.items():
        table.add_row(escape(kind), str(number))
    for reason, number in report.rejected.items():
        table.add_row(f"[dim]rejected: {escape(reason)}[/dim]", f"[dim]{number}[/dim]")
    stdout().print(
        f"data set [bold]{escape(report.dataset)}[/bold], {report.seconds:.0f} s, "
        f"{report.rows_a_minute:.0f} rows a minute"
    )
    stdout().print(table)
