"""The time that an answer takes: without loading the model, and with work that was done for another arm before."""

from __future__ import annotations

import time


class Clock:
    """Seconds, for differences only; `charge` counts more or less of them than have passed."""

    def __init__(self) -> None:
        self._charged = 0.0

    def __call__(self) -> float:
        """The time now."""
        return time.perf_counter() + self._charged

    def charge(self, seconds: float) -> None:
        """Count `seconds` more, or fewer where they are negative."""
        self._charged += seconds
