"""Workers in this process: threads, for functions that wait for a process of their own or for another machine."""

from __future__ import annotations

import queue
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Generic

from ragft import machine
from ragft.executors.base import ItemT, ResultT, WorkerFunction

MOST = 4
"""Workers on a machine with more cores: a laptop is for other work, too."""


class LocalExecutor:
    """Runs functions on threads of this process; `size` is how many of them are worth starting."""

    def __init__(self) -> None:
        self.size = min(MOST, machine.cores())

    def workers(self, make: Callable[[], WorkerFunction[ItemT, ResultT]], count: int) -> LocalWorkers[ItemT, ResultT]:
        """`count` threads, each with a function of its own."""
        return LocalWorkers(make, count)

    def close(self) -> None:
        """Does nothing: the threads belong to the workers, which are closed separately."""


class LocalWorkers(Generic[ItemT, ResultT]):
    """Threads that share functions: each item gets one that is idle."""

    def __init__(self, make: Callable[[], WorkerFunction[ItemT, ResultT]], count: int) -> None:
        self.count = count
        self._made: list[WorkerFunction[ItemT, ResultT]] = []
        self._idle: queue.SimpleQueue[WorkerFunction[ItemT, ResultT]] = queue.SimpleQueue()
        with ExitStack() as made:
            for _ in range(count):
                work = make()
                made.callback(work.close)
                self._made.append(work)
                self._idle.put(work)
            made.pop_all()  # all are made: `close` closes them
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="work")

    def submit(self, item: ItemT) -> Future[ResultT]:
        """The result of `item` in the future."""
        return self._threads.submit(self._run, item)

    def close(self) -> None:
        """Close the functions; threads that work on an item end with it, and are not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for work in self._made:
            work.close()

    def _run(self, item: ItemT) -> ResultT:
        work = self._idle.get()
        try:
            return work(item)
        finally:
            self._idle.put(work)
