"""Applies the style of inline text: raised, lowered, marks of notes, spacing, struck text.

The tree is marked for the reader that walks it: `data-position` on what is raised, lowered or a mark, and blanks
around what stands apart on the page though nothing separates it in the source.
"""

from __future__ import annotations

import re
from typing import Any, Literal

from ragft.corpus.readers.html.cascade import Cascade, Values

POSITION = "data-position"
"""The attribute that says where an element stands: raised, lowered or note."""

_INLINE = frozenset("a abbr b bdi bdo cite code em font i ins kbd mark q small span strong tt u var".split())
_CONTAINER = re.compile(r"(?:inline-)?(?:flex|grid)")
_FEATURE = re.compile(r"[\"'](sups|subs|sinf)[\"'](?!\s*(?:0|off))")
_GAPS = re.compile(r"(?:margin|padding)(?:-left|-right|-inline(?:-start|-end)?)?")
_WIDE = re.compile(
    r"(?:[2-9]|[1-9]\d+)(?:\.\d+)?(?:px|pt)|\d*[1-9]\d*(?:\.\d+)?(?:r?em|ex|ch|vw|%|cm|mm|in)|0*\.[2-9]\d*r?em"
)
_LENGTH = re.compile(r"(-?)(?=[\d.]*[1-9])\.?\d")
_LIFT = re.compile(r"translatey\(\s*(-?)(?=[\d.]*[1-9])\.?\d")
_APART = re.compile(r"(?:block|flex|grid|table|list-item|flow-root|inline-(?:block|flex|grid|table))")
_MARK = re.compile(r"[\[(]?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5}|[*∗†‡§¶]{1,3})(?:,\s?\d{1,3})*[\])]?")
_NUMBER = re.compile(r"[\[(]?\d{1,3}[\])]?")
_CENTS_CLASS = re.compile(r"(?:^|[\s_-])(?:cents?|fraction|decimals?)(?:$|[\s_-])", re.IGNORECASE)
_CENTS = re.compile(r"\d\d")
_SMALL = re.compile(r"\d{1,3}|[a-z]")
_MARKS = (
    r"[role=doc-noteref],[epub\:type~=noteref],a.footnote,a.footnote-ref,a.footnoteref,a.noteref,a.fnref,a.fn,"
    "span.footnote,span.footnote-ref,span.noteref,span.fnref"
)
_LINES = ("text-decoration", "text-decoration-line")
_LINE_THROUGH = "data-struck"
_STRUCK = f"del,s,strike,[{_LINE_THROUGH}]"
_SHORT = 12
_CLIMB = 8
"""Elements that one may be nested in, behind the text before it."""


def mark_styled(tree: Any, cascade: Cascade) -> None:
    """Mark what is raised, lowered, struck or the mark of a note; set blanks around what is displayed as a block."""
    for container, declared in cascade.elements.values():
        if _CONTAINER.match(declared.get("display", "")):
            for item in container.iter():
                if item.tag in _INLINE:
                    _set_apart(item)
    for node, declared in cascade.elements.values():
        if any("line-through" in declared.get(name, "") for name in _LINES):
            node.attrs[_LINE_THROUGH] = ""
        if node.tag in _INLINE:
            if _stands_apart(node, declared):
                _set_apart(node)
            if position := _shifted(node, declared):
                node.attrs[POSITION] = position
    _mark_notes(tree)


def _mark_notes(tree: Any) -> None:
    for node in tree.css("small"):
        if _SMALL.fullmatch(_text(node)) and _before(node).isdigit():
            node.attrs[POSITION] = "raised"
    # Shops raise the cents of a price by style sheets that a saved page may lack.
    for node in tree.css("span[class],b[class]"):
        is_cents = _CENTS_CLASS.search(node.attrs["class"] or "") and _CENTS.fullmatch(_text(node))
        if is_cents and _before(node).isdigit():
            node.attrs[POSITION] = "raised"
    for node in tree.css(_MARKS):
        if _MARK.fullmatch(_text(node)):
            node.attrs[POSITION] = "note"
    for node in tree.css('a[href^="#"]'):
        if _NUMBER.fullmatch(_text(node)) and not node.css_first("sup"):
            _link(node)


def strike_out(tree: Any) -> int:
    """Take out text that is struck out, which is no longer meant; the characters taken out, as a count."""
    struck = 0
    for node in tree.css(_STRUCK):
        if node.tag not in {"body", "html"}:
            struck += len(_text(node))
            node.insert_before(" ")
            node.decompose()
    return struck


def _stands_apart(node: Any, declared: Values) -> bool:
    """Whether there is room around an element, as a box, a float or by its margins; a large first letter has none."""
    if _APART.match(declared.get("display", "")) or declared.get("position") in {"absolute", "fixed"}:
        return True
    if node.tag != "span" or (len(text := _text(node)) == 1 and text.isalpha()):
        return False
    if declared.get("float") in {"left", "right"}:
        return True
    return any(_GAPS.fullmatch(name) and _is_wide(name, value) for name, value in declared.items())


def _is_wide(name: str, value: str) -> bool:
    lengths = value.split()
    if name in {"margin", "padding"} and len(lengths) > 1:
        lengths = lengths[1::2]  # right and left
    return any(_WIDE.fullmatch(length) for length in lengths)


def _shifted(node: Any, declared: Values) -> Literal["raised", "lowered"] | None:
    align = declared.get("vertical-align", "")
    if align.startswith(("super", "sub")):
        return "raised" if align.startswith("super") else "lowered"
    for word in (declared.get("font-variant-position") or declared.get("font-variant", "")).split():
        if word in {"super", "sub"}:
            return "raised" if word == "super" else "lowered"
    if feature := _FEATURE.search(declared.get("font-feature-settings", "")):
        return "raised" if feature[1] == "sups" else "lowered"
    up = _rise(align, declared)
    if up is None or len(_text(node)) > _SHORT or not _before(node).strip():
        return None
    return "raised" if up else "lowered"


def _rise(align: str, declared: Values) -> bool | None:
    """Whether text is moved up (True) or down (False) from its line; None where it stays."""
    if align.startswith(("top", "text-top", "bottom", "text-bottom")):
        return "top" in align
    if length := _LENGTH.match(align):
        return not length[1]
    if declared.get("position") == "relative":
        for side, sign in (("top", "-"), ("bottom", "")):
            if length := _LENGTH.match(declared.get(side, "")):
                return length[1] == sign
    lift = _LIFT.search(declared.get("transform", ""))
    return lift[1] == "-" if lift else None


def _link(node: Any) -> None:
    """A number that links within its page: behind a word or number it is a mark, behind a full stop kept apart."""
    before = _before(node)
    if before.isalnum():
        node.attrs[POSITION] = "note"
    elif before in {".", ",", ";", ":", "!", "?"}:
        node.insert_before(" ")


def _set_apart(node: Any) -> None:
    node.insert_before(" ")
    node.insert_after(" ")


def _text(node: Any) -> str:
    return (node.text() or "").strip()


def _before(node: Any) -> str:
    """The character before an element on its line; empty where there is none."""
    for _ in range(_CLIMB):
        previous = node.prev
        if previous is None:
            node = node.parent
            if node is None or (node.tag not in _INLINE and node.tag != "sup"):
                return ""
            continue
        if previous.tag not in _INLINE and previous.tag not in {"-text", "sup", "sub"}:
            return ""
        text = previous.text() if previous.tag != "-text" else previous.text_content
        if text:
            return str(text[-1])
        node = previous
    return ""
