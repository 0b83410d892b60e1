"""What a style sheet adds to the text of a page: words before and after elements, and a direction that is forced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ragft.corpus import overrides
from ragft.corpus.readers.html_seen import hides
from ragft.corpus.readers.html_styled import all_rules, rules_of, select

_PSEUDO = re.compile(r"(.*[^\s>+~:]):{1,2}(before|after)", re.DOTALL)
_CONTENT = re.compile(r"(?<![\w-])content\s*:((?:\s*(?:\"[^\"]*\"|'[^']*'|[^\"';]))*)")
_PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|attr\(\s*([\w-]+)\s*\)")
_ESCAPE = re.compile(r"\\([\da-fA-F]{1,6})\s?|\\(.)", re.DOTALL)
_COUNTED = re.compile(r"\bcounters?\(")
_FORCED = re.compile(r"unicode-bidi\s*:\s*(?:bidi|isolate)-override", re.IGNORECASE)
_FROM_THE_RIGHT = re.compile(r"(?<![\w-])direction\s*:\s*rtl", re.IGNORECASE)
_SIGNS = re.compile(r"[-+−–±~<>≤≥%‰°$€£¥₹.,/]+")
_NUMBERS = frozenset("a abbr b bdi cite code data em i output q small span strong td th time var".split())
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_MOST, _LONGEST = 5_000, 500
"""Elements that words are added to, and characters of these words."""


def write_generated(tree: Any) -> int:
    """Write into a `LexborHTMLParser` what its style sheets add; how many elements show a count, which is not written.

    Signs without a letter or digit are decoration and stay out, but for those of numbers.
    """
    counted: set[int] = set()
    found: dict[tuple[int, str], tuple[Any, str]] = {}
    for selector, body in all_rules(tree):
        if content := _CONTENT.search(body):
            for node, side in _places(tree, selector):
                if len(found) < _MOST and node.tag not in _VOID:
                    found[node.mem_id, side] = node, "" if hides(body) else _words(content[1], node)
                    if _COUNTED.search(content[1]):
                        counted.add(node.mem_id)
    for (_, side), (node, words) in found.items():
        if any(map(str.isalnum, words)) or _is_of_a_number(words, node):
            _insert(node, words, side)
    for node in _forced(tree):
        _insert(node, overrides.BEGIN, "before")
        _insert(node, overrides.END, "after")
    return len(counted)


def _places(tree: Any, selectors: str) -> Iterator[tuple[Any, str]]:
    for selector in selectors.split(","):
        if pseudo := _PSEUDO.fullmatch(selector.strip()):
            for node in select(tree, pseudo[1]):
                yield node, pseudo[2]


def _is_of_a_number(words: str, node: Any) -> bool:
    """Whether signs alone belong to a number beside them, and are not what begins an item of a list or the like."""
    return bool(_SIGNS.fullmatch(words.strip())) and node.tag in _NUMBERS and any(map(str.isdigit, node.text() or ""))


def _words(content: str, node: Any) -> str:
    if _COUNTED.search(content):
        return ""
    parts = (match[1] or match[2] or _attribute(node, match[3]) for match in _PART.finditer(content))
    return _ESCAPE.sub(_unescaped, "".join(parts)[:_LONGEST])


def _attribute(node: Any, name: str | None) -> str:
    return (node.attributes.get(name) or "") if name else ""


def _insert(node: Any, text: str, side: str) -> None:
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


def _forced(tree: Any) -> list[Any]:
    """The elements in which text is forced to run from right to left, each once."""
    found = [node for node in tree.css("bdo[dir]") if (node.attributes["dir"] or "").strip().casefold() == "rtl"]
    for selector, body in rules_of(tree):
        if _FORCED.search(body):
            found += [node for node in select(tree, selector) if _runs_from_the_right(node, body)]
    for node in tree.css("[style]"):
        style = node.attributes["style"] or ""
        if _FORCED.search(style) and _runs_from_the_right(node, style):
            found.append(node)
    return list({node.mem_id: node for node in found}.values())


def _runs_from_the_right(node: Any, declared: str) -> bool:
    return bool(_FROM_THE_RIGHT.search(declared)) or (node.attributes.get("dir") or "").casefold() == "rtl"
