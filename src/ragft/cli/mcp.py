"""`ragft mcp`: the papers for an MCP host, over stdio."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ragft.cli.options import EngineName, ModelName, WorkspacePath, open_app


def mcp(
    *,
    allow_ingest: Annotated[
        list[Path] | None,
        typer.Option(help="A folder that the host may have read into the index; may be repeated.", metavar="FOLDER"),
    ] = None,
    engine: EngineName = None,
    model: ModelName = None,
    workspace: WorkspacePath = None,
) -> None:
    """Speak MCP over standard input and output, as desktop hosts start it.

    \b
    Example:
      ragft mcp --workspace ~/papers/.ragft
      ragft mcp --allow-ingest ~/papers
    """
    from ragft.extras import need

    need("serve")
    from ragft.server.server_options import ServerOptions
    from ragft.server.stdio import speak

    with open_app(workspace, engine={"name": engine, "model": model}) as app:
        speak(app, ServerOptions(folders=tuple(allow_ingest or ())))
