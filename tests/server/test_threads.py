"""Work in threads: left when the server stops, ended when its client leaves."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Generator

import pytest

from ragft.console import Progress
from ragft.errors import RagftError, UsageError
from ragft.server.error_replies import Gone, Stopping
from ragft.server.threads import Threads


class _Source:
    """Events that wait for `go`; `closed` once its generator was closed."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.closed = threading.Event()

    def events(self) -> Generator[int, None, None]:
        try:
            yield 1
            self.go.wait(30)
            yield 2
        finally:
            self.closed.set()


def test_a_stop_ends_a_reader_while_the_model_is_still_busy() -> None:
    async def work() -> None:
        threads, source = Threads(), _Source()
        events = threads.events(source.events())
        assert await anext(events) == 1
        asyncio.get_running_loop().call_later(0.05, threads.stop)
        began = time.monotonic()
        with pytest.raises(Stopping):
            await anext(events)
        assert time.monotonic() - began < 5
        assert not source.closed.is_set()
        asyncio.get_running_loop().call_later(0.05, source.go.set)
        await threads.finish()  # the thread closes it at its next step
        assert source.closed.is_set()
        with pytest.raises(Stopping):
            await threads.result(lambda _: 1)

    asyncio.run(work())


def test_a_reader_that_leaves_waits_for_the_step_and_closes_the_source() -> None:
    async def work() -> None:
        threads, source = Threads(), _Source()
        events = threads.events(source.events())
        await anext(events)
        reading = asyncio.create_task(anext(events))  # type: ignore[arg-type]
        await asyncio.sleep(0.05)
        reading.cancel()
        await asyncio.sleep(0.05)
        assert not reading.done() and not source.closed.is_set()  # its turn is not given to another yet
        source.go.set()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert source.closed.is_set()

    asyncio.run(work())


def test_work_whose_client_has_left_ends_at_its_next_step() -> None:
    ends: list[BaseException] = []

    def steps(progress: Progress) -> None:
        try:
            for number in range(1000):
                progress("step", number, 1000)
                time.sleep(0.01)
        except Gone as error:
            ends.append(error)
            raise

    async def work() -> None:
        running = asyncio.create_task(Threads().result(steps))
        await asyncio.sleep(0.1)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(work())
    assert len(ends) == 1


def test_a_bug_becomes_an_error_of_ours_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: Progress) -> None:
        raise ZeroDivisionError("of ours")

    def refused(_: Progress) -> None:
        raise UsageError("not so")

    with pytest.raises(RagftError, match="its log says why"):
        asyncio.run(Threads().result(broken))
    with pytest.raises(UsageError, match="not so"):
        asyncio.run(Threads().result(refused))
    (record,) = caplog.records
    assert record.exc_info and "ZeroDivisionError: of ours" in record.message
