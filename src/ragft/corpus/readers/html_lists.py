"""The numbers of list items, where the page does not count them from 1: `1986. A great year.` begins a list, too."""

from __future__ import annotations

import re
from typing import Any

_COUNTED = "ol[start],ol[reversed],ol:has(> li[value])"
_NUMBER = re.compile(r"\s*([+-]?\d{1,9})")
_HOLDERS = frozenset("p div span section article h1 h2 h3 h4 h5 h6".split())


def write_numbers(tree: Any) -> None:
    """Write the number of each item at its head, in the lists of a tree that do not count 1, 2, 3."""
    for listing in {found.mem_id: found for found in tree.css(_COUNTED)}.values():  # each selector finds it
        if (listing.attributes.get("type") or "1") == "1":
            _write(listing)


def _write(listing: Any) -> None:
    items = [item for item in listing.iter() if item.tag == "li"]
    backwards = "reversed" in listing.attributes
    number = _number(listing, "start", len(items) if backwards else 1)
    numbers = []
    for item in items:
        number = _number(item, "value", number)
        numbers.append(number)
        number += -1 if backwards else 1
    if numbers != list(range(1, len(items) + 1)):
        for item, number in zip(items, numbers, strict=True):
            _write_before(item, f"{number}. ")


def _write_before(item: Any, number: str) -> None:
    """Set a number before the first text of an item, inside the paragraph that the text may stand in."""
    node = item
    while node.tag in _HOLDERS or node is item:
        first = next(
            (c for c in node.iter(include_text=True) if c.tag != "-text" or (c.text_content or "").strip()), None
        )
        if first is None:
            return
        node = first
    node.insert_before(number)


def _number(node: Any, name: str, default: int) -> int:
    found = _NUMBER.match(node.attributes.get(name) or "")
    return int(found[1]) if found else default
