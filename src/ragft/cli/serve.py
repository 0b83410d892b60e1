"""`ragft serve`: the papers over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ragft.cli.options import EngineName, ModelName, WorkspacePath, open_app
from ragft.server.server_options import ServerOptions

_USUAL = ServerOptions()
_MB = 1_000_000


def serve(
    *,
    host: Annotated[str, typer.Option(help="Address to listen at; any but this machine's own needs a key.")] = (
        _USUAL.host
    ),
    port: Annotated[int, typer.Option(help="0: any that is free.", min=0, max=65535)] = _USUAL.port,
    api_key: Annotated[
        str | None,
        typer.Option(
            help="Key that clients have to show; RAGFT_API_KEY or a file keeps it out of the list of processes.",
            metavar="KEY",
        ),
    ] = None,
    api_key_file: Annotated[Path | None, typer.Option(help="File whose first line is that key.")] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(help="Another name that this server is reached by; may be repeated.", metavar="NAME"),
    ] = None,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(help="A site whose pages may use the API; may be repeated.", metavar="URL"),
    ] = None,
    allow_ingest: Annotated[
        list[Path] | None,
        typer.Option(help="A folder that clients may have read into the index; may be repeated.", metavar="FOLDER"),
    ] = None,
    link_base: Annotated[
        str | None,
        typer.Option(help="Address in links, where browsers reach this server by another one.", metavar="URL"),
    ] = None,
    parallel: Annotated[int, typer.Option(help="Questions answered at once.", min=1)] = _USUAL.parallel,
    waiting: Annotated[int, typer.Option(help="Questions that may wait; more are sent away (503).", min=0)] = (
        _USUAL.waiting
    ),
    max_upload: Annotated[int, typer.Option(help="Largest upload, in MB.", min=1, metavar="MB")] = _USUAL.largest_upload
    // _MB,
    engine: EngineName = None,
    model: ModelName = None,
    workspace: WorkspacePath = None,
) -> None:
    """Serve the papers to OpenAI and Ollama clients, MCP hosts and browsers, until Ctrl-C or SIGTERM.

    \b
    Example:
      ragft serve
      ragft serve --port 9000 --allow-origin https://notes.example.org
      ragft serve --host 0.0.0.0 --allow-host papers.lan --api-key-file key.txt
    """
    from ragft.console import note
    from ragft.extras import need

    need("serve")
    from ragft.server.serve import Server
    from ragft.server.server_options import find_key

    options = ServerOptions(
        host=host,
        port=port,
        key=find_key(api_key, api_key_file),
        hosts=tuple(allow_host or ()),
        origins=tuple(allow_origin or ()),
        folders=tuple(allow_ingest or ()),
        link_base=link_base or "",
        parallel=parallel,
        waiting=waiting,
        largest_upload=max_upload * _MB,
    )
    app = open_app(workspace, engine={"name": engine, "model": model})
    said = "serving {} at {} (Ctrl-C stops it)"
    Server(app, options, lambda url: note(said.format(app.workspace.root, url))).run_until_stopped()
