"""The kinds of rows that are made from papers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

Kind = Literal["grounded", "synthesis", "partial", "refusal", "replay"]
KINDS: tuple[Kind, ...] = ("grounded", "synthesis", "partial", "refusal", "replay")
MADE: tuple[Kind, ...] = ("grounded", "synthesis", "partial", "refusal")
"""Those that are made of the documents; replay is made of none."""


def most_lacking(missing: Callable[[Kind], float]) -> Kind | None:
    """The kind with the largest share of `missing` rows, of equal ones the first; None if no row is missing."""
    kind = max(MADE, key=lambda name: (missing(name), -MADE.index(name)))
    return kind if missing(kind) > 0 else None
