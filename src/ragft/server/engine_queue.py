"""A queue for the engine: bounded, and fair between users."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ragft.server.error_replies import Busy, Stopping

_FIRST_GUESS = 5.0
"""The assumed seconds of a turn before one was measured."""
_SHARE_OF_NEWEST = 0.3


class Turns:
    """At most `parallel` turns at once and `waiting` more in the queue; for one event loop.

    Users take turns in rotation, so that a user with many questions does not delay the others.
    """

    def __init__(self, parallel: int, waiting: int) -> None:
        self._parallel = parallel
        self._most_waiting = waiting
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._seconds = _FIRST_GUESS
        self._stopping = False
        self.running = 0

    @property
    def waiting(self) -> int:
        """How many wait for a turn."""
        return sum(map(len, self._queues.values()))

    def stop(self) -> None:
        """End those who wait, and let nobody else in."""
        self._stopping = True
        for queue in self._queues.values():
            for ready in queue:
                if not ready.done():
                    ready.set_exception(Stopping())
        self._queues.clear()

    @asynccontextmanager
    async def turn(self, user: str) -> AsyncIterator[None]:
        """Wait for a turn, and hold it until the end of the `with`.

        Raises:
            Busy: the queue is full.
            Stopping: the server is being stopped.
        """
        await self._enter(user)
        began = time.monotonic()
        try:
            yield
        finally:
            self._seconds += _SHARE_OF_NEWEST * (time.monotonic() - began - self._seconds)
            self._leave()

    async def _enter(self, user: str) -> None:
        if self._stopping:
            raise Stopping
        if self.running < self._parallel and not self._queues:
            self.running += 1
            return
        if self.waiting >= self._most_waiting:
            seconds = max(1, round(self._seconds * (self.waiting + 1) / self._parallel))
            raise Busy(f"{self.waiting} questions are waiting already", retry_after=seconds)
        ready = asyncio.get_running_loop().create_future()
        self._queues.setdefault(user, deque()).append(ready)
        try:
            await ready
        except asyncio.CancelledError:
            if ready.done() and not ready.cancelled() and ready.exception() is None:
                self._leave()  # its turn came while it was leaving
            else:
                self._forget(user, ready)
            raise

    def _leave(self) -> None:
        self.running -= 1
        while self._queues and self.running < self._parallel:
            user, queue = next(iter(self._queues.items()))
            ready = queue.popleft()
            if queue:
                self._queues.move_to_end(user)
            else:
                del self._queues[user]
            if not ready.done():
                self.running += 1
                ready.set_result(None)

    def _forget(self, user: str, ready: asyncio.Future[None]) -> None:
        queue = self._queues.get(user)
        if queue is not None and ready in queue:
            queue.remove(ready)
            if not queue:
                del self._queues[user]
