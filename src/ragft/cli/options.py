"""Options that every verb has, and the way every verb prints."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ragft.answer.library.choosing import DocumentFilter
    from ragft.app.application import Application

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout; all else goes to stderr.")]
WorkspacePath = Annotated[
    Path | None,
    # What cannot be read is reported by the workspace itself, with its remedy.
    typer.Option("--workspace", "-w", help="Folder ragft works in.", show_default="the nearest .ragft", readable=False),
]
EngineName = Annotated[
    str | None, typer.Option("--engine", help="auto, ollama or embedded.", show_default="auto", metavar="NAME")
]
ModelName = Annotated[str | None, typer.Option("--model", "-m", help="A model that the engine has.", metavar="NAME")]
RayAddress = Annotated[
    str | None,
    typer.Option(
        "--ray-address", help="Of the cluster; RAY_ADDRESS, else a Ray that is started here.", metavar="ADDRESS"
    ),
]
MovedBase = Annotated[
    str | None,
    typer.Option("--base", help="Where the run's base model is now, if it has moved; remembered.", metavar="MODEL"),
]
Documents = Annotated[
    list[str] | None,
    typer.Option(
        "--document",
        metavar="NAME",
        help="Only in this document (id or its beginning, file, folder, or what the paper is called); may be repeated.",
    ),
]
Authors = Annotated[
    list[str] | None,
    typer.Option("--author", metavar="NAME", help="Only in documents by this author; may be repeated."),
]
YearSpan = Annotated[
    str | None,
    typer.Option("--year", metavar="YEARS", help="Only in documents of 2020, 2018-2021, 2018- or -2021."),
]
Tags = Annotated[
    list[str] | None,
    typer.Option("--tag", metavar="WORD", help="Only in documents that a bibliography tags so; may be repeated."),
]


def open_app(workspace: Path | None, **settings: Mapping[str, Any]) -> Application:
    """The application over a workspace, with the settings that were given by flags; those that are None are left."""
    from ragft.app.application import open_application

    return open_application(workspace, **settings)


def choice(
    documents: list[str] | None, authors: list[str] | None, years: str | None, tags: list[str] | None
) -> DocumentFilter | None:
    """The documents that the flags choose; None: all."""
    from ragft.app.library import choice_of

    return choice_of(documents or (), authors or (), years or "", tags or ())


def emit(data: Any, as_json: bool, show: Callable[[], None]) -> None:
    """Print the result: `data` (a mapping or dataclass) as JSON, or by `show` for a person."""
    if as_json:
        print_json(data)
    else:
        show()


def print_json(data: Any) -> None:
    """One JSON document on stdout; with escapes for what could steer a terminal, and where stdout is not UTF-8."""
    from ragft.console import escaped_json
    from ragft.workspace import jsonable

    sys.stdout.write(escaped_json(json.dumps(jsonable(data), ensure_ascii=False, indent=2)) + "\n")
    sys.stdout.flush()
