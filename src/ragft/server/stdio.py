"""MCP over standard input and output."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ragft.server.engine_queue import Turns
from ragft.server.prometheus import ServerMetrics
from ragft.server.serving import ServerState

if TYPE_CHECKING:
    from ragft.app.application import Application
    from ragft.server.server_options import ServerOptions


def speak(app: Application, options: ServerOptions) -> None:
    """Serve an MCP host until it closes standard input. Nothing else is written to standard output."""
    from ragft.server.mcp import PapersServer

    logging.getLogger().addHandler(logging.NullHandler())  # or the SDK would print ragft's messages a second time
    turns = Turns(options.parallel, options.waiting)
    PapersServer(ServerState(app, options, turns, ServerMetrics(turns))).run("stdio")
