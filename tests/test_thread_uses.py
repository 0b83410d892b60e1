"""What one thread closes waits for the work of the others, and not for its own."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from ragft.thread_uses import ThreadUses


def allowed() -> None:
    return


def test_the_end_of_another_threads_work_is_waited_for() -> None:
    lock = threading.Condition()
    uses = ThreadUses(lock)
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        with uses.one(allowed):
            begun.set()
            go_on.wait(30)
            ended.set()

    def close() -> bool:
        with lock:
            go_on.set()
            uses.wait_for_others()
        return ended.is_set()

    with ThreadPoolExecutor(2) as pool:
        pool.submit(work)
        assert begun.wait(30)
        assert pool.submit(close).result(30)


def test_own_work_is_not_waited_for_and_is_known_until_its_outermost_end() -> None:
    lock = threading.Condition()
    uses = ThreadUses(lock)
    with uses.one(allowed):
        with uses.one(allowed), lock:
            uses.wait_for_others()
        with lock:
            assert uses.has_begun()
    with lock:
        assert not uses.has_begun()


def test_work_that_may_not_begin_is_not_counted() -> None:
    def refuse() -> None:
        raise ValueError("closed")

    uses = ThreadUses(threading.Condition())
    with pytest.raises(ValueError, match="closed"), uses.one(refuse):
        pass
    assert not uses.has_begun()
