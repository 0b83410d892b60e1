"""What the controls of a form show: the text that was put in, the entry that was chosen, whether a box is checked."""

from __future__ import annotations

from typing import Any

_WITH_TEXT = frozenset("text search number date datetime-local month week time email tel url".split())
_BOXES = "li input[type=checkbox],td input[type=checkbox],label input[type=checkbox],label input[type=radio]"
"""Boxes that say something of the text beside them; others open and close parts of a page."""


def write_controls(tree: Any) -> None:
    """Put what controls show in their place, apart from the text beside them.

    Of a list nothing is written unless an entry is marked as chosen: the first is shown for want of a choice.
    """
    for box in tree.css(_BOXES):
        box.replace_with(" ☒ " if "checked" in box.attributes else " ☐ ")
    for field in tree.css("input[value]"):
        if (field.attributes.get("type") or "text").casefold() in _WITH_TEXT:
            field.replace_with(f" {field.attributes['value'] or ''} ")
    for listing in tree.css("select"):
        chosen = [option.text() or "" for option in listing.css("option[selected]")]
        if chosen:
            listing.replace_with(f" {', '.join(chosen)} ")
