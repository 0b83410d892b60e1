"""Work of the application in threads: awaited while its client is there, and left at once when the server stops."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, Callable, Generator
from typing import TYPE_CHECKING, TypeVar

import anyio

from ragft.errors import RagftError
from ragft.log import log
from ragft.server.error_replies import Gone, Stopping

if TYPE_CHECKING:
    from ragft.console import Progress

T = TypeVar("T")

FAILED = "the server failed; its log says why"
_LAST_WAIT = 0.5
"""Seconds for an end that was asked for while the server stops."""


class Threads:
    """The work that runs for requests. Use it only from the event loop.

    A thread cannot be stopped from outside: it ends at the next step of its work. If a client leaves, its turn is held
    until then. If the server stops, the request ends at once.
    """

    def __init__(self) -> None:
        self.stopping = False
        self._scopes: set[anyio.CancelScope] = set()
        self._left: list[Callable[[], None]] = []

    def stop(self) -> None:
        """End all requests that wait for a thread, and take no more."""
        self.stopping = True
        for scope in self._scopes:
            scope.cancel()

    async def finish(self) -> None:
        """Wait for the threads that were left at the stop, before what they use is closed."""
        while self._left:
            await anyio.to_thread.run_sync(self._left.pop())

    async def events(self, source: Generator[T, None, None]) -> AsyncGenerator[T, None]:
        """The events of a generator of the application. It is closed if the reader leaves, which stops the model.

        Raises:
            Stopping: the server is being stopped.
        """
        running = threading.Lock()
        done = object()

        def step() -> T | object:
            with running:
                return next(source, done)

        def close() -> None:
            with running:
                source.close()

        try:
            while (event := await self._awaited(step)) is not done:
                yield event  # type: ignore[misc]  # `done` was sorted out
        finally:
            await self._ended(close)

    async def result(self, work: Callable[[Progress], T]) -> T:
        """The result of `work`; the progress that it reports raises an error if the client has left.

        Raises:
            Stopping: the server is being stopped.
        """
        running = threading.Lock()
        left = threading.Event()

        def look(_label: str, _done: int, _total: int) -> None:
            if left.is_set():
                raise Gone("the client has left")

        def whole() -> T:
            with running:
                return work(look)

        def end() -> None:
            with running:
                """Wait for the thread."""

        try:
            return await self._awaited(whole)
        finally:
            left.set()
            await self._ended(end)

    async def _awaited(self, work: Callable[[], T]) -> T:
        scope = anyio.CancelScope()
        if not self.stopping:
            self._scopes.add(scope)
            try:
                with scope:
                    return await anyio.to_thread.run_sync(work, abandon_on_cancel=True)
            except RagftError:
                raise
            except Exception as error:
                log.exception(f"{type(error).__name__}: {error}")
                raise RagftError(FAILED) from error
            finally:
                self._scopes.discard(scope)
        raise Stopping

    async def _ended(self, end: Callable[[], None]) -> None:
        """Wait for the end of work that was left, except while the server stops."""
        with anyio.move_on_after(_LAST_WAIT if self.stopping else None, shield=True) as scope:
            self._scopes.add(scope)
            try:
                await anyio.to_thread.run_sync(end, abandon_on_cancel=True)
            finally:
                self._scopes.discard(scope)
        if scope.cancelled_caught:
            self._left.append(end)


async def in_thread(work: Callable[[], T]) -> T:
    """The result of short work, run in a thread so that other requests are served meanwhile."""
    return await anyio.to_thread.run_sync(work)
