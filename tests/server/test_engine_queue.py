"""The queue in front of the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from ragft.server.engine_queue import Turns
from ragft.server.error_replies import Busy, Stopping


class _Bench:
    """Users that ask, and the order in which their turns came."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.order: list[str] = []
        self.go = asyncio.Event()

    async def ask(self, user: str) -> None:
        async with self.turns.turn(user):
            self.order.append(user)
            await self.go.wait()

    async def begin(self, *users: str) -> list[asyncio.Task[None]]:
        tasks = []
        for user in users:
            tasks.append(asyncio.create_task(self.ask(user)))
            await asyncio.sleep(0)
        return tasks


def _run(work: Callable[[_Bench], Awaitable[None]], parallel: int = 1, waiting: int = 32) -> None:
    async def body() -> None:
        await work(_Bench(Turns(parallel, waiting)))

    asyncio.run(body())


def test_a_user_with_many_questions_does_not_keep_another_waiting_for_all_of_them() -> None:
    async def work(bench: _Bench) -> None:
        tasks = await bench.begin("many", "many", "many", "many", "one", "two")
        bench.go.set()
        await asyncio.gather(*tasks)
        assert bench.order == ["many", "many", "one", "two", "many", "many"]

    _run(work)


def test_no_more_than_the_slots_are_taken_at_once() -> None:
    async def work(bench: _Bench) -> None:
        tasks = await bench.begin(*"abcd")
        assert (bench.turns.running, bench.turns.waiting) == (2, 2)
        bench.go.set()
        await asyncio.gather(*tasks)
        assert (bench.turns.running, bench.turns.waiting) == (0, 0)

    _run(work, parallel=2)


def test_a_full_queue_says_when_to_come_back() -> None:
    async def work(bench: _Bench) -> None:
        tasks = await bench.begin("a", "b")
        with pytest.raises(Busy) as caught:
            await bench.ask("c")
        assert caught.value.retry_after >= 1
        bench.go.set()
        await asyncio.gather(*tasks)

    _run(work, waiting=1)


def test_a_stop_ends_those_who_wait_and_lets_nobody_in() -> None:
    async def work(bench: _Bench) -> None:
        first, second, gone, third = await bench.begin("a", "b", "b", "c")
        gone.cancel()
        bench.turns.stop()
        ends = await asyncio.gather(second, third, return_exceptions=True)
        assert [type(end) for end in ends] == [Stopping, Stopping]
        bench.go.set()
        await first
        with pytest.raises(Stopping):
            await bench.ask("d")
        assert (bench.order, bench.turns.running, bench.turns.waiting) == (["a"], 0, 0)

    _run(work)


def test_who_leaves_the_queue_takes_no_turn() -> None:
    async def work(bench: _Bench) -> None:
        first, gone, last = await bench.begin("a", "b", "c")
        gone.cancel()
        bench.go.set()
        await asyncio.gather(first, last)
        assert bench.order == ["a", "c"]
        assert (bench.turns.running, bench.turns.waiting) == (0, 0)

    _run(work)


def test_a_turn_that_comes_while_its_user_leaves_goes_to_the_next() -> None:
    async def work(bench: _Bench) -> None:
        first, gone, last = await bench.begin("a", "b", "c")
        bench.go.set()
        await first  # the turn of b has come, and b has not run yet
        gone.cancel()
        await last
        assert bench.turns.running == 0

    _run(work)
