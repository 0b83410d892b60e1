"""`ragft dataset`: look at training data, check it, divide and join it, hand it to other trainers."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragft.cli.options import Json, WorkspacePath, emit, open_app

if TYPE_CHECKING:
    from ragft.app.datasets import DatasetSize
    from ragft.dataset.base import Row
    from ragft.dataset.inspect import Stats
    from ragft.dataset.preference import Preference

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name or folder of a data set.")]
NewName = Annotated[str, typer.Option("--to", help="Name of the new data set.", metavar="NAME")]
HeldOutShare = Annotated[float, typer.Option(min=0.0, max=0.9, help="Share of rows held out.")]


@app.callback()
def dataset() -> None:
    """Show, check, divide, join, import and export training data.

    \b
    Example:
        ragft dataset list
        ragft dataset stats papers
        ragft dataset export papers --format mlx
    """


@app.command("list")
def list_datasets(workspace: WorkspacePath = None, as_json: Json = False) -> None:
    """List the data sets of the workspace.

    \b
    Example:
      ragft dataset list
    """
    from ragft.console import stdout

    with open_app(workspace) as app:
        names = app.datasets.list()
    emit({"datasets": names}, as_json, lambda: stdout().print("\n".join(names), markup=False))


@app.command("show")
def show(
    name: Name,
    kind: Annotated[str, typer.Option(help="Only rows of this kind.")] = "",
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many rows.")] = 3,
    start: Annotated[int, typer.Option("--from", min=1, help="First row shown, from 1.")] = 1,
    held_out: Annotated[bool, typer.Option("--held-out", help="The validation rows.")] = False,
    preferences: Annotated[
        bool, typer.Option("--preferences", help="The pairs of a better and a worse answer.")
    ] = False,
    rejected: Annotated[
        bool, typer.Option("--rejected", help="The attempts that were rejected and the answers that lost, and why.")
    ] = False,
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Show rows of a data set, as chats with their provenance.

    \b
    Example:
      ragft dataset show papers -n 5 --kind refusal
      ragft dataset show papers --rejected
      ragft dataset show papers --preferences
    """
    from ragft.app.datasets import preference_json, row_json

    asked = slice(start - 1, start - 1 + limit)
    with open_app(workspace) as app:
        if rejected:
            attempts = [each for each in app.datasets.rejected(name) if not kind or each.get("kind") == kind][asked]
            emit({"rejected": attempts}, as_json, lambda: _show_rejected(attempts))
            return
        if preferences:
            pairs = [pair for pair in app.datasets.preferences(name) if not kind or pair.kind == kind][asked]
            emit({"preferences": [preference_json(pair) for pair in pairs]}, as_json, lambda: _show_pairs(pairs))
            return
        rows = [row for row in app.datasets.rows(name, held_out=held_out) if not kind or row.kind == kind][asked]
    emit({"rows": [row_json(row) for row in rows]}, as_json, lambda: _show_rows(rows))


@app.command("stats")
def stats(name: Name, workspace: WorkspacePath = None, as_json: Json = False) -> None:
    """Count rows, kinds, documents and lengths.

    \b
    Example:
      ragft dataset stats papers
    """
    with open_app(workspace) as app:
        counted = app.datasets.stats(name)
    emit(counted, as_json, lambda: _show_stats(counted))


@app.command("validate")
def validate(
    name: Annotated[
        str, typer.Argument(metavar="NAME|FILE", help="Name or folder of a data set, or a file to import.")
    ],
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Check every row of a data set, or of a file before it is imported; exits with 3 where something is wrong.

    \b
    Example:
      ragft dataset validate papers
      ragft dataset validate mine.jsonl
    """
    from ragft.console import safe_line, stdout

    with open_app(workspace) as app:
        problems = app.datasets.validate(name)

    def lines() -> None:
        for problem in problems:
            stdout().print(safe_line(str(problem)), markup=False, soft_wrap=True)
        stdout().print(f"{len(problems)} problems" if problems else "every row is well")

    emit({"ok": not problems, "problems": problems}, as_json, lines)
    if problems:
        raise typer.Exit(3)


@app.command("split")
def split(
    name: Name,
    to: NewName,
    share: HeldOutShare = 0.05,
    seed: int = 0,
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Divide a data set again into training and held-out rows, no document on both sides.

    \b
    Example:
      ragft dataset split papers --to papers-10 --share 0.1
    """
    with open_app(workspace) as app:
        _show_size(app.datasets.split(name, to, share=share, seed=seed), as_json)


@app.command("mix")
def mix(
    parts: Annotated[list[str], typer.Argument(metavar="NAME=SHARE…", help="Data sets and their shares.")],
    to: NewName,
    seed: int = 0,
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Join data sets in given shares; their held-out rows are joined, but for those that are now trained on.

    \b
    Example:
      ragft dataset mix papers=0.8 mine=0.2 --to both
    """
    with open_app(workspace) as app:
        _show_size(app.datasets.mix(list(map(_parse_part, parts)), to, seed=seed), as_json)


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="JSON lines or a JSON array: TRL, OpenAI, ShareGPT, Alpaca and pairs.")],
    to: NewName,
    share: HeldOutShare = 0.05,
    seed: int = 0,
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Take rows of your own. One that cannot be read stops the import, and nothing is written.

    \b
    Example:
      ragft dataset import mine.jsonl --to mine
    """
    with open_app(workspace) as app:
        _show_size(app.datasets.import_file(file, to, share=share, seed=seed), as_json)


@app.command("export")
def export(
    name: Name,
    folder: Annotated[Path, typer.Option("--to", help="Folder to write to.", metavar="FOLDER")],
    form: Annotated[str, typer.Option("--format", "-f", help="trl, mlx or axolotl.", metavar="NAME")] = "trl",
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Write a data set in the form another trainer reads.

    \b
    Example:
      ragft dataset export papers --format mlx --to data_mlx
    """
    from ragft.console import stdout

    with open_app(workspace) as app:
        written = app.datasets.export(name, folder, form)
    emit({"files": written}, as_json, lambda: stdout().print("\n".join(map(str, written)), markup=False))


def _parse_part(text: str) -> tuple[str, float]:
    """`papers=0.8` as a name and a share.

    Raises:
        UsageError: it is not of that form, or the share is not a positive number.
    """
    from ragft.errors import UsageError

    name, _, share = text.rpartition("=")
    try:
        weight = float(share)
    except ValueError:
        weight = 0.0
    if not name or not 0 < weight < math.inf:
        raise UsageError(f"{text!r} is not NAME=SHARE", fix="ragft dataset mix papers=0.8 mine=0.2 --to both")
    return name, weight


def _show_size(size: DatasetSize, as_json: bool) -> None:
    from ragft.console import stdout

    text = f"{size.dataset}: {size.rows} rows, {size.held_out} held out"
    emit(size, as_json, lambda: stdout().print(text, markup=False))


def _show_rows(rows: list[Row]) -> None:
    from rich.text import Text

    from ragft.console import safe, stdout

    console = stdout()
    for row in rows:
        console.rule(Text(safe(f"{row.kind} {row.id}")), align="left")
        for message in (*row.prompt, *row.completion):
            console.print(Text(safe(message["role"]), "bold"))
            console.print(safe(message["content"]), markup=False)
        checks = ", ".join(f"{key} {value:g}" for key, value in row.checks.items())
        origin = f"oracle {', '.join(row.oracle_ids) or '–'}; {checks or 'no checks'}; {row.generator}"
        console.print(Text(safe(origin), "dim"))


def _show_pairs(pairs: list[Preference]) -> None:
    from rich.text import Text

    from ragft.console import safe, stdout

    console = stdout()
    for pair in pairs:
        console.rule(Text(safe(f"{pair.kind} {pair.id}")), align="left")
        parts = [(message["role"], message["content"]) for message in pair.prompt]
        parts.append((f"chosen, {pair.chosen_score:g}", pair.chosen[0]["content"]))
        parts.append((f"rejected, {pair.rejected_score:g}", pair.rejected[0]["content"]))
        for name, text in parts:
            console.print(Text(safe(name), "bold"))
            console.print(safe(text), markup=False)
        console.print(Text(safe(f"rejected for: {', '.join(pair.faults) or 'not said'}"), "dim"))


def _show_rejected(attempts: list[dict[str, object]]) -> None:
    from rich.table import Table
    from rich.text import Text

    from ragft.console import safe, stdout

    table = Table("reason", "kind", "question", "claim or answer", box=None)
    for attempt in attempts:
        faults, said = attempt.get("faults"), attempt.get("claim") or attempt.get("answer")
        reason = f"{attempt.get('reason')}: {', '.join(map(str, faults))}" if isinstance(faults, list) else None
        cells = (reason or attempt.get("reason"), attempt.get("kind"), attempt.get("question"), said)
        table.add_row(*(Text(safe(str(cell or ""))) for cell in cells))
    stdout().print(table)


def _show_stats(counted: Stats) -> None:
    from rich.markup import escape
    from rich.table import Table

    from ragft.console import safe_line, stdout

    table = Table(show_header=False, box=None)
    table.add_row("rows", f"{counted.rows} and {counted.held_out} held out")
    for kind, number in counted.kinds.items():
        table.add_row(f"  {escape(safe_line(kind))}", str(number))
    table.add_row("documents", str(counted.documents))
    for label, (least, middle, most) in (("row", counted.characters), ("answer", counted.answer_characters)):
        table.add_row(f"characters a {label}", f"{least} to {most}, median {middle:g}")
    if any(counted.preferences):
        table.add_row("preferences", f"{counted.preferences[0]} and {counted.preferences[1]} held out")
        for fault, number in counted.faults.items():
            table.add_row(f"  {escape(safe_line(fault))}", str(number))
    stdout().print(table)
