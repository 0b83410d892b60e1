"""Text in the colour of what lies behind it, by the page's own style sheets, inline styles and old attributes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ragft.corpus.readers.css_colours import WHITE, Rgb, alike, rgb_of
from ragft.corpus.readers.html_styled import rules_of, select

_COLOUR = re.compile(
    r"(?<![\w-])(background(?:-color|-image)?|(?:-webkit-text-fill-)?color)\s*:\s*(#\w+|[\w-]+\([^)]{0,200}\)|[\w-]+)",
    re.IGNORECASE,
)
_NOT_STATED = frozenset("inherit initial unset revert none currentcolor transparent".split())
_MOST_PAIRS = 10_000
"""Pairs of colours of text and background that are compared before the page is looked at."""
_SHEETS = "link[rel~=stylesheet][href]"
_ELSEWHERE = re.compile(
    r"(?::before|:after|:not\(|:is\(|:where\(|:has\(|:nth-|:first-|:last-|:root)[^{}]{0,1000}\{[^{}]*background"
    r"|@(?:media(?![^{}]*print)|supports|layer|container)[^{}]*\{(?:[^{}]*\{[^{}]*\})*?[^{}]*\{[^{}]*background",
    re.IGNORECASE,
)
"""Rules that are not applied here and paint a background; selectors are bounded, so that the time is."""


@dataclass
class _Painted:
    """An element and the colours that are stated for it; empty where none is."""

    node: Any
    colour: Rgb | str = ""
    ground: Rgb | str = ""


@dataclass
class _PaintedPage:
    """What is painted on a page, by the identity of the element."""

    found: dict[int, _Painted] = field(default_factory=dict)
    _grounds: dict[int, Rgb | str] = field(default_factory=dict)

    def state(self, node: Any, stated: dict[str, Rgb | str]) -> None:
        painted = self.found.setdefault(node.mem_id, _Painted(node))
        painted.colour = stated.get("color", painted.colour)
        painted.ground = stated.get("background", painted.ground)

    def ground_of(self, node: Any) -> Rgb | str:
        """The colour behind an element: its own, or that of the nearest element around it that has one, else empty."""
        passed: list[int] = []
        ground: Rgb | str = ""
        while node is not None and not ground:
            if (known := self._grounds.get(node.mem_id)) is not None:
                ground = known
                break
            passed.append(node.mem_id)
            ground = painted.ground if (painted := self.found.get(node.mem_id)) else ""
            node = node.parent
        self._grounds.update(dict.fromkeys(passed, ground))
        return ground


def unseen_by_colour(tree: Any) -> list[Any]:
    """The elements whose text has the colour of its background.

    Paper is white where no background is stated, unless a style sheet in a file of its own, or a rule that is not
    applied here, may state one. An element is shown, too, where one inside it has colours of its own.
    """
    rules = [(selector, stated) for selector, body in rules_of(tree) if (stated := _stated(body))]
    styled = [(node, stated) for node in tree.css("[style]") if (stated := _stated(node.attributes.get("style") or ""))]
    old = [(node, _attributes(node)) for node in tree.css("[bgcolor],[background],font[color]")]
    every = [stated for _, stated in (*rules, *styled, *old)]
    grounds = {WHITE, *(stated.get("background", "") for stated in every)} - {""}
    colours = {stated.get("color", "") for stated in every} - {""}
    few = len(colours) * len(grounds) <= _MOST_PAIRS
    if few and not any(alike(colour, ground) for colour in colours for ground in grounds):
        return []
    page = _PaintedPage()
    for node, stated in old:
        page.state(node, stated)
    for selector, stated in rules:
        for node in select(tree, selector):
            page.state(node, stated)
    for node, stated in styled:
        page.state(node, stated)
    elsewhere = tree.css_first(_SHEETS) or any(_ELSEWHERE.search(sheet.text() or "") for sheet in tree.css("style"))
    default = "" if elsewhere else WHITE
    same = [p.node for p in page.found.values() if p.colour and alike(p.colour, page.ground_of(p.node) or default)]
    around = _around(page) if same else set()
    return [node for node in same if node.mem_id not in around]


def _around(page: _PaintedPage) -> set[int]:
    """The identities of the elements around those that have colours of their own."""
    found: set[int] = set()
    for painted in page.found.values():
        node = painted.node.parent
        while node is not None and node.mem_id not in found:
            found.add(node.mem_id)
            node = node.parent
    return found


def _stated(declarations: str) -> dict[str, Rgb | str]:
    if "color" not in declarations and "background" not in declarations:
        return {}
    stated: dict[str, Rgb | str] = {}
    for name, value in _COLOUR.findall(declarations):
        if value.casefold() not in _NOT_STATED:
            stated["background" if name.casefold().startswith("background") else "color"] = rgb_of(value)
    return stated


def _attributes(node: Any) -> dict[str, Rgb | str]:
    held = node.attributes
    ground = "an image" if held.get("background") else rgb_of(held.get("bgcolor") or "")
    stated = {"color": rgb_of(held.get("color") or "") if node.tag == "font" else "", "background": ground}
    return {name: value for name, value in stated.items() if value}
