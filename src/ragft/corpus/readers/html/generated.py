"""What a style sheet adds to the text of a page: words before and after elements, and a direction that is forced."""

from __future__ import annotations

import re
from typing import Any

from ragft.corpus import overrides
from ragft.corpus.readers.html.cascade import Cascade, Side, Styled, declarations
from ragft.corpus.readers.html.seen import hides

_PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|attr\(\s*([\w-]+)\s*\)")
_ESCAPE = re.compile(r"\\([\da-fA-F]{1,6})\s?|\\(.)", re.DOTALL)
_COUNTED = re.compile(r"\bcounters?\(")
_SIGNS = re.compile(r"[-+−–±~<>≤≥%‰°$€£¥₹.,/]+")
_NUMBERS = frozenset("a abbr b bdi cite code data em i output q small span strong td th time var".split())
_MEASURES = re.compile(r"[±≥≤%‰°$€£¥₹]+")
"""Signs of numbers that do not begin an item of a list as a dash or an arrow does."""
_PREFIXES = re.compile(r"[-+−–~<>]")
_NUMBER = re.compile(r"[-+−–(]?[.,]?\d[\d.,\s']*(?:[^\w\s]|\b[A-Z]{3})?")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_MOST, _LONGEST = 5_000, 500
"""Elements that words are added to, and characters of these words."""


def write_generated(tree: Any, cascade: Cascade) -> int:
    """Write into a `LexborHTMLParser` what its style sheets add; how many elements show a count, which is not written.

    Signs without a letter or digit are decoration and stay out, but for those of numbers.
    """
    counted: set[int] = set()
    for (key, side), (node, values) in list(cascade.parts.items())[:_MOST]:
        content = values.get("content", "")
        if node.tag in _VOID or not content or hides(declarations(values)):
            continue
        if _COUNTED.search(content):
            counted.add(key)
        words = _words(content, node)
        if any(map(str.isalnum, words)) or _is_of_a_number(words, node, side):
            _insert(node, words, side)
    for node in _forced(tree, cascade):
        _insert(node, overrides.BEGIN, "before")
        _insert(node, overrides.END, "after")
    return len(counted)


def _is_of_a_number(words: str, node: Any, side: Side) -> bool:
    """Whether signs alone belong to a number beside them, and are not what begins an item of a list or the like.

    Of blocks, measures belong to a number at that end, and a minus or the like to a number that is all of the block.
    """
    signs = words.strip()
    if not _SIGNS.fullmatch(signs):
        return False
    text = (node.text() or "").strip()
    if node.tag in _NUMBERS:
        return any(map(str.isdigit, text))
    if _MEASURES.fullmatch(signs):
        return bool(re.match(r"[-+−–(]?[.,]?\d", text) if side == "before" else re.search(r"\d[.,]?-?\)?$", text))
    is_before = side == "before" and node.tag != "li" and words == signs
    return is_before and bool(_PREFIXES.fullmatch(signs) and _NUMBER.fullmatch(text))


def _words(content: str, node: Any) -> str:
    if _COUNTED.search(content):
        return ""
    parts = (match[1] or match[2] or _attribute(node, match[3]) for match in _PART.finditer(content))
    return _ESCAPE.sub(_unescaped, "".join(parts)[:_LONGEST])


def _attribute(node: Any, name: str | None) -> str:
    return (node.attributes.get(name) or "") if name else ""


def _insert(node: Any, text: str, side: Side) -> None:
    if node.child is None:
        node.insert_child(text)
    elif side == "before":
        node.child.insert_before(text)
    else:
        node.last_child.insert_after(text)


def _unescaped(match: re.Match[str]) -> str:
    if match[2]:
        return match[2]
    code = int(match[1], 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""


def _forced(tree: Any, cascade: Cascade) -> list[Any]:
    """The elements in which text is forced to run from right to left, each once."""
    found = [node for node in tree.css("bdo[dir]") if (node.attributes["dir"] or "").strip().casefold() == "rtl"]
    found += [styled.node for styled in cascade.elements.values() if _is_forced(styled)]
    return list({node.mem_id: node for node in found}.values())


def _is_forced(styled: Styled) -> bool:
    if styled.values.get("unicode-bidi") not in {"bidi-override", "isolate-override"}:
        return False
    named = styled.values.get("direction") or (styled.node.attributes.get("dir") or "").strip().casefold()
    return named == "rtl"
