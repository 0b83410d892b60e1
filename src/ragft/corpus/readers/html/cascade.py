"""The CSS cascade: the declarations that apply to each element, by importance, layer, specificity and order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from ragft.corpus.readers.html.css_conditions import media_hold
from ragft.corpus.readers.html.css_rules import Declaration, Rule, declarations_of, rules_of
from ragft.corpus.readers.html.element_index import ElementIndex

Values = dict[str, str]
"""The value of each property, those that were set last at the end; only that of `CASED` keeps its case."""
Side = Literal["before", "after"]
CASED = frozenset({"content", "list-style", "list-style-type"})
"""The properties that may hold words."""

_PART = re.compile(r"(.*?)(?<!:):{1,2}(before|after)", re.DOTALL | re.IGNORECASE)
_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,([^()]*(?:\([^()]*\)[^()]*)?))?\)", re.IGNORECASE)
_MOST_ROUNDS = 4
"""Variables that are set to variables."""
_LONGEST_VALUE = 4_000
"""Characters of a value with variables in their place; a longer one is left as it is written."""
_FONT_SIZE = re.compile(
    r"(?:[\w%-]+\s+)*?((?:\d*\.\d+|\d+)(?:%|[a-z]+)?|(?:xx?x?-)?(?:small|large)|medium|smaller|larger)\s*(?:/|\s)"
)
_LONG = {
    "all": ("",),
    "background": ("background-",),
    "font": ("font-",),
    "list-style": ("list-style-type",),
    "inset": ("top", "right", "bottom", "left", "inset-"),
    "margin": ("margin-",),
    "overflow": ("overflow-",),
    "padding": ("padding-",),
    "text-decoration": ("text-decoration-",),
}
"""How the names begin of the properties that one sets, too."""


class Styled(NamedTuple):
    """An element of a page and what is declared for it."""

    node: Any
    values: Values


@dataclass
class Cascade:
    """The declarations of a page.

    Attributes:
        elements: by the identity of the element.
        parts: what is added before and after elements, by identity and side.
        uncertain: what rules declare of which it is not known whether they hold.
    """

    elements: dict[int, Styled] = field(default_factory=dict)
    parts: dict[tuple[int, Side], Styled] = field(default_factory=dict)
    uncertain: list[Values] = field(default_factory=list)


def cascade_of(tree: Any) -> Cascade:
    """The declarations in the style elements and attributes of a `LexborHTMLParser`."""
    sheets = tuple(sheet.text() or "" for sheet in tree.css("style") if media_hold(sheet.attributes.get("media") or ""))
    cascade = Cascade()
    found = list(_matches(tree, rules_of(sheets))) if any(sheets) else []
    inline = [(node, declarations_of(node.attributes["style"] or "")) for node in tree.css("[style]")]
    variables = _variables([rule.declarations for rule, _, _ in found] + [declared for _, declared in inline])
    cascade.uncertain = [_values(rule.declarations, variables) for rule, _, _ in found if not rule.certain]
    found = [entry for entry in found if entry[0].certain]
    found.sort(key=lambda entry: (entry[0].layer, entry[0].specificity))
    for rule, nodes, side in found:
        _declare(cascade, nodes, side, (d for d in rule.declarations if not d.important), variables)
    for node, declared in inline:
        _declare(cascade, [node], None, (d for d in declared if not d.important), variables)
    # Among what is important, the layer that was named first counts most.
    found.sort(key=lambda entry: ([-number for number in entry[0].layer], entry[0].specificity))
    for rule, nodes, side in found:
        _declare(cascade, nodes, side, (d for d in rule.declarations if d.important), variables)
    for node, declared in inline:
        _declare(cascade, [node], None, (d for d in declared if d.important), variables)
    return cascade


def declarations(values: Values) -> str:
    """Values as the text of a `style` attribute."""
    return "; ".join(f"{name}: {value}" for name, value in values.items())


def matching_elements(tree: Any, selector: str) -> list[Any]:
    """The elements that a selector of the page's own style sheet matches; none if it cannot be parsed."""
    from selectolax.lexbor import SelectolaxError

    try:
        return list(tree.css(selector))
    except (SelectolaxError, ValueError):
        return []


def _matches(tree: Any, rules: Iterable[Rule]) -> Iterator[tuple[Rule, list[Any], Side | None]]:
    index = ElementIndex(tree, lambda selector: matching_elements(tree, selector))
    for rule in rules:
        if rule.names <= index.names:
            selector, side = _base(rule.selector)
            if nodes := index.matching(selector):
                yield rule, nodes, side


def _base(selector: str) -> tuple[str, Side | None]:
    """The selector of the elements that one with `::before` or `::after` adds to, and the side."""
    found = _PART.fullmatch(selector)
    if not found:
        return selector, None
    base = found[1]
    side: Side = "before" if found[2].casefold() == "before" else "after"
    return (f"{base}*" if not base or base[-1] in " >+~" else base), side


def _declare(
    cascade: Cascade, nodes: Iterable[Any], side: Side | None, declared: Iterable[Declaration], variables: Values
) -> None:
    values = _values(declared, variables)
    if not values:
        return
    for node in nodes:
        if side is None:
            held = cascade.elements.setdefault(node.mem_id, Styled(node, {})).values
        else:
            held = cascade.parts.setdefault((node.mem_id, side), Styled(node, {})).values
        for name, value in values.items():
            _set(held, name, value)


def _values(declared: Iterable[Declaration], variables: Values) -> Values:
    values: Values = {}
    for one in declared:
        if not one.name.startswith("--"):
            value = _without_variables(one.value, variables)
            _set(values, one.name, value if one.name in CASED else value.casefold())
    return values


def _set(values: Values, name: str, value: str) -> None:
    """Set a property, which takes back those that it sets, too."""
    values.pop(name, None)
    if long := _LONG.get(name):
        for other in [key for key in values if key.startswith(long)]:
            del values[other]
    if name != "font":
        values[name] = value
    elif size := _FONT_SIZE.match(value):
        values["font-size"] = size[1]


def _variables(every: Iterable[Iterable[Declaration]]) -> Values:
    """The variables of the page that have one value wherever they are set."""
    found: dict[str, set[str]] = {}
    for declared in every:
        for one in declared:
            if one.name.startswith("--"):
                found.setdefault(one.name, set()).add(one.value if len(one.value) <= _LONGEST_VALUE else "")
    return {name: next(iter(values)) if len(values) == 1 else "" for name, values in found.items()}


def _without_variables(value: str, variables: Values) -> str:
    """A value with variables in their place, those that are not known for certain left as they are."""

    def put(match: re.Match[str]) -> str:
        known = variables[match[1]] if match[1] in variables else (match[2] or "").strip()
        return known or match[0]

    for _ in range(_MOST_ROUNDS if len(value) <= _LONGEST_VALUE else 0):
        replaced = _VARIABLE.sub(put, value)
        if replaced == value or len(replaced) > _LONGEST_VALUE:
            break
        value = replaced
    return value
