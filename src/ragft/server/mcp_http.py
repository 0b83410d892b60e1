"""MCP over streamable HTTP at /mcp. The SDK takes half a second to import, so the first request imports it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
from anyio.abc import TaskGroup, TaskStatus
from starlette.types import Receive, Scope, Send

from ragft.server.serving import ServerState
from ragft.server.threads import in_thread

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    from ragft.server.mcp import PapersServer

IDLE = 3600.0
"""Seconds after which an unused session is dropped."""


class McpEndpoint:
    """An ASGI application; its sessions live inside `running`."""

    def __init__(self, serving: ServerState) -> None:
        self._serving = serving
        self._lock = anyio.Lock()
        self._group: TaskGroup | None = None
        self._manager: StreamableHTTPSessionManager | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the session manager that the first request starts, and stop it at the end."""
        async with anyio.create_task_group() as self._group:
            yield
            self._group.cancel_scope.cancel()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one MCP request; the first one starts the session manager."""
        async with self._lock:
            if self._manager is None and self._group is not None:
                self._manager = await self._group.start(self._run)
        assert self._manager is not None  # noqa: S101  requests come while the server runs
        await self._manager.handle_request(scope, receive, send)

    async def _run(self, *, task_status: TaskStatus[StreamableHTTPSessionManager]) -> None:
        from mcp.server.transport_security import TransportSecuritySettings

        server = await in_thread(self._made)
        # Host and Origin were checked before.
        checked = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        server.streamable_http_app(transport_security=checked, session_idle_timeout=IDLE)
        async with server.session_manager.run():
            task_status.started(server.session_manager)
            await anyio.sleep_forever()

    def _made(self) -> PapersServer:
        from ragft.server.mcp import PapersServer

        return PapersServer(self._serving)
