"""What of a cell can be seen: not struck text or text in the colour of its ground; raised and lowered runs as such."""

from __future__ import annotations

import re
from typing import Any

from ragft.corpus.raised import Position, on_one_line
from ragft.corpus.readers.colours import WHITE, Rgb, alike, of_digits, tinted
from ragft.corpus.readers.office.character_codes import decoded
from ragft.corpus.readers.office.colours import theme_of

_CODE = re.compile(r"(?:[0-9A-F]{2})?([0-9A-F]{6})", re.IGNORECASE)
"""A colour, where need be behind its opacity."""
_THEME = "lt1 dk1 lt2 dk2 accent1 accent2 accent3 accent4 accent5 accent6 hlink folHlink".split()
"""The colours of a theme in the order in which cells number them."""
_TINY = 1
"""Points up to which nobody reads a text."""
_POSITIONS: dict[str | None, Position] = {"superscript": "raised", "subscript": "lowered"}


class Looks:
    """Reads what is seen of the texts of a sheet.

    Attributes:
        struck: characters that are struck out, and so left out.
    """

    def __init__(self, book: Any, sheet: Any) -> None:
        self._theme = list(map(theme_of(book.loaded_theme).get, _THEME))
        # Styles of tables and conditional formats paint grounds that the cell does not name.
        areas = [area for rule in sheet.conditional_formatting for area in rule.sqref.ranges]
        self._painted = [area.bounds for area in areas]
        self._painted += [_bounds(table.ref) for table in sheet.tables.values() if table.tableStyleInfo]
        self._plain: dict[int, bool] = {}
        self.struck = 0

    def seen(self, cell: Any, text: str) -> str:
        """`text`, or nothing where the whole cell is struck out or cannot be seen."""
        style = cell.style_id  # looked up once for all cells of a style
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
            text = decoded(str(run))
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
        return colour is not None and ground is not None and alike(colour, ground)

    def _ground(self, fill: Any) -> Rgb | None:
        """The colour behind a cell; None where it is a pattern, or not known."""
        if fill.fill_type is None:
            return WHITE
        return self._colour(fill.fgColor) if fill.fill_type == "solid" else None

    def _colour(self, colour: Any) -> Rgb | None:
        """None where it is automatic, which is never that of the ground, or not known."""
        from openpyxl.styles.colors import COLOR_INDEX

        if colour is None:
            return None
        if colour.type == "theme":
            plain = self._theme[colour.theme] if colour.theme < len(self._theme) else None
        else:
            indexed = colour.type == "indexed" and colour.indexed < len(COLOR_INDEX)
            code = COLOR_INDEX[colour.indexed] if indexed else colour.rgb if colour.type == "rgb" else ""
            plain = of_digits(found[1]) if (found := _CODE.fullmatch(code or "")) else None
        return tinted(plain, colour.tint or 0.0) if plain is not None else None


def _bounds(area: str) -> tuple[int, int, int, int]:
    from openpyxl.utils import range_boundaries

    left, top, right, bottom = range_boundaries(area)
    return left, top, right, bottom
