"""The kinds of rows that are made from papers."""

from __future__ import annotations

from typing import Literal

Kind = Literal["grounded", "synthesis", "refusal", "replay"]
KINDS: tuple[Kind, ...] = ("grounded", "synthesis", "refusal", "replay")
MADE: tuple[Kind, ...] = ("grounded", "synthesis", "refusal")
"""Those that are made of claims; replay is made of none."""
