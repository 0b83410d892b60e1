"""Switches of Office files: an attribute that says whether something is so."""

from __future__ import annotations

_OFF = frozenset({"0", "false", "f", "off", "none"})


def turned_on(value: str | None, *, usual: bool = False) -> bool:
    """What the value of a switch says; `usual` where there is none."""
    return usual if value is None else value.casefold() not in _OFF
