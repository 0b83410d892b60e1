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
    for selector, body in rules:
        _gather(select(tree, selector), body, found, again)
    for node in styled:
        _gather([node], node.attributes["style"] or "", found, again)
    return [node for node, bodies in found.values() if _is_hidden(node, _in_the_end(bodies), hides, again)]


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


def _is_hidden(node: Any, declared: dict[str, str], hides: Callable[[str], bool], again: dict[str, set[int]]) -> bool:
    def is_hidden_by(names: Iterable[str]) -> bool:
        return hides("; ".join(f"{name}: {declared[name]}" for name in names))

    if not is_hidden_by(declared):
        return False
    if is_hidden_by(name for name in declared if name not in _INHERITED):
        return True
    reasons = [name for name in _INHERITED if name in declared and is_hidden_by([name])]
    taken_back = set.intersection(*(again[name] for name in reasons)) if reasons else set()
    return not (
        taken_back and any(inner.mem_id in taken_back for inner in node.css("*") if inner.mem_id != node.mem_id)
    )
