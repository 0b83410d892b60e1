"""Results in the order of their items, a few items ahead of who takes them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future

from ragft.errors import RagftError
from ragft.executors.base import ItemT, ResultT, Workers

_AHEAD = 2
"""Items a worker may be ahead of the consumer: memory does not grow with the number of items."""


def in_order(workers: Workers[ItemT, ResultT], items: Iterable[ItemT]) -> Iterator[ResultT | RagftError]:
    """The result of each of `items`; an error that ragft raises on purpose is the result of its item."""
    pending: deque[Future[ResultT]] = deque()
    for item in items:
        pending.append(workers.submit(item))
        if len(pending) >= workers.count * _AHEAD:
            done = _result(pending.popleft())
            yield done
    while pending:
        done = _result(pending.popleft())
        yield done


def _result(future: Future[ResultT]) -> ResultT | RagftError:
    try:
        return future.result()
    except RagftError as error:
        return error
