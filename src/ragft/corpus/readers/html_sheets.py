"""Style sheets in files of their own that lie beside a page: written into it, so that they count like its own.

Only files in the page's folder or below are read, never what an address elsewhere names: a page is no reason to open
other files, or a connection.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

from ragft.corpus.readers.css_conditions import media_hold

LINK = re.compile(r"<link\b[^<>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))")
_IMPORT = re.compile(r"@import\s+(?:url\(\s*)?[\"']?([^\"'()\s;]+)[\"']?\s*\)?\s*([^;{}\"']{0,400});", re.IGNORECASE)
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
    sheets = _Sheets(folder)
    if "<link" in text or "<LINK" in text:
        text = LINK.sub(lambda match: sheets.of(match.group()) or match.group(), text)
    if "@import" in text:
        text = _STYLE.sub(lambda match: f"{match[1]}{sheets.with_imports(match[2])}{match[3]}", text)
    return text


def address_of(link: str) -> str:
    """The address of the style sheet for the screen that a `link` element names; empty where it names none."""
    found = _ATTRIBUTE.findall(link)
    held: dict[str, str] = {name.casefold(): first or second or third for name, first, second, third in found}
    kind = held.get("rel", "").casefold().split()
    if "stylesheet" not in kind or "alternate" in kind or not media_hold(held.get("media", "")):
        return ""
    return held.get("href", "")


def style_element(sheet: str) -> str:
    """A style sheet as an element of a page, which nothing in it can end."""
    return f"<style>{sheet.replace('</', '')}</style>"


class _Sheets:
    """The sheets of one page's folder, as long as there is room for them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._left = LARGEST

    def of(self, link: str) -> str:
        """The style element that stands for a link; empty where it names no sheet for the screen that lies here."""
        sheet = self._read(self._folder, address_of(link), 0)
        return "" if sheet is None else style_element(sheet)

    def with_imports(self, sheet: str) -> str:
        """A sheet of the page itself with those that it imports."""
        return self._imported(sheet, self._folder, 0)

    def _read(self, folder: Path, address: str, depth: int) -> str | None:
        name = unquote(re.split("[?#]", address, maxsplit=1)[0]).strip()
        if not name or "\0" in name or _NOT_A_PATH.match(name) or depth > _DEEPEST:
            return None
        try:
            path = (folder / name).resolve()
            if not path.is_relative_to(self._folder) or not path.is_file() or path.stat().st_size > self._left:
                return None
            data = path.read_bytes()
        except OSError:
            return None
        self._left -= len(data)
        sheet = data.decode("utf-8-sig", "replace")
        return self._imported(sheet, path.parent, depth + 1)

    def _imported(self, sheet: str, folder: Path, depth: int) -> str:
        return _IMPORT.sub(
            lambda m: _within((self._read(folder, m[1], depth) or "").replace("</", ""), m[2].strip()), sheet
        )


def _within(sheet: str, condition: str) -> str:
    """A sheet in the layer and under the conditions with which it is imported."""
    layer = _LAYER.match(condition)
    condition = condition[layer.end() :] if layer else condition
    needed = _SUPPORTS.match(condition)
    condition = condition[needed.end() :] if needed else condition
    sheet = f"@media {condition} {{{sheet}}}" if condition else sheet
    sheet = f"@supports {needed[1]} {{{sheet}}}" if needed else sheet
    return f"@layer {layer[1] or ''} {{{sheet}}}" if layer else sheet
