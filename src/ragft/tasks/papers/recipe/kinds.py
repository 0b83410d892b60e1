"""The kinds of rows that are made from papers."""

from __future__ import annotations

from typing import Literal

Kind = Literal["grounded", "synthesis", "partial", "refusal", "replay"]
KINDS: tuple[Kind, ...] = ("grounded", "synthesis", "partial", "refusal", "replay")
MADE: tuple[Kind, ...] = ("grounded", "synthesis", "partial", "refusal")
"""Those that are made of the documents; replay is made of none."""
