"""Finds text in the colour of its background, by style sheets, inline styles and old attributes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from ragft.corpus.readers.colours import WHITE, Rgb, alike
from ragft.corpus.readers.css_colours import rgb_of
from ragft.corpus.readers.html.cascade import Cascade, Values
from ragft.corpus.readers.html.hidden import without_hidden

_COLOUR = re.compile(r"#\w+|[\w-]+\([^)]{0,200}\)|[\w-]+")
_KINDS = {
    "color": "color",
    "-webkit-text-fill-color": "color",
    "background": "background",
    "background-color": "background",
    "background-image": "background",
}
_NOT_STATED = frozenset("inherit initial unset revert none currentcolor transparent".split())
_MOST_PAIRS = 10_000
"""Pairs of colours of text and background that are compared before the page is looked at."""
_SHEETS = "link[rel~=stylesheet][href]"


@dataclass
class _Painted:
    """An element and the colours that are stated for it; empty where none is."""

    node: Any
    colour: Rgb | str = ""
    ground: Rgb | str = ""


@dataclass
class _PaintedPage:
    """The colours painted on a page, by the identity of the element."""

    found: dict[int, _Painted] = field(default_factory=dict)
    _grounds: dict[int, Rgb | str] = field(default_factory=dict)
    _colours: dict[int, Rgb | str] = field(default_factory=dict)

    def state(self, node: Any, stated: dict[str, Rgb | str]) -> None:
        painted = self.found.setdefault(node.mem_id, _Painted(node))
        painted.colour = stated.get("color", painted.colour)
        painted.ground = stated.get("background", painted.ground)

    def ground_of(self, node: Any) -> Rgb | str:
        """The colour behind an element: its own, or that of the nearest element around it that has one, else empty."""
        return self._nearest(node, "ground", self._grounds)

    def colour_of(self, node: Any) -> Rgb | str:
        """The colour of an element's text: its own, or that of the nearest element around it, else empty."""
        return self._nearest(node, "colour", self._colours)

    def _nearest(self, node: Any, kind: Literal["colour", "ground"], known: dict[int, Rgb | str]) -> Rgb | str:
        passed: list[int] = []
        found: Rgb | str = ""
        while node is not None and not found:
            if (held := known.get(node.mem_id)) is not None:
                found = held
                break
            passed.append(node.mem_id)
            found = getattr(painted, kind) if (painted := self.found.get(node.mem_id)) else ""
            node = node.parent
        known.update(dict.fromkeys(passed, found))
        return found


def unseen_by_colour(tree: Any, cascade: Cascade) -> list[Any]:
    """The elements, and pieces of text beside shown ones, whose text has the colour of its background.

    Paper is white where no background is stated, unless a style sheet in a file of its own, a rule of which it is not
    known whether it holds, or what is added before or after an element may state one.
    """
    page = _PaintedPage()
    for node in tree.css("[bgcolor],[background],font[color]"):
        page.state(node, _attributes(node))
    for node, values in cascade.elements.values():
        if stated := _stated(values):
            page.state(node, stated)
    every = page.found.values()
    grounds = {WHITE, *(painted.ground for painted in every)} - {""}
    colours = {painted.colour for painted in every} - {""}
    few = len(colours) * len(grounds) <= _MOST_PAIRS
    if few and not any(alike(colour, ground) for colour in colours for ground in grounds):
        return []
    more = [*cascade.uncertain, *(values for _, values in cascade.parts.values())]
    elsewhere = tree.css_first(_SHEETS) or any("background" in _stated(values) for values in more)
    default = "" if elsewhere else WHITE
    unseen, shown = list[Any](), set[int]()
    for painted in every:
        same = alike(page.colour_of(painted.node), page.ground_of(painted.node) or default)
        if painted.colour and same:
            unseen.append(painted.node)
        elif not same:
            shown.add(painted.node.mem_id)
    return [part for node in unseen for part in without_hidden(node, shown)]


def _stated(values: Values) -> dict[str, Rgb | str]:
    stated: dict[str, Rgb | str] = {}
    for name, value in values.items():
        if (kind := _KINDS.get(name)) and (found := _COLOUR.match(value)) and found[0] not in _NOT_STATED:
            stated[kind] = rgb_of(found[0])
    return stated


def _attributes(node: Any) -> dict[str, Rgb | str]:
    held = node.attributes
    ground = "an image" if held.get("background") else rgb_of(held.get("bgcolor") or "")
    stated = {"color": rgb_of(held.get("color") or "") if node.tag == "font" else "", "background": ground}
    return {name: value for name, value in stated.items() if value}
