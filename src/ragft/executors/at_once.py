"""Several items worked on at the same time by threads of this process, the results in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Generic

from ragft.errors import RagftError
from ragft.executors.base import ItemT, ResultT
from ragft.executors.in_order import in_order
from ragft.executors.local import LocalWorkers


def at_once(make: Callable[[], Callable[[ItemT], ResultT]], count: int, items: Iterable[ItemT]) -> Iterator[ResultT]:
    """The result of each of `items`, `count` of them worked on at the same time by functions that `make` returns.

    With a count of 1 no thread is started, and an item is taken when the result before it was.

    Raises:
        RagftError: of the item that is next; those after it are given up.
    """
    if count < 2:
        yield from map(make(), items)
        return
    with closing(LocalWorkers(lambda: _WithoutState(make()), count)) as workers:
        for result in in_order(workers, items):
            if isinstance(result, RagftError):
                raise result
            yield result


@dataclass(frozen=True)
class _WithoutState(Generic[ItemT, ResultT]):
    """A `WorkerFunction` that keeps nothing open."""

    function: Callable[[ItemT], ResultT]

    def __call__(self, item: ItemT) -> ResultT:
        return self.function(item)

    def close(self) -> None:
        """Nothing is held that needs closing."""
