"""What all handlers share: the application, the options, the queue, whether the server is stopping."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import anyio
from fastapi import Depends
from starlette.requests import Request

from ragft.errors import RagftError
from ragft.server.engine_queue import Turns
from ragft.server.error_replies import Gone
from ragft.server.kept_responses import KeptResponses
from ragft.server.prometheus import ServerMetrics
from ragft.server.server_options import ServerOptions
from ragft.server.threads import Threads

if TYPE_CHECKING:
    from ragft.app.application import Application
    from ragft.console import Progress

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
    threads: Threads = field(default_factory=Threads)
    responses: KeptResponses = field(default_factory=KeptResponses)
    drawing: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(DRAWN_AT_ONCE))

    def base(self, request: Request) -> str:
        """The first part of links."""
        return (self.options.link_base or str(request.base_url)).rstrip("/")

    def shown(self, error: RagftError) -> RagftError:
        """The error without the folders of this machine, which a client must not learn."""
        shown = type(error).__new__(type(error))  # its fields, whatever its `__init__` takes
        shown.__dict__.update(error.__dict__)
        shown.message = self.without_folders(error.message)
        shown.fix = self.without_folders(error.fix) if error.fix else None
        return shown

    def without_folders(self, text: str) -> str:
        """The text with paths as they are below the workspace, an allowed folder or the home of the user."""
        home = Path(os.path.expanduser("~"))  # noqa: PTH111  the method of Path fails where there is no home
        for folder in (self.app.workspace.root, *self.options.folders, home):
            if folder.name:  # it is not the root of the disk
                text = text.replace(f"{folder}{os.sep}", "").replace(str(folder), folder.name)
        return text

    async def in_turn(self, user: str, work: Callable[[Progress], T]) -> T:
        """The result of work that asks a model, after waiting for this user's turn; see `Threads.result`."""
        async with self.turns.turn(user):
            return await self.threads.result(work)

    def stop(self) -> None:
        """End open streams and those who wait for a turn; the server is being stopped."""
        self.threads.stop()
        self.turns.stop()


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


def user_of(request: Request) -> str:
    """The user of a request, for the queue: the name that a front end sends, else the address."""
    named = request.headers.get("x-openwebui-user-id") or request.headers.get("x-ragft-user")
    return named or (request.client.host if request.client else "")


async def _user_of(request: Request) -> str:  # FastAPI would run it in a thread if it were not async
    return user_of(request)


TheServing = Annotated[ServerState, Depends(_serving_of)]
TheUser = Annotated[str, Depends(_user_of)]
