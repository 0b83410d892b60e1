"""Finds what plain selectors match by the names of their last part; a page has hundreds of rules and of elements."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

_NAME = r"[a-zA-Z_][\w-]*"
_PART = rf"(?:(?:\*|{_NAME})(?:[.#]{_NAME})*|(?:[.#]{_NAME})+)"
_SELECTOR = re.compile(rf"\s*{_PART}(?:(?:\s*>\s*|\s+){_PART})*\s*", re.ASCII)
_STEP = re.compile(rf"(?P<child>>)|(?P<tag>\*|{_NAME})?(?P<names>(?:[.#]{_NAME})*)", re.ASCII)
_NAMES = re.compile(rf"[.#]{_NAME}", re.ASCII)
_NEVER = re.compile(r"[^()]*:(?:hover|active|focus)(?![\w-])[^()]*")
"""States in which nothing is while a page is only read."""
_DEEPEST = 200
"""Elements inside one another, from which on the library's own search is used: a hostile page nests ten thousand."""


class _Element(NamedTuple):
    """`around`: the element that this one is in, by its identity; `order`: its place on the page."""

    node: Any
    names: frozenset[str]
    around: int
    order: int


@dataclass(frozen=True)
class _Compound:
    """The tag, .classes and #ids that an element must have; `is_child`: whether it is a child of what stands before."""

    names: frozenset[str]
    is_child: bool


class ElementIndex:
    """The elements of a tree by their tags, .classes and #ids. `search`: what finds all others.

    Attributes:
        names: all that there are, in lower case.
    """

    def __init__(self, tree: Any, search: Callable[[str], list[Any]]) -> None:
        self._search = search
        self._elements: dict[int, _Element] = {}
        self._by_name: defaultdict[str, list[_Element]] = defaultdict(list)
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        found = [(node, *_named(node)) for node in tree.css("*")]
        exact = {name for _, _, names in found for name in names}
        self._folds = _takes_any_case(exact, search)
        depths: dict[int, int] = {}
        for order, (node, tag, names) in enumerate(found):
            around = node.parent.mem_id if node.parent is not None else 0
            depths[node.mem_id] = depths.get(around, 0) + 1
            held = frozenset(self._key(name) for name in (tag, *names, "*"))
            element = self._elements[node.mem_id] = _Element(node, held, around, order)
            for name in held:
                self._by_name[name].append(element)
                self._places[name].append(order)
        self._last = list(range(len(found)))  # by place, that of the last element inside
        for element in reversed(self._elements.values()):
            if element.around in self._elements:
                around = self._elements[element.around].order
                self._last[around] = max(self._last[around], self._last[element.order])
        self._is_deep = max(depths.values(), default=0) > _DEEPEST
        self.names = frozenset(name.casefold() for name in (*exact, *(tag for _, tag, _ in found)))

    def matching(self, selector: str) -> list[Any]:
        """The elements that a selector matches, in the order of the page."""
        if _NEVER.fullmatch(selector):
            return []
        compounds = None if self._is_deep else self._parsed(selector)
        if compounds is None:
            return self._search(selector)
        name = self._rarest(compounds[-1])
        candidates = self._by_name.get(name, [])
        if len(compounds) > 1 and len(outer := self._by_name.get(self._rarest(compounds[-2]), [])) < len(candidates):
            candidates = self._inside(outer, name)
        return [one.node for one in candidates if self._is_match(one, compounds)]

    def _rarest(self, compound: _Compound) -> str:
        return min(compound.names, key=lambda name: len(self._places[name]) if name in self._places else 0)

    def _inside(self, outer: Sequence[_Element], name: str) -> list[_Element]:
        """The elements with a name inside others, which come in the order of the page."""
        found: list[_Element] = []
        places, seen = self._places[name], -1
        for element in outer:
            last = self._last[element.order]
            if last > seen:
                start = bisect_right(places, max(element.order, seen))
                found += self._by_name[name][start : bisect_right(places, last)]
                seen = last
        return found

    def _key(self, name: str) -> str:
        return name.casefold() if self._folds or name[0] not in ".#" else name

    def _is_match(self, element: _Element, compounds: Sequence[_Compound]) -> bool:
        if not compounds[-1].names <= element.names:
            return False
        here: _Element | None = element
        for at in range(len(compounds) - 2, -1, -1):
            here = self._elements.get(here.around) if here is not None else None
            while here is not None and not compounds[at].names <= here.names and not compounds[at + 1].is_child:
                here = self._elements.get(here.around)
            if here is None or not compounds[at].names <= here.names:
                return False
        return True

    def _parsed(self, selector: str) -> list[_Compound] | None:
        """The parts of a selector that is plain; None where it is not, or where what is nearest may not be meant."""
        if not _SELECTOR.fullmatch(selector) or not selector.strip(" >*"):
            return None
        compounds: list[_Compound] = []
        is_child = False
        for match in _STEP.finditer(selector):
            if match["child"]:
                is_child = True
            elif match.group():
                names = frozenset(map(self._key, ((match["tag"] or "*").casefold(), *_NAMES.findall(match["names"]))))
                compounds.append(_Compound(names, is_child))
                is_child = False
        children = [compound.is_child for compound in compounds[1:]]
        return compounds if compounds and children == sorted(children) else None


def _named(node: Any) -> tuple[str, list[str]]:
    held: Mapping[str, str | None] = node.attributes
    names = [f".{name}" for name in (held.get("class") or "").split()]
    return node.tag.casefold(), [*names, f"#{held['id']}"] if held.get("id") else names


def _takes_any_case(names: set[str], search: Callable[[str], list[Any]]) -> bool:
    """Whether a tree is that of an old page, whose names match in any case: tried with a name in another case."""
    plain = (name for name in sorted(names) if _NAMES.fullmatch(name) and name.swapcase() not in names)
    tried = next((name for name in plain if name.swapcase() != name), "")
    return bool(tried) and bool(search(tried.swapcase()))
