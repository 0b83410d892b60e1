"""Contents that a page gives its elements beside their own (declarative shadow DOM), put together as a browser does.

Saved pages have `<template shadowrootmode=open>` in the elements that scripts made. What stands beside the template is
seen only in the slots that it has for it.
"""

from __future__ import annotations

import re
from typing import Any

_TEMPLATE = re.compile(r"</?template\b[^<>]*>", re.IGNORECASE)
_SHADOW = re.compile(r"<template\b[^<>]*\bshadowroot(?:mode)?\s*=", re.IGNORECASE)
_MARK = "data-open-shadow"
_MOST = 20_000_000
"""Characters that are put into slots: what stands in many inside one another is put there again and again."""


def with_open_shadows(text: str) -> str:
    """A page whose templates that a browser shows are elements, marked for `fill_slots`."""
    if not _SHADOW.search(text):
        return text
    opened: list[bool] = []

    def shown(match: re.Match[str]) -> str:
        closing = match[0].startswith("</")
        if not closing:
            opened.append(_SHADOW.match(match[0]) is not None)
            return f"<div {_MARK}>" if opened[-1] else match[0]
        return "</div>" if opened and opened.pop() else match[0]

    return _TEMPLATE.sub(shown, text)


def fill_slots(tree: Any) -> None:
    """Put what stands beside each marked element of a `LexborHTMLParser` into its slots; the rest is not seen."""
    left = _MOST
    for shadow in reversed(tree.css(f"[{_MARK}]")):  # what is inside another goes first
        beside = [node for node in shadow.parent.iter(include_text=True) if node.mem_id != shadow.mem_id]
        left -= sum(len(node.html or "") for node in beside)
        if left < 0:
            return
        given: dict[str, list[Any]] = {}
        for node in beside:
            if node.tag == "-text":
                given.setdefault("", []).append(node)
            elif _is_element(node):
                given.setdefault(node.attributes.get("slot") or "", []).append(node)
        for slot in shadow.css("slot"):
            nodes = given.pop(slot.attributes.get("name") or "", [])
            if any(_is_element(node) or (node.text() or "").strip() for node in nodes):
                for node in nodes:
                    slot.insert_before(node if _is_element(node) else node.text() or "")
                slot.decompose()
        for node in beside:
            node.decompose()


def _is_element(node: Any) -> bool:
    return node.tag is not None and not node.tag.startswith("-")
