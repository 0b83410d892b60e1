"""Looks at something again and again while something else goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Seen = TypeVar("Seen")


@contextmanager
def watched(look: Callable[[], Seen], every: float) -> Iterator[list[Seen]]:
    """What `look` saw: at first, then every so many seconds, and at last."""
    seen = [look()]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(every):
            seen.append(look())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        done.set()
        watcher.join()
        seen.append(look())
