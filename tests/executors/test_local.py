"""Threads with a function each: order, errors, and the end of what nobody waits for."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from ragft.errors import DocumentError
from ragft.executors.at_once import at_once
from ragft.executors.in_order import in_order
from ragft.executors.local import LocalExecutor


class Double:
    """Takes longer for the first items."""

    def __call__(self, item: int) -> int:
        time.sleep(0.05 if item < 3 else 0.0)
        if item == 5:
            raise DocumentError("five is not a paper", fix="another number")
        if item == 99:
            raise ZeroDivisionError
        return 2 * item

    def close(self) -> None:
        """Nothing."""


def test_results_come_in_the_order_of_the_items_and_an_error_is_one_of_them() -> None:
    with closing(LocalExecutor().workers(Double, 3)) as workers:
        results = list(in_order(workers, range(8)))
    assert [result for result in results if isinstance(result, int)] == [0, 2, 4, 6, 8, 12, 14]
    assert isinstance(results[5], DocumentError)
    assert results[5].fix == "another number"


def test_a_bug_is_no_result() -> None:
    with closing(LocalExecutor().workers(Double, 1)) as workers, pytest.raises(ZeroDivisionError):
        list(in_order(workers, [99]))


def test_workers_are_a_few_items_ahead_of_who_takes_the_results() -> None:
    asked: list[int] = []

    def items() -> Iterator[int]:
        for item in range(100):
            asked.append(item)
            yield item

    with closing(LocalExecutor().workers(Double, 2)) as workers:
        results = in_order(workers, items())
        assert next(results) == 0
        assert len(asked) <= 5


def test_each_worker_has_a_function_of_its_own() -> None:
    together = threading.Barrier(2)

    class Own:
        def __init__(self) -> None:
            self.closed = False
            made.append(self)

        def __call__(self, item: int) -> int:
            together.wait(30)
            return id(self)

        def close(self) -> None:
            self.closed = True

    made: list[Own] = []
    with closing(LocalExecutor().workers(Own, 2)) as workers:
        assert len(set(in_order(workers, range(4)))) == 2
    assert [one.closed for one in made] == [True, True]


def test_workers_that_were_made_are_closed_when_another_cannot_be() -> None:
    class Scarce(Double):
        def __init__(self) -> None:
            if len(made) == 2:
                raise DocumentError("no third one", fix="fewer workers")
            self.closed = False
            made.append(self)

        def close(self) -> None:
            self.closed = True

    made: list[Scarce] = []
    with pytest.raises(DocumentError, match="no third one"):
        LocalExecutor().workers(Scarce, 3)
    assert [one.closed for one in made] == [True, True]


@pytest.mark.parametrize("count", [1, 3])
def test_several_at_once_come_in_order_and_the_first_error_is_raised(count: int) -> None:
    results = at_once(Double, count, range(8))
    assert [next(results) for _ in range(5)] == [0, 2, 4, 6, 8]
    with pytest.raises(DocumentError, match="five is not a paper"):
        next(results)


def test_one_at_a_time_an_item_is_not_taken_before_its_turn() -> None:
    taken: list[int] = []
    results = at_once(Double, 1, (taken.append(n) or n for n in range(9)))  # type: ignore[func-returns-value]
    assert next(results) == 0
    assert taken == [0]
