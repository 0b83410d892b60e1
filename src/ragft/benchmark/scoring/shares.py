"""A share with its confidence interval.

Share.of(8, 23)   ->  Share(count=8, total=23, share=0.348, low=0.188, high=0.551)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_Z = 1.959964
"""The normal quantile of a 95 % interval."""


@dataclass(frozen=True)
class Share:
    """`count` of `total`. `low` and `high` bound a 95 % Wilson score interval (Wilson 1927); all None for 0 of 0."""

    count: int
    total: int
    share: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, count: int, total: int) -> Share:
        """The share of `count` in `total`."""
        if not total:
            return cls(count, total, None, None, None)
        share, weight = count / total, _Z * _Z / total
        middle = (share + weight / 2) / (1 + weight)
        reach = _Z * math.sqrt(share * (1 - share) / total + weight / (4 * total)) / (1 + weight)
        return cls(count, total, share, max(0.0, middle - reach), min(1.0, middle + reach))

    def show(self) -> str:
        """The share and its interval in per cent, such as "35 % (19–55)"; empty for 0 of 0."""
        if self.share is None or self.low is None or self.high is None:
            return ""
        return f"{self.share:.0%} ({100 * self.low:.0f}–{100 * self.high:.0f})".replace("%", " %")
