"""The contract of an executor: pure functions, run on several items at once.

    with closing(executor.workers(FileReader, 4)) as readers:
        future = readers.submit(request)

A function is made once in each worker, so it can keep open what it needs (a process, a model). What it is given and
what it gives is small: the path of a file, not its bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol, TypeVar

Item_contra = TypeVar("Item_contra", contravariant=True)
Result_co = TypeVar("Result_co", covariant=True)
ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


class WorkerFunction(Protocol[Item_contra, Result_co]):
    """A function of one item; the same item gives the same result in every worker, however often it is run."""

    def __call__(self, item: Item_contra, /) -> Result_co:
        """The result of `item`."""
        ...

    def close(self) -> None:
        """Give back what it keeps open; may be called while an item is worked on, which then ends early."""
        ...


class Workers(Protocol[Item_contra, ResultT]):
    """Several workers with one function each.

    `count`: how many items they work on at the same time.
    """

    count: int

    def submit(self, item: Item_contra, /) -> Future[ResultT]:
        """The result of `item` in the future; raises what the function raises.

        Raises:
            EngineUnavailable: (by the future) its worker was lost, again and again.
        """
        ...

    def close(self) -> None:
        """End all workers; what was submitted and is not done is given up."""
        ...


class Executor(Protocol):
    """Where functions run. `size`: how many items of one kind it can work on at the same time."""

    size: int

    def workers(self, make: Callable[[], WorkerFunction[ItemT, ResultT]], count: int) -> Workers[ItemT, ResultT]:
        """`count` workers, each with a function of its own that `make` returns there."""
        ...

    def close(self) -> None:
        """Give back what the executor holds; its workers are closed before."""
        ...
