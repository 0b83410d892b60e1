"""The numbers that a browser writes before the items of lists: `1.`, `c.`, `iv.`, by attributes and style sheets."""

from __future__ import annotations

import re
from typing import Any

from ragft.corpus.readers.html.cascade import Cascade, Values
from ragft.corpus.readers.numerals import CSS

_NUMBER = re.compile(r"\s*([+-]?\d{1,9})")
_HOLDERS = frozenset("p div span section article h1 h2 h3 h4 h5 h6".split())
_TYPES = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_NO_NUMBERS = frozenset("none disc circle square disclosure-open disclosure-closed inherit initial unset".split())
_POSITIONS = frozenset({"inside", "outside"})
_STRING = re.compile(r"\"([^\"\\]{0,99})\"|'([^'\\]{0,99})'")
_URL = re.compile(r"url\([^()]*\)")
_NOTES = (
    ".footnotes,[role=doc-endnotes],[role=doc-footnotes],[epub\\:type~=footnotes],[epub\\:type~=endnotes]"
    ",[epub\\:type~=rearnotes]"
)
"""What holds the lists of notes, whose numbers are their marks; these are left out everywhere."""


def write_numbers(tree: Any, cascade: Cascade) -> None:
    """Write the number of each item at its head, in the numbered lists of a tree."""
    listings = tree.css("ol")
    listings += [node for node in tree.css("ul,menu") if _marker(cascade, node, "disc") not in _NO_NUMBERS]
    notes: set[int] = set()
    for holder in tree.css(_NOTES):
        if holder.mem_id not in notes:  # one inside another was looked through with that
            notes.update(node.mem_id for node in holder.css(f"ol,{_NOTES}"))
    for listing in listings:
        if listing.mem_id not in notes:
            _write(listing, cascade)


def _write(listing: Any, cascade: Cascade) -> None:
    items = [item for item in listing.iter() if item.tag == "li"]
    backwards = "reversed" in listing.attributes
    number = _number(listing, "start", len(items) if backwards else 1)
    usual = "decimal" if listing.tag == "ol" else "disc"
    usual = _marker(cascade, listing, _TYPES.get(listing.attributes.get("type") or "", usual))
    for item in items:
        number = _number(item, "value", number)
        kind = _marker(cascade, item, _TYPES.get(item.attributes.get("type") or "", usual))
        if marker := _written(kind, number):
            _write_before(item, marker)
        number += -1 if backwards else 1


def _marker(cascade: Cascade, node: Any, usual: str) -> str:
    """The counter style of a list or an item; `none` where an item is displayed in another way."""
    styled = cascade.elements.get(node.mem_id)
    if styled is None:
        return usual
    values: Values = styled.values
    if node.tag == "li" and values.get("display", "list-item") != "list-item":
        return "none"
    stated = values.get("list-style-type") or _URL.sub("", values.get("list-style", ""))
    if _STRING.search(stated):
        return stated
    return next((word for word in stated.casefold().split() if word not in _POSITIONS), usual)


def _written(kind: str, number: int) -> str:
    if string := _STRING.search(kind):
        return string[1] or string[2] or ""
    return "" if kind in _NO_NUMBERS else f"{CSS.get(kind, str)(number)}. "


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
