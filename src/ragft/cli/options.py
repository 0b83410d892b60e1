"""Options that every verb has, and the way every verb prints."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ragft.config import Settings
    from ragft.workspace import Workspace

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout; all else goes to stderr.")]
WorkspacePath = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", help="Folder ragft works in.", show_default="the nearest .ragft"),
]
EngineName = Annotated[
    str | None, typer.Option("--engine", help="auto, ollama or embedded.", show_default="auto", metavar="NAME")
]
ModelName = Annotated[str | None, typer.Option("--model", "-m", help="A model that the engine has.", metavar="NAME")]


def open_context(workspace: Path | None) -> tuple[Workspace, Settings]:
    """The workspace and its settings."""
    from ragft.config import load_settings
    from ragft.workspace import open_workspace

    chosen = open_workspace(workspace)
    return chosen, load_settings(chosen.config_file)


def emit(data: Any, as_json: bool, show: Callable[[], None]) -> None:
    """Print the result: `data` (a mapping or dataclass) as JSON, or by `show` for a person."""
    if as_json:
        print_json(data)
    else:
        show()


def print_json(data: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(jsonable(data), ensure_ascii=False, indent=2) + "\n")
    sys.stdout.flush()


def jsonable(data: Any) -> Any:
    """`data` with dataclasses as objects, tuples as lists, paths as strings, NaN as null."""
    if dataclasses.is_dataclass(data) and not isinstance(data, type):
        return {f.name: jsonable(getattr(data, f.name)) for f in dataclasses.fields(data)}
    if isinstance(data, Mapping):
        return {str(key): jsonable(value) for key, value in data.items()}
    if isinstance(data, list | tuple | set | frozenset):
        return [jsonable(value) for value in data]
    if isinstance(data, Path):
        return str(data)
    if isinstance(data, float) and data != data:  # noqa: PLR0124  NaN is no JSON
        return None
    return data
