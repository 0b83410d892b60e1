"""Which elements the styles of a page hide: what hides one may be taken back, for it or for what stands inside it.

Later rules go before earlier ones and the element's own style before all; how specific selectors are is not weighed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from ragft.corpus.readers.html_styled import rules_of, select

_DECLARATION = re.compile(r"([\w-]+)\s*:\s*([^;]*)")
_TELLING = re.compile(r"(?:display|visibility|font-size|opacity)\s*:", re.IGNORECASE)
"""What may be taken back."""
_INHERITED = {"visibility", "font-size"}
_AGAIN = {
    "visibility": re.compile(r"visible"),
    "font-size": re.compile(
        r"(?:[2-9]|\d{2,})(?:\.\d+)?(?:px|pt)|\d*\.?[1-9]\d*(?:\.\d+)?rem|(?:xx?-)?(?:small|large)|medium"
    ),
}


def hidden_by_style(tree: Any, hides: Callable[[str], bool]) -> list[Any]:
    """The elements of a `LexborHTMLParser` whose declarations, as they count in the end, hide their text."""
    found: dict[int, tuple[Any, list[str]]] = {}
    rules = [(selector, body) for selector, body in rules_of(tree) if _TELLING.search(body) or hides(body)]
    for selector, body in rules:
        if hides(body):
            for node in select(tree, selector):
                found.setdefault(node.mem_id, (node, []))
    styled = tree.css("[style]")
    for node in styled:
        if hides(node.attributes["style"] or ""):
            found.setdefault(node.mem_id, (node, []))
    if not found:
        return []
    again: dict[str, set[int]] = {name: set() for name in _INHERITED}
    hidden = []
    for selector, body in rules:
        _gather(select(tree, selector), body, found, again)
    for node in styled:
        _gather([node], node.attributes["style"] or "", found, again)
    for node, bodies in found.values():
        declared = _in_the_end(bodies)
        if _hide(declared, declared, hides):
            hidden += _without(node, _taken_back(declared, hides, again))
    return hidden


def _gather(
    nodes: Iterable[Any], body: str, found: dict[int, tuple[Any, list[str]]], again: dict[str, set[int]]
) -> None:
    declared = _in_the_end([body])
    shown = [name for name, pattern in _AGAIN.items() if pattern.match(declared.get(name, ""))]
    for node in nodes:
        if node.mem_id in found:
            found[node.mem_id][1].append(body)
        for name in shown:
            again[name].add(node.mem_id)


def _in_the_end(bodies: list[str]) -> dict[str, str]:
    """The last declaration of each property; one that is important goes before those that are not."""
    declared: dict[str, str] = {}
    for name, value in _DECLARATION.findall(";".join(bodies)):
        key, text = name.casefold(), value.strip().casefold()
        if "!important" in text or "!important" not in declared.get(key, ""):
            declared[key] = text
    return declared


def _hide(declared: dict[str, str], names: Iterable[str], hides: Callable[[str], bool]) -> bool:
    return hides("; ".join(f"{name}: {declared[name]}" for name in names))


def _taken_back(declared: dict[str, str], hides: Callable[[str], bool], again: dict[str, set[int]]) -> set[int]:
    """The elements of the page that are seen though they stand inside one that is hidden so."""
    if _hide(declared, (name for name in declared if name not in _INHERITED), hides):
        return set()
    reasons = [again[name] for name in _INHERITED if name in declared and _hide(declared, [name], hides)]
    return set.intersection(*reasons) if reasons else set()


def _without(node: Any, shown: set[int]) -> list[Any]:
    """A hidden element, or its parts around those inside it that are `shown`; text between them is taken out."""
    inner = [inside for inside in node.css("*") if inside.mem_id in shown] if shown else []
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
        for child in list(waiting.pop().iter(include_text=True)):
            if child.tag == "-text":
                child.replace_with(" ")
            elif child.mem_id not in way:
                hidden.append(child)
            elif child.mem_id not in shown:
                waiting.append(child)
    return hidden
