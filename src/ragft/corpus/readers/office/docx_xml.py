"""Helpers for the XML of Word documents: values, switches, and styles that are based on others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ragft.corpus.readers.office.namespaces import W
from ragft.corpus.readers.office.switches import turned_on

_ENDS_DELETED = tuple(f"{W}pPr/{W}rPr/{W}{kind}" for kind in ("del", "moveFrom"))


def value(node: Any, path: str) -> str:
    """The `w:val` of the element at a path of names; empty where there is none."""
    found = node.find("/".join(f"{W}{name}" for name in path.split("/")))
    return str(found.get(f"{W}val", "")) if found is not None else ""


def is_on(node: Any) -> bool:
    """Whether a switch is there and not turned off."""
    return node is not None and turned_on(node.get(f"{W}val"), usual=True)


def goes_on(paragraph: Any) -> bool:
    """Whether the end of a paragraph was deleted or moved away: the next one goes on in its line."""
    return any(paragraph.find(path) is not None for path in _ENDS_DELETED)


def line_of(key: str, found: dict[str, Any]) -> Iterator[Any]:
    """A style and those it is based on, each once."""
    seen: set[str] = set()
    while key in found and key not in seen:
        seen.add(key)
        yield found[key]
        key = value(found[key], "basedOn")
