"""What all handlers share: the application, the options, the queue, whether the server is stopping."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, TypeVar

import anyio
from fastapi import Depends
from starlette.requests import Request

from ragft.server.error_replies import Gone, Stopping
from ragft.server.kept_responses import KeptResponses
from ragft.server.prometheus import ServerMetrics
from ragft.server.server_options import ServerOptions
from ragft.server.turns import Turns

if TYPE_CHECKING:
    from ragft.app.application import Application

T = TypeVar("T")

LOOK_SECONDS = 0.25
"""Seconds between two checks whether a client is still connected."""
DRAWN_AT_ONCE = 2
"""Pages that are drawn at the same time; each takes a process."""


@dataclass
class ServerState:
    """The state of one running server."""

    app: Application
    options: ServerOptions
    turns: Turns
    metrics: ServerMetrics
    stopping: threading.Event = field(default_factory=threading.Event)
    responses: KeptResponses = field(default_factory=KeptResponses)
    drawing: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(DRAWN_AT_ONCE))

    def base(self, request: Request) -> str:
        """The first part of links."""
        return (self.options.link_base or str(request.base_url)).rstrip("/")

    async def events(self, source: Generator[T, None, None]) -> AsyncGenerator[T, None]:
        """The events of a generator of the application, each made in a thread.

        If the reader leaves or the server stops, the generator is closed after its next event, which stops the model.

        Raises:
            Stopping: the server is being stopped.
        """
        done = object()
        try:
            while True:
                event = await anyio.to_thread.run_sync(next, source, done)
                if event is done:
                    return
                if self.stopping.is_set():
                    raise Stopping("the server is being stopped", fix="ask again once it runs")
                yield event  # type: ignore[misc]  # `done` was sorted out
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(source.close)


async def in_thread(work: Callable[[], T]) -> T:
    """The result of `work`, run in a thread so that other requests are served meanwhile."""
    return await anyio.to_thread.run_sync(work)


async def while_connected(request: Request, work: Awaitable[T]) -> T:
    """The result of `work`, which is cancelled if the client leaves.

    Raises:
        Gone: the client has left.
    """
    results: list[T] = []
    failures: list[Exception] = []
    async with anyio.create_task_group() as group:
        group.start_soon(_cancel_once_gone, request, group.cancel_scope)
        try:
            results.append(await work)
        except Exception as error:  # the group would wrap it
            failures.append(error)
        group.cancel_scope.cancel()
    if failures:
        raise failures[0]
    if not results:
        raise Gone("the client has left")
    return results[0]


async def _cancel_once_gone(request: Request, scope: anyio.CancelScope) -> None:
    while not await request.is_disconnected():
        await anyio.sleep(LOOK_SECONDS)
    scope.cancel()


async def _serving_of(request: Request) -> ServerState:  # FastAPI would run it in a thread if it were not async
    serving: ServerState = request.app.state.serving
    return serving


async def _user_of(request: Request) -> str:
    """The user of a request, for the queue: the name that a front end sends, else the address."""
    named = request.headers.get("x-openwebui-user-id") or request.headers.get("x-ragft-user")
    return named or (request.client.host if request.client else "")


TheServing = Annotated[ServerState, Depends(_serving_of)]
TheUser = Annotated[str, Depends(_user_of)]
