"""`ragft documents`: what the index holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragft.cli.options import Json, WorkspacePath, emit, open_app

if TYPE_CHECKING:
    from ragft.index.base import DocumentRecord

app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)


@dataclass(frozen=True)
class _Given:
    """The options given before the subcommand: `ragft documents -w W remove ID` means W as well."""

    workspace: Path | None
    as_json: bool


@app.callback()
def documents(context: typer.Context, workspace: WorkspacePath = None, as_json: Json = False) -> None:
    """List the documents of the index, failed files included.

    \b
    Example:
        ragft documents
        ragft documents remove 3f2a
    """
    context.obj = _Given(workspace, as_json)
    if context.invoked_subcommand is None:
        list_documents(context)


@app.command("list")
def list_documents(context: typer.Context, workspace: WorkspacePath = None, as_json: Json = False) -> None:
    """List the documents of the index.

    \b
    Example:
        ragft documents list --json
    """
    given: _Given = context.obj
    with open_app(workspace or given.workspace) as app:
        records = app.documents.list()
    emit({"documents": records}, as_json or given.as_json, lambda: _show(records))


@app.command("remove")
def remove(
    context: typer.Context,
    document: Annotated[str, typer.Argument(metavar="ID", help="Id of a document, its beginning, or the file's name.")],
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Remove a document from the index; its file is left alone.

    \b
    Example:
        ragft documents remove 3f2a91
    """
    from ragft.console import safe_line

    given: _Given = context.obj
    with open_app(workspace or given.workspace) as app:
        record = app.documents.remove(document)
    emit(
        {"removed": record},
        as_json or given.as_json,
        lambda: print(safe_line(f"removed {record.id}  {record.title or record.path}")),
    )


def _show(records: Sequence[DocumentRecord]) -> None:
    from rich.table import Table

    from ragft.console import safe_line, stdout

    if not records:
        print("no documents yet: ragft ingest PATH")
        return
    with_doi = any(record.doi for record in records)
    heads = ("id", "title", "year", *(["doi"] if with_doi else []), "pages", "chunks", "status")
    table = Table(*heads, box=None, pad_edge=False)
    for record in records:
        title = record.title or record.path
        status = record.status if record.error is None else f"{record.status}: {record.error}"
        doi = [record.doi or ""] if with_doi else []
        pages, chunks = str(record.pages or ""), str(record.chunks)
        cells = (record.id, title, str(record.year or ""), *doi, pages, chunks, status)
        table.add_row(*(_plain(safe_line(cell)) for cell in cells))
    stdout().print(table)


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)
