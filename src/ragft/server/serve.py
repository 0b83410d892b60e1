"""Runs the HTTP server until it is stopped."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

import uvicorn

from ragft.errors import UsageError
from ragft.server.asgi import make_server
from ragft.server.streams import GRACE

if TYPE_CHECKING:
    from ragft.app.application import Application
    from ragft.server.server_options import ServerOptions


class Server(uvicorn.Server):
    """uvicorn, which ends open streams when it stops.

    `ready` is called with the address once requests are taken.
    """

    def __init__(self, app: Application, options: ServerOptions, ready: Callable[[str], None]) -> None:
        self._asgi = make_server(app, options)
        self._address = options
        self._ready = ready
        super().__init__(
            uvicorn.Config(
                self._asgi,
                log_config=None,  # requests are counted, not logged: addresses hold ids and questions
                access_log=False,
                lifespan="on",
                server_header=False,
                timeout_graceful_shutdown=GRACE + 5,
                ws="none",
            )
        )

    def run_until_stopped(self) -> None:
        """Serve until SIGTERM, Ctrl-C or `stop`. Then open streams end, and the application is closed.

        Raises:
            UsageError: the server cannot listen at the address.
        """
        self.run(sockets=[_listen(self._address)])

    def stop(self) -> None:
        """Ask the server to end; may be called from another thread, and does not wait."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """uvicorn's, after which `ready` is called."""
        await super().startup(sockets=sockets)
        if self.started and sockets:
            self._ready(f"{self._address.url.rpartition(':')[0]}:{sockets[0].getsockname()[1]}")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """uvicorn's, which waits for open requests; these are ended first."""
        self._asgi.state.serving.stop()
        await super().shutdown(sockets=sockets)


def _listen(options: ServerOptions) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
        return socket.create_server((options.host, options.port), family=family)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"cannot listen at {options.url}: {reason}", fix="--port NUMBER, or --host ADDRESS") from error
