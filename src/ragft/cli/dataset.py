"""`ragft dataset`: look at training data, check it, divide and join it, hand it to other trainers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragft.cli.options import Json, WorkspacePath, emit, open_context

if TYPE_CHECKING:
    from ragft.config import Settings
    from ragft.dataset.base import Problem, Row
    from ragft.dataset.inspect import Stats
    from ragft.workspace import Workspace

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

SHOWN = 20
"""How many bad rows of a file are listed; `validate` lists all."""

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name or folder of a data set.")]


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
    from ragft.dataset.store import TRAIN

    space, _ = open_context(workspace)
    names = sorted(path.parent.name for path in space.datasets.glob(f"*/{TRAIN}"))
    emit({"datasets": names}, as_json, lambda: stdout().print("\n".join(names), markup=False))


@app.command("show")
def show(
    name: Name,
    kind: Annotated[str, typer.Option(help="Only rows of this kind.")] = "",
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many rows.")] = 3,
    start: Annotated[int, typer.Option("--from", min=1, help="First row shown, from 1.")] = 1,
    held_out: Annotated[bool, typer.Option("--held-out", help="The validation rows.")] = False,
    rejected: Annotated[bool, typer.Option("--rejected", help="The attempts that were rejected, and why.")] = False,
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Show rows of a data set, as chats with their provenance.

    \b
    Example:
      ragft dataset show papers -n 5 --kind refusal
      ragft dataset show papers --rejected
    """
    from ragft.dataset.store import HELD_OUT, REJECTED, TRAIN, find_dataset, read_lines, read_rows, row_to_dict

    space, _ = open_context(workspace)
    folder = find_dataset(space, name)
    if rejected:
        found = [value for _, value in read_lines(folder / REJECTED)] if (folder / REJECTED).is_file() else []
        part = [value for value in found if not kind or value.get("kind") == kind][start - 1 : start - 1 + limit]
        emit({"rejected": part}, as_json, lambda: _show_rejected(part))
        return
    rows = read_rows(folder / (HELD_OUT if held_out else TRAIN))
    chosen = [row for row in rows if not kind or row.kind == kind][start - 1 : start - 1 + limit]
    emit({"rows": [row_to_dict(row) for row in chosen]}, as_json, lambda: _show_rows(chosen))


@app.command("stats")
def stats(name: Name, workspace: WorkspacePath = None, as_json: Json = False) -> None:
    """Count rows, kinds, documents and lengths.

    \b
    Example:
      ragft dataset stats papers
    """
    from ragft.dataset.inspect import stats as count
    from ragft.dataset.store import find_dataset

    space, _ = open_context(workspace)
    counted = count(find_dataset(space, name))
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
    from ragft.dataset.formats import import_rows
    from ragft.dataset.inspect import validate as check
    from ragft.dataset.store import find_dataset
    from ragft.machine import expand

    space, settings = open_context(workspace)
    if (file := expand(Path(name))).is_file():
        problems = import_rows(file, judged_by(settings))[1]
    else:
        problems = check(find_dataset(space, name), judged_by(settings))

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
    to: Annotated[str, typer.Option("--to", help="Name of the new data set.", metavar="NAME")],
    share: Annotated[float, typer.Option(min=0.0, max=0.9, help="Share of rows held out.")] = 0.05,
    seed: Annotated[int, typer.Option()] = 0,
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Divide a data set anew into training and held-out rows, no document on both sides.

    \b
    Example:
      ragft dataset split papers --to papers-10 --share 0.1
    """
    from ragft.dataset.split import distinct, split_rows
    from ragft.dataset.store import HELD_OUT, TRAIN, find_dataset, read_rows

    space, _ = open_context(workspace)
    folder = find_dataset(space, name)
    rows = [row for file in (TRAIN, HELD_OUT) if (folder / file).is_file() for row in read_rows(folder / file)]
    _save(space, to, *split_rows(distinct(rows), share, seed), as_json)


@app.command("mix")
def mix(
    parts: Annotated[list[str], typer.Argument(metavar="NAME=SHARE…", help="Data sets and their shares.")],
    to: Annotated[str, typer.Option("--to", help="Name of the new data set.", metavar="NAME")],
    seed: Annotated[int, typer.Option()] = 0,
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Join data sets in given shares; their held-out rows are joined, but for those that are now trained on.

    \b
    Example:
      ragft dataset mix papers=0.8 mine=0.2 --to both
    """
    from ragft.dataset.split import mix_rows, unseen
    from ragft.dataset.store import HELD_OUT, TRAIN, find_dataset, read_rows

    space, _ = open_context(workspace)
    shares = [(find_dataset(space, name), share) for name, share in map(_parse_part, parts)]
    train = mix_rows([(read_rows(folder / TRAIN), share) for folder, share in shares], seed)
    held_out = [row for folder, _ in shares if (folder / HELD_OUT).is_file() for row in read_rows(folder / HELD_OUT)]
    _save(space, to, train, unseen(held_out, train), as_json)


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="JSON lines or a JSON array: TRL, OpenAI, ShareGPT, Alpaca and pairs.")],
    to: Annotated[str, typer.Option("--to", help="Name of the new data set.", metavar="NAME")],
    share: Annotated[float, typer.Option(min=0.0, max=0.9, help="Share of rows held out.")] = 0.05,
    seed: Annotated[int, typer.Option()] = 0,
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Take rows of your own. One that cannot be read stops the import, and nothing is written.

    \b
    Example:
      ragft dataset import mine.jsonl --to mine
    """
    from ragft.dataset.formats import import_rows
    from ragft.dataset.split import distinct, split_rows

    space, settings = open_context(workspace)
    rows, problems = import_rows(file, judged_by(settings))
    if problems:
        _refuse(file, problems)
    _save(space, to, *split_rows(distinct(rows), share, seed), as_json)


def _refuse(file: Path, problems: list[Problem]) -> None:
    """List what is wrong, the first of it where it is much.

    Raises:
        DatasetError: always.
    """
    from ragft.console import note, safe_line
    from ragft.errors import DatasetError

    for problem in problems[:SHOWN]:
        note(safe_line(str(problem)))
    if len(problems) > SHOWN:
        note(f"… and {len(problems) - SHOWN} more")
    raise DatasetError(
        f"{len(problems)} rows of {file} cannot be imported",
        fix=f"correct or remove them; ragft dataset validate {file} lists all",
    )


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
    from ragft.dataset.formats import export_dataset
    from ragft.dataset.store import find_dataset

    space, _ = open_context(workspace)
    written = export_dataset(find_dataset(space, name), folder, form)
    emit({"files": written}, as_json, lambda: stdout().print("\n".join(map(str, written)), markup=False))


def judged_by(settings: Settings, files: Sequence[Path] = ()) -> list[str]:
    """The evaluation questions: those that ship with ragft, those of the settings, and those of `files`."""
    from ragft.dataset.questions import evaluation_questions

    own = [Path(settings.benchmark.questions)] if settings.benchmark.questions else []
    return evaluation_questions([*own, *files])


def _parse_part(text: str) -> tuple[str, float]:
    """`papers=0.8` as a name and a share.

    Raises:
        UsageError: it is not of that form, or the share is no positive number.
    """
    from ragft.errors import UsageError

    name, _, share = text.rpartition("=")
    try:
        weight = float(share)
    except ValueError:
        weight = 0.0
    if not name or not 0 < weight < math.inf:
        raise UsageError(f"{text!r} is no NAME=SHARE", fix="ragft dataset mix papers=0.8 mine=0.2 --to both")
    return name, weight


def _save(space: Workspace, name: str, train: list[Row], held_out: list[Row], as_json: bool) -> None:
    from ragft.console import stdout
    from ragft.dataset.store import save_dataset

    with space.lock(f"dataset-{name.replace('/', '-')}"):
        save_dataset(space, name, train, held_out)
    emit(
        {"dataset": name, "rows": len(train), "held_out": len(held_out)},
        as_json,
        lambda: stdout().print(f"{name}: {len(train)} rows, {len(held_out)} held out", markup=False),
    )


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


def _show_rejected(attempts: list[dict[str, object]]) -> None:
    from rich.table import Table
    from rich.text import Text

    from ragft.console import safe, stdout

    table = Table("reason", "kind", "question", "claim", box=None)
    for attempt in attempts:
        table.add_row(*(Text(safe(str(attempt.get(key) or ""))) for key in ("reason", "kind", "question", "claim")))
    stdout().print(table)


def _show_stats(counted: Stats) -> None:
    from rich.table import Table

    from ragft.console import stdout

    table = Table(show_header=False, box=None)
    table.add_row("rows", f"{counted.rows} and {counted.held_out} held out")
    for kind, number in counted.kinds.items():
        table.add_row(f"  {kind}", str(number))
    table.add_row("documents", str(counted.documents))
    for label, (least, middle, most) in (("row", counted.characters), ("answer", counted.answer_characters)):
        table.add_row(f"characters a {label}", f"{least} to {most}, median {middle:g}")
    stdout().print(table)
