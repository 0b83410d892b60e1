"""Colours of Office files: those of a theme, and those that DrawingML writes, as `<a:srgbClr val="FF0000"/>`."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Mapping
from typing import Any

from ragft.corpus.readers.archives import parse_xml
from ragft.corpus.readers.colours import BLACK, WHITE, Rgb, encoded, mixed, of_digits, of_shares
from ragft.corpus.readers.css_colours import rgb_of
from ragft.corpus.readers.office.namespaces import A
from ragft.corpus.readers.office.related_parts import related_parts

_WHOLE = 100_000
"""100 % in the units of DrawingML."""
_FAINT = 0.05
"""The share of a colour from which on it is seen."""
_SHORT = {"dk": "dark", "lt": "light", "med": "medium"}
"""How DrawingML shortens names of colours: `dkBlue`."""
_SHORTENED = re.compile(r"(dk|lt|med)(?=[A-Z])")
SCHEME = {"bg1": "lt1", "tx1": "dk1", "bg2": "lt2", "tx2": "dk2"}
"""The colours behind names, by default."""

Theme = Mapping[str, Rgb]


def theme_of(blob: bytes | None) -> dict[str, Rgb]:
    """The colours of a theme by name, `dk1`, `lt1`, `accent1` and so on, in its order; none where it is broken."""
    root = parse_xml(blob, forgiving=True) if blob else None
    scheme = root.find(f".//{A}clrScheme") if root is not None else None
    found: dict[str, Rgb] = {}
    for entry in scheme if scheme is not None else ():
        if isinstance(entry.tag, str) and (colour := drawn(entry, {})) is not None:
            found[entry.tag.removeprefix(A)] = colour
    return found


def related_theme(part: Any) -> dict[str, Rgb]:
    """The colours of the theme that a part of a Word or PowerPoint file is related to; see `theme_of`."""
    return theme_of(next((theme.blob for theme in related_parts(part, "theme")), None))


def drawn(holder: Any, theme: Theme) -> Rgb | None:
    """The colour that an element such as `a:solidFill` holds; None where it is not known or not opaque."""
    node = next((child for child in holder if isinstance(child.tag, str)), None)
    colour = _plain(node, theme) if node is not None else None
    for change in () if node is None else node:
        colour = _changed(colour, change) if colour is not None else None
    return colour


def named(colour: str) -> Rgb | None:
    """A colour by a name, or digits behind `#`, that means the same in a style sheet; None where none does."""
    found = rgb_of(colour)
    return None if isinstance(found, str) else found


def is_clear(holder: Any) -> bool:
    """Whether a colour is let through so much that nothing of it is seen."""
    return any(_share(alpha) < _FAINT for alpha in holder.iter(f"{A}alpha"))


def _plain(node: Any, theme: Theme) -> Rgb | None:
    value = node.get("val") or ""
    if node.tag == f"{A}srgbClr":
        return of_digits(value)
    if node.tag == f"{A}sysClr":
        return of_digits(node.get("lastClr") or "") or named(value)
    if node.tag == f"{A}schemeClr":
        return theme.get(value) or theme.get(SCHEME.get(value, value))
    if node.tag == f"{A}prstClr":
        return named(_SHORTENED.sub(lambda match: _SHORT[match[1]], value))
    if node.tag == f"{A}scrgbClr":
        return of_shares(*(encoded(_number(node.get(part)) / _WHOLE) for part in ("r", "g", "b")))
    return None


def _changed(colour: Rgb, change: Any) -> Rgb | None:
    """A colour after one of the changes that are listed inside it; None where it is not opaque, or not known."""
    name = change.tag.removeprefix(A) if isinstance(change.tag, str) else ""
    share = _share(change)
    if name == "alpha":
        return colour if share >= 1 - _FAINT else None
    if name in {"tint", "shade"}:  # mixed with white or black
        return mixed(colour, WHITE if name == "tint" else BLACK, share)
    if name in {"lumMod", "lumOff"}:
        hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))
        light = light * share if name == "lumMod" else light + share
        return of_shares(*colorsys.hls_to_rgb(hue, min(1.0, max(0.0, light)), saturation))
    return None if name else colour


def _share(node: Any) -> float:
    return _number(node.get("val")) / _WHOLE


def _number(value: str | None) -> float:
    try:
        return float((value or "0").rstrip("%")) * (1000 if (value or "").endswith("%") else 1)
    except ValueError:
        return 0.0
