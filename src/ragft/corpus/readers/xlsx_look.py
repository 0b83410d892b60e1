"""What of a cell can be seen: not struck text or text in the colour of its ground; raised and lowered runs as such."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterator
from typing import Any

from ragft.corpus.raised import Position, on_one_line
from ragft.corpus.readers.archives import parse_xml

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_CODE = re.compile(r"(?:[0-9A-F]{2})?([0-9A-F]{6})", re.IGNORECASE)
"""A colour, where need be behind its opacity."""
_ALIKE = 6
"""Steps of 255 that two colours may be apart and still be one to the eye."""
_TINY = 1
"""Points up to which nobody reads a text."""
_POSITIONS: dict[str | None, Position] = {"superscript": "raised", "subscript": "lowered"}
_PAPER = (255, 255, 255)

Colour = tuple[int, int, int]


class Looks:
    """Reads what is seen of the texts of a sheet.

    Attributes:
        struck: characters that are struck out, and so left out.
    """

    def __init__(self, book: Any, sheet: Any) -> None:
        self._theme = _theme_of(book)
        # Styles of tables and conditional formats paint grounds that the cell does not name.
        areas = [area for rule in sheet.conditional_formatting for area in rule.sqref.ranges]
        self._painted = [area.bounds for area in areas]
        self._painted += [_bounds(table.ref) for table in sheet.tables.values() if table.tableStyleInfo]
        self._plain: dict[tuple[int, int], bool] = {}
        self.struck = 0

    def seen(self, cell: Any, text: str) -> str:
        """`text`, or nothing where the whole cell is struck out or cannot be seen."""
        style = cell._style.fontId, cell._style.fillId  # looked up once for all cells of a style
        if style not in self._plain:
            self._plain[style] = not cell.font.strike and not self._blends(cell.font, cell.fill)
        if self._plain[style]:
            return text
        if cell.font.strike:
            self.struck += len(text)
            return ""
        return "" if self._is_unseen(cell, cell.font) else text

    def on_one_line(self, cell: Any) -> str:
        """The runs of a cell with rich text, those that are seen."""
        runs: list[tuple[str, Position]] = []
        for run in cell.value:
            font = cell.font if isinstance(run, str) else run.font
            text = str(run)
            if font.strike:
                self.struck += len(text)
            elif not self._is_unseen(cell, font):
                runs.append((text, "line" if isinstance(run, str) else _POSITIONS.get(font.vertAlign, "line")))
        return on_one_line(runs)

    def _is_unseen(self, cell: Any, font: Any) -> bool:
        return self._blends(font, cell.fill) and not any(
            left <= cell.column <= right and top <= cell.row <= bottom for left, top, right, bottom in self._painted
        )

    def _blends(self, font: Any, fill: Any) -> bool:
        """Whether a text of this font is too small to be read, or in the colour of its ground."""
        if font.sz is not None and font.sz <= _TINY:
            return True
        colour, ground = self._colour(font.color), self._ground(fill)
        if colour is None or ground is None:
            return False
        return all(abs(a - b) <= _ALIKE for a, b in zip(colour, ground, strict=True))

    def _ground(self, fill: Any) -> Colour | None:
        """The colour behind a cell; None where it is a pattern, or not known."""
        if fill.fill_type is None:
            return _PAPER
        return self._colour(fill.fgColor) if fill.fill_type == "solid" else None

    def _colour(self, colour: Any) -> Colour | None:
        """None where it is automatic, which is never that of the ground, or not known."""
        from openpyxl.styles.colors import COLOR_INDEX

        if colour is None:
            return None
        if colour.type == "rgb":
            code = colour.rgb
        elif colour.type == "indexed":
            code = COLOR_INDEX[colour.indexed] if colour.indexed < len(COLOR_INDEX) else ""
        else:
            code = self._theme[colour.theme] if colour.type == "theme" and colour.theme < len(self._theme) else ""
        found = _CODE.fullmatch(code or "")
        if found is None:
            return None
        red, green, blue = bytes.fromhex(found[1])
        return _tinted((red, green, blue), colour.tint or 0.0)


def _tinted(colour: Colour, tint: float) -> Colour:
    """A colour made darker (below 0) or lighter, by ECMA-376, 18.8.19."""
    if not tint:
        return colour
    hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    red, green, blue = (round(255 * part) for part in colorsys.hls_to_rgb(hue, light, saturation))
    return red, green, blue


def _theme_of(book: Any) -> list[str]:
    """The colours of the theme in the order in which cells number them; empty where the book has none."""
    root = parse_xml(book.loaded_theme, forgiving=True) if book.loaded_theme else None
    scheme = root.find(f".//{_A}clrScheme") if root is not None else None
    found = [next(_codes(entry), "") for entry in scheme] if scheme is not None else []
    return [*found[1::-1], *found[3:1:-1], *found[4:]]  # cells name the light one of each pair first


def _codes(entry: Any) -> Iterator[str]:
    for colour in entry:
        yield colour.get("lastClr") or colour.get("val") or ""


def _bounds(area: str) -> tuple[int, int, int, int]:
    from openpyxl.utils import range_boundaries

    left, top, right, bottom = range_boundaries(area)
    return left, top, right, bottom
