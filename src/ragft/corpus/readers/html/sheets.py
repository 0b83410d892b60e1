"""Style sheets in files of their own that lie beside a page: written into it, so that they count like its own.

Only files in the page's folder or below are read: a page must not make ragft open other files, or a connection.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

from ragft.corpus.readers.html.css_conditions import media_hold

LINK = re.compile(r"<link\b[^<>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))")
_IMPORT = re.compile(r"@import\s+(?:url\(\s*)?[\"']?([^\"'()\s;]++)[\"']?(?:\s*\))?([^;{}\"']{0,400});", re.IGNORECASE)
_STYLE = re.compile(r"(<style\b[^<>]*>)((?:(?!<style\b).)*?)(</style\s*>)", re.DOTALL | re.IGNORECASE)
_LAYER = re.compile(r"layer\b(?:\(([^()]*)\))?\s*", re.IGNORECASE)
_SUPPORTS = re.compile(r"supports(\((?:[^()]|\([^()]*\))*\))\s*", re.IGNORECASE)
_NOT_A_PATH = re.compile(r"[a-z][a-z0-9+.-]*:|[/\\]", re.IGNORECASE)
LARGEST = 1 << 20
"""Bytes of all style sheets of a page that are read."""
_DEEPEST = 3
"""Sheets that import one another."""


def with_sheets(text: str, folder: Path) -> str:
    """A page with the style sheets of its `folder` in the place of the links to them; other links are left."""
    root = folder.resolve()
    sheets = StyleSheets(str(root / "page"), _in_folder(root))
    text = sheets.with_imports(text)
    if "<link" in text or "<LINK" in text:
        text = LINK.sub(lambda match: sheets.of(match.group()) or match.group(), text)
    return text


def _address_of(link: str) -> str:
    """The address of the style sheet for the screen that a `link` element names; empty where it names none."""
    found = _ATTRIBUTE.findall(link)
    held: dict[str, str] = {name.casefold(): first or second or third for name, first, second, third in found}
    kind = held.get("rel", "").casefold().split()
    if "stylesheet" not in kind or "alternate" in kind or not media_hold(held.get("media", "")):
        return ""
    return held.get("href", "")


def _style_element(sheet: str) -> str:
    """A style sheet as an element of a page, which nothing in it can end."""
    return f"<style>{sheet.replace('</', '')}</style>"


class StyleSheets:
    """The sheets that a page names, as long as there is room for them.

    `load` finds the place and the bytes of what an address names, seen from the sheet or page at a place.
    """

    def __init__(self, place: str, load: Callable[[str, str], tuple[str, bytes] | None]) -> None:
        self._place = place
        self._load = load
        self._left = LARGEST

    def of(self, link: str) -> str:
        """The style element that stands for a link; empty where it names no sheet for the screen that can be had."""
        sheet = self._read(self._place, _address_of(link), 0)
        return "" if sheet is None else _style_element(sheet)

    def with_imports(self, styles: str) -> str:
        """The style elements of the page itself, with the sheets that they import."""
        if "@import" not in styles:
            return styles
        return _STYLE.sub(lambda match: f"{match[1]}{self._imported(match[2], self._place, 0)}{match[3]}", styles)

    def _read(self, place: str, address: str, depth: int) -> str | None:
        found = self._load(place, address) if address and depth <= _DEEPEST else None
        if found is None or len(found[1]) > self._left:
            return None
        place, data = found
        self._left -= len(data)
        return self._imported(data.decode("utf-8-sig", "replace"), place, depth + 1)

    def _imported(self, sheet: str, place: str, depth: int) -> str:
        return _IMPORT.sub(
            lambda m: _within((self._read(place, m[1], depth) or "").replace("</", ""), m[2].strip()), sheet
        )


def _in_folder(root: Path) -> Callable[[str, str], tuple[str, bytes] | None]:
    """Finds files in a folder or below it, by addresses without a host; places are paths."""

    def load(place: str, address: str) -> tuple[str, bytes] | None:
        name = unquote(re.split("[?#]", address, maxsplit=1)[0]).strip()
        if not name or "\0" in name or _NOT_A_PATH.match(name):
            return None
        try:
            path = (Path(place).parent / name).resolve()
            if not path.is_relative_to(root) or not path.is_file() or path.stat().st_size > LARGEST:
                return None
            return str(path), path.read_bytes()
        except OSError:
            return None

    return load


def _within(sheet: str, condition: str) -> str:
    """A sheet in the layer and under the conditions with which it is imported."""
    layer = _LAYER.match(condition)
    condition = condition[layer.end() :] if layer else condition
    needed = _SUPPORTS.match(condition)
    condition = condition[needed.end() :] if needed else condition
    sheet = f"@media {condition} {{{sheet}}}" if condition else sheet
    sheet = f"@supports {needed[1]} {{{sheet}}}" if needed else sheet
    return f"@layer {layer[1] or ''} {{{sheet}}}" if layer else sheet
