"""Finds elements that the styles of a page hide; parts inside them may be shown again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from ragft.corpus.readers.html.cascade import Cascade, Values, declarations

_AGAIN = {
    "visibility": re.compile(r"visible"),
    "font-size": re.compile(
        r"(?:[2-9]|\d{2,})(?:\.\d+)?(?:px|pt)|\d*\.?[1-9]\d*(?:\.\d+)?rem|(?:xx?-)?(?:small|large)|medium"
    ),
    "color": re.compile(r"(?!inherit|unset|revert|currentcolor|var\()."),
    "-webkit-text-fill-color": re.compile(r"(?!inherit|unset|revert)."),
}
"""Properties that are inherited, and values of them that show text again."""


def hidden_by_style(cascade: Cascade, hides: Callable[[str], bool]) -> list[Any]:
    """The elements, and pieces of text beside shown ones, whose declarations hide them; `hides` judges declarations."""
    judged = lru_cache(4096)(hides)
    again: dict[str, set[int]] = {name: set() for name in _AGAIN}
    for key, (_, values) in cascade.elements.items():
        for name, pattern in _AGAIN.items():
            if (value := values.get(name)) and pattern.match(value) and not judged(f"{name}: {value}"):
                again[name].add(key)
    hidden: list[Any] = []
    for node, values in cascade.elements.values():
        if judged(declarations(values)):
            hidden += without_hidden(node, _taken_back(values, judged, again))
    return hidden


def _hide(values: Values, names: Iterable[str], hides: Callable[[str], bool]) -> bool:
    return hides(declarations({name: values[name] for name in names}))


def _taken_back(values: Values, hides: Callable[[str], bool], again: dict[str, set[int]]) -> set[int]:
    """The elements of the page that are seen though they stand inside one that is hidden so."""
    if _hide(values, (name for name in values if name not in _AGAIN), hides):
        return set()
    reasons = [again[name] for name in _AGAIN if name in values and _hide(values, [name], hides)]
    return set.intersection(*reasons) if reasons else set()


def without_hidden(node: Any, shown: set[int]) -> list[Any]:
    """A hidden element, or its parts around those inside it that are `shown`: elements and pieces of text."""
    if not shown:
        return [node]
    inner = [inside for inside in node.css("*") if inside.mem_id in shown and inside.mem_id != node.mem_id]
    if not inner:
        return [node]
    way = {node.mem_id}
    for part in inner:
        around = part
        while around.mem_id not in way:
            way.add(around.mem_id)
            around = around.parent
    hidden, waiting = [], [node]
    while waiting:
        for child in waiting.pop().iter(include_text=True):
            if child.mem_id not in way:
                hidden.append(child)
            elif child.mem_id not in shown:
                waiting.append(child)
    return hidden
