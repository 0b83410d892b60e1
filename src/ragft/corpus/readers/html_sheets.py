"""Style sheets in files of their own that lie beside a page: written into it, so that they count like its own.

Only files in the page's folder or below are read, never what an address elsewhere names: a page is no reason to open
other files, or a connection.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

LINK = re.compile(r"<link\b[^<>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))")
_IMPORT = re.compile(r"@import\s+(?:url\(\s*)?[\"']?([^\"'()\s;]+)[\"']?\s*\)?\s*;", re.IGNORECASE)
_NOT_A_PATH = re.compile(r"[a-z][a-z0-9+.-]*:|[/\\]", re.IGNORECASE)
_NOT_ON_SCREEN = re.compile(r"print|speech|aural|braille|embossed|handheld|tty|max-width", re.IGNORECASE)
LARGEST = 1 << 20
"""Bytes of all style sheets of a page that are read."""
_DEEPEST = 3
"""Sheets that import one another."""


def with_sheets(text: str, folder: Path) -> str:
    """A page with the style sheets of its `folder` in the place of the links to them; other links are left."""
    if "<link" not in text and "<LINK" not in text:
        return text
    sheets = _Sheets(folder)
    return LINK.sub(lambda match: sheets.of(match.group()) or match.group(), text)


def address_of(link: str) -> str:
    """The address of the style sheet for the screen that a `link` element names; empty where it names none."""
    found = _ATTRIBUTE.findall(link)
    held: dict[str, str] = {name.casefold(): first or second or third for name, first, second, third in found}
    kind = held.get("rel", "").casefold().split()
    if "stylesheet" not in kind or "alternate" in kind or _NOT_ON_SCREEN.search(held.get("media", "")):
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
        return _IMPORT.sub(lambda match: self._read(path.parent, match[1], depth + 1) or "", sheet)
