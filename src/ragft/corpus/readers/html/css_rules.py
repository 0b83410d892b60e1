"""The rules of a style sheet in the order in which they count: what is nested, conditional or layered made plain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ragft.corpus.readers.html.css_conditions import media_hold, supports_hold

Specificity = tuple[int, int, int]
Layer = tuple[int, ...]
"""Where a layer, and those inside it, was first named; what is in no layer counts as the last of its place."""
_UNLAYERED = 1 << 30

_DEEPEST = 8
"""Rules, layers and conditions inside one another."""
_LONGEST_SELECTOR = 4_000
"""Characters of a selector with what it is nested in, which `&` repeats; a rule with a longer one is left out."""
_ELEMENT_PARTS = frozenset("before after first-line first-letter".split())
"""Parts of elements that may be written like states, with one colon."""
_STATES = re.compile(
    r"(?<!:):(?:visited|target|focus-within|focus-visible|target-within|autofill|fullscreen|modal|popover-open|playing)"
    r"(?![\w-])",
    re.IGNORECASE,
)
_NO_STATE = ":hover"
"""A state that the parser of selectors knows, and that nothing on a page has."""
_CONDITIONS = frozenset("media supports layer scope container".split())
_TELLING = re.compile(
    r"--.*|display|(?:content-)?visibility|-webkit-text-security|line-height|rotate|font-feature-settings|opacity|filter|zoom|transform|translate|scale|position|top|right|bottom|left|inset.*|clip.*"
    r"|overflow.*|(?:max-)?(?:width|height|inline-size|block-size)|white-space|text-indent|text-decoration.*|vertical-align"
    r"|(?:margin|padding).*|float|direction|unicode-bidi|content|font|font-size|font-variant|font-variant-position"
    r"|color|-webkit-text-fill-color|-webkit-background-clip|background.*|list-style|list-style-type|all"
)
"""The properties that make text seen or unseen, move it, or write a number before it."""
_INVALID = re.compile(r"-(?:ms|o|khtml)-|[^\"']*\\")
"""Values that browsers of today leave out: those of others, and such as are written to be read by one alone."""


@dataclass(frozen=True)
class Declaration:
    """The value of a property, in the case in which it is written: names of variables differ by it."""

    name: str
    value: str
    important: bool = False


@dataclass(frozen=True)
class Rule:
    """A selector without commas and what it declares; `names`: tags, .classes and #ids that must be on the page.

    `certain` is False if a condition, such as that of a container, cannot be decided from the page.
    """

    selector: str
    declarations: tuple[Declaration, ...]
    specificity: Specificity
    names: frozenset[str]
    layer: Layer
    certain: bool


@lru_cache(16)
def rules_of(sheets: tuple[str, ...]) -> tuple[Rule, ...]:
    """The rules of a page's style sheets that hold on a screen, in their order."""
    import tinycss2

    parser = _Parser()
    for sheet in sheets:
        parser.read(tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True), _Place())
    return tuple(parser.rules)


@lru_cache(4096)
def declarations_of(style: str) -> tuple[Declaration, ...]:
    """The declarations of a `style` attribute."""
    import tinycss2

    return tuple(_declared(tinycss2.parse_blocks_contents(style, skip_comments=True, skip_whitespace=True)))


@dataclass(frozen=True)
class _Place:
    """The context of a rule: the selector that it is nested in, its layer, and how deep it is."""

    around: str = ""
    layer: tuple[str, ...] = ()
    certain: bool = True
    depth: int = 0


@dataclass
class _Parser:
    rules: list[Rule] = field(default_factory=list)
    _layers: dict[tuple[str, ...], int] = field(default_factory=dict)

    def read(self, nodes: Iterable[Any], place: _Place) -> None:
        if place.depth > _DEEPEST:
            return
        for node in nodes:
            if node.type == "qualified-rule":
                self._rule(node, place)
            elif node.type == "at-rule":
                self._at_rule(node, place)

    def _rule(self, node: Any, place: _Place) -> None:
        import tinycss2

        inner = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
        selectors = [_nested(part, place.around) for part in _split(node.prelude)]
        if all(selectors):
            self._declare(selectors, inner, place)
            around = selectors[0] if len(selectors) == 1 else f":is({', '.join(selectors)})"
            if len(around) <= _LONGEST_SELECTOR:
                self.read(inner, _Place(around, place.layer, place.certain, place.depth + 1))

    def _declare(self, selectors: Sequence[str], inner: Iterable[Any], place: _Place) -> None:
        if declared := tuple(_declared(inner)):
            layer = self._layer(place.layer)
            for selector in selectors:
                specificity, names = _weighed(selector)
                self.rules.append(Rule(selector, declared, specificity, names, layer, place.certain))

    def _at_rule(self, node: Any, place: _Place) -> None:
        import tinycss2

        name, prelude = node.lower_at_keyword, _text(node.prelude)
        if name == "layer" and node.content is None:
            for named in prelude.split(","):
                self._layer(_inner_layer(place.layer, named.strip()))
            return
        if node.content is None or name not in _CONDITIONS:
            return
        if (name == "media" and not media_hold(prelude)) or (name == "supports" and not supports_hold(prelude)):
            return
        layer, around = place.layer, place.around
        if name == "layer":
            layer = _inner_layer(layer, prelude or f" {len(self._layers)}")
            self._layer(layer)
        elif name == "scope" and (scope := _scope(node.prelude)) is not None:
            if not (root := _nested(scope, around)):
                return
            around = f":where({root})"
        parse = tinycss2.parse_blocks_contents if around else tinycss2.parse_rule_list
        inner = parse(node.content, skip_comments=True, skip_whitespace=True)
        within = _Place(around, layer, place.certain and name != "container", place.depth + 1)
        if around:
            self._declare([around], inner, within)
        self.read(inner, within)

    def _layer(self, names: tuple[str, ...]) -> Layer:
        """The place of a layer among the others: each by the first time that it, or one around it, is named."""
        numbers = [self._layers.setdefault(names[:end], len(self._layers)) for end in range(1, len(names) + 1)]
        return (*numbers, _UNLAYERED)


def _scope(prelude: Sequence[Any]) -> list[Any] | None:
    """The selectors of the elements that a `@scope` names first; None where it names none."""
    first = next((token for token in prelude if token.type != "whitespace"), None)
    return list(first.content) if first is not None and first.type == "() block" else None


def _inner_layer(around: tuple[str, ...], names: str) -> tuple[str, ...]:
    """The layer that dotted names mean inside another; those that are nested deepest count as the one around them."""
    return (*around, *names.split(".", _DEEPEST))[:_DEEPEST]


def _split(tokens: Sequence[Any]) -> list[list[Any]]:
    """Tokens between the commas of a list of selectors."""
    parts: list[list[Any]] = [[]]
    for token in tokens:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        elif token.type != "comment":
            parts[-1].append(token)
    return parts


def _nested(tokens: Sequence[Any], around: str) -> str:
    """A selector as text, with what it is nested in; empty where there is none, or too much."""
    repeated = sum(_is(token, "&") for token in tokens) if around else 0
    if repeated * len(around) > _LONGEST_SELECTOR:
        return ""
    if repeated:
        parts = [f":is({around})" if _is(token, "&") else _text([token]) or " " for token in tokens]
        own = "".join(parts).strip()
    else:
        own = _text(tokens)
        own = f":is({around}) {own}" if own and around else own
    return _STATES.sub(_NO_STATE, own) if len(own) <= _LONGEST_SELECTOR else ""


def _text(tokens: Sequence[Any]) -> str:
    """Tokens as text; none where brackets are nested deeper than can be written."""
    import tinycss2

    try:
        return str(tinycss2.serialize(tokens)).strip()
    except RecursionError:
        return ""


def _is(token: Any, sign: str) -> bool:
    return bool(token.type == "literal" and token.value == sign)


def _declared(nodes: Iterable[Any]) -> Iterator[Declaration]:
    for node in nodes:
        if node.type == "declaration" and _TELLING.fullmatch(node.lower_name):
            value = _text(node.value)
            if node.name.startswith("--"):
                yield Declaration(node.name, value, node.important)
            elif node.lower_name == "content" or (value and not _INVALID.match(value)):
                yield Declaration(node.lower_name, value, node.important)


def _weighed(selector: str) -> tuple[Specificity, frozenset[str]]:
    """How specific a selector is, and the names without which it matches nothing."""
    import tinycss2

    names: set[str] = set()
    tokens = tinycss2.parse_component_value_list(selector)
    specificity = _specificity(tokens, names)
    return specificity, frozenset() if any(_is(token, "|") for token in tokens) else frozenset(names)


def _specificity(tokens: Sequence[Any], names: set[str], depth: int = 0) -> Specificity:
    ids = classes = elements = 0
    before = ""
    for token in tokens:
        if token.type == "hash":
            ids += 1
            names.add(f"#{token.value.casefold()}")
        elif token.type == "[] block":
            classes += 1
        elif token.type == "ident" and before == ".":
            classes += 1
            names.add(f".{token.value.casefold()}")
        elif token.type == "ident":
            is_element = before != ":" or token.lower_value in _ELEMENT_PARTS
            elements, classes = elements + is_element, classes + (not is_element)
            if not before.endswith(":"):
                names.add(token.lower_value)
        elif token.type == "function" and depth < _DEEPEST:
            more = _of_function(token, before, depth + 1)
            ids, classes, elements = ids + more[0], classes + more[1], elements + more[2]
        sign = token.value if token.type == "literal" else token.type
        before = "::" if sign == ":" and before == ":" else sign
    return ids, classes, elements


def _of_function(function: Any, before: str, depth: int) -> Specificity:
    name = function.lower_name
    if name == "where":
        return 0, 0, 0
    if name in {"is", "not", "has", "matches", "-webkit-any", "-moz-any"}:
        return max(_specificity(part, set(), depth) for part in _split(function.arguments))
    return (0, 0, 1) if before == "::" else (0, 1, 0)
