"""Whether the condition of a style sheet's rule holds where a page is read: on a screen, in a browser of today."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from typing import Any

_MEDIA = frozenset({"all", "screen"})
_WIDTH, _HEIGHT = 1280.0, 800.0
"""Of the window, in px: a laptop's."""
_EM = 16.0
_KNOWN = {
    "orientation": "landscape",
    "hover": "hover",
    "any-hover": "hover",
    "pointer": "fine",
    "any-pointer": "fine",
    "prefers-color-scheme": "light",
    "prefers-reduced-motion": "no-preference",
    "prefers-contrast": "no-preference",
    "forced-colors": "none",
    "scripting": "enabled",
    "update": "fast",
    "display-mode": "browser",
}
_SIZES = {"width": _WIDTH, "device-width": _WIDTH, "height": _HEIGHT, "device-height": _HEIGHT}
_LENGTH = re.compile(r"(\d*\.?\d+)(px|r?em|)")
_RESOLUTION = re.compile(r"(\d*\.?\d+)(dppx|dpi|x|)")
_DPI = 96.0
_COMPARED = re.compile(r" ?(<=|>=|<|>|=) ?")
_SIGNS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "=": operator.eq,
}
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "="}
_FOREIGN = re.compile(r"-(?:ms|o|khtml)-")
"""Prefixes of browsers that are no more."""
_DEEPEST = 8


def media_hold(queries: str) -> bool:
    """Whether one of the media queries of a list holds; an empty list does."""
    import tinycss2

    tokens = tinycss2.parse_component_value_list(queries, skip_comments=True)
    parts: list[list[Any]] = [[]]
    for token in tokens:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return not _words(tokens) or any(_holds(part, _feature_holds) for part in parts if _words(part))


def supports_hold(condition: str) -> bool:
    """Whether a condition of `@supports` holds: a browser of today knows every property and selector."""
    import tinycss2

    return _holds(tinycss2.parse_component_value_list(condition, skip_comments=True), _is_supported)


def _words(tokens: Sequence[Any]) -> list[Any]:
    return [token for token in tokens if token.type != "whitespace"]


def _holds(tokens: Sequence[Any], test: Callable[[str], bool], depth: int = 0) -> bool:
    """A condition of parts in brackets, names of media, `not`, `and` and `or`; `test` judges what is in brackets."""
    held: bool | None = None
    either = refused = all_refused = False
    for token in _words(tokens):
        word = token.lower_value if token.type == "ident" else ""
        if word in {"and", "or"}:
            either = word == "or"
        elif word == "not":
            refused = True
        elif word != "only":
            value = _part_holds(token, test, depth)
            if refused and word:  # `not screen and …` refuses all that follows
                all_refused, refused = True, False
            value, refused = value != refused, False
            held = value if held is None else (held or value) if either else (held and value)
    return bool(held) != all_refused


def _part_holds(token: Any, test: Callable[[str], bool], depth: int) -> bool:
    import tinycss2

    if token.type == "ident":
        return token.lower_value in _MEDIA
    if token.type == "function":
        return token.lower_name in {"selector", "font-tech", "font-format"}
    if token.type != "() block":
        return False
    first = next(iter(_words(token.content)), None)
    nested = first is not None and (first.type == "() block" or (first.type == "ident" and first.lower_value == "not"))
    if nested:
        return depth < _DEEPEST and _holds(token.content, test, depth + 1)
    try:
        return test(tinycss2.serialize(token.content).strip().casefold())
    except RecursionError:
        return False


def _is_supported(declaration: str) -> bool:
    return ":" in declaration and _FOREIGN.search(declaration) is None


def _feature_holds(feature: str) -> bool:
    """A feature in brackets, such as `min-width: 40em`, `width >= 600px`, `400px <= width < 900px` or `hover`."""
    name, colon, value = (part.strip() for part in feature.partition(":"))
    if colon:
        for prefix, sign in (("min-", ">="), ("max-", "<=")):
            if name.startswith(prefix) and (size := _SIZES.get(name.removeprefix(prefix))) is not None:
                return _compare(size, sign, _pixels(value))
        if name.endswith(("resolution", "device-pixel-ratio")):
            return _compare(1.0, "<=" if "max-" in name else ">=", _ratio(value))
        return _SIZES[name] == _pixels(value) if name in _SIZES else _KNOWN.get(name) == value
    parts = _COMPARED.split(" ".join(feature.split()))
    if len(parts) == 1:
        return feature in {"color", "width", "height"} or _KNOWN.get(feature, "none") not in {"none", "no-preference"}
    return all(_pair_holds(*parts[at : at + 3]) for at in range(0, len(parts) - 2, 2))


def _pair_holds(left: str, sign: str, right: str) -> bool:
    if left in _SIZES:
        return _compare(_SIZES[left], sign, _pixels(right))
    return right in _SIZES and _compare(_SIZES[right], _MIRRORED[sign], _pixels(left))


def _compare(size: float, sign: str, limit: float | None) -> bool:
    return limit is not None and _SIGNS[sign](size, limit)


def _pixels(value: str) -> float | None:
    """A length in px; None if it cannot be computed."""
    found = _LENGTH.fullmatch(value)
    return float(found[1]) * (_EM if "em" in found[2] else 1.0) if found else None


def _ratio(value: str) -> float | None:
    """Dots per px of a resolution; None if it cannot be computed."""
    found = _RESOLUTION.fullmatch(value)
    return float(found[1]) / (_DPI if found[2] == "dpi" else 1.0) if found else None
