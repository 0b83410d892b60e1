"""Work that is going on with something that several threads share and one of them may close."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class ThreadUses:
    """Counts the pieces of work that threads are in the middle of. `lock` guards what is shared, and this count."""

    def __init__(self, lock: threading.Condition) -> None:
        self._lock = lock
        self._uses: Counter[int] = Counter()

    def has_begun(self) -> bool:
        """Whether this thread is in the middle of a piece of work; call it under the lock."""
        return threading.get_ident() in self._uses

    @contextmanager
    def one(self, check: Callable[[], None]) -> Iterator[None]:
        """One piece of work; `check` is called under the lock, and raises where none may begin any more."""
        own = threading.get_ident()
        with self._lock:
            check()
            self._uses[own] += 1
        try:
            yield
        finally:
            with self._lock:
                self._uses[own] -= 1
                if not self._uses[own]:
                    del self._uses[own]
                    self._lock.notify_all()

    def wait_for_others(self) -> None:
        """Wait, under the lock, for the end of all work but that of this thread."""
        own = threading.get_ident()
        self._lock.wait_for(lambda: not self._uses.keys() - {own})
