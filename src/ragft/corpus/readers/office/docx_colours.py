"""Colours of a Word document: of text, and of its background (highlight, shading, cell, box, page)."""

from __future__ import annotations

from typing import Any

from ragft.corpus.readers.colours import BLACK, WHITE, Rgb, mixed, of_digits, tinted
from ragft.corpus.readers.office.colours import SCHEME, Theme, drawn, named
from ragft.corpus.readers.office.docx_xml import line_of, value
from ragft.corpus.readers.office.namespaces import A, W

_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_VML = "{urn:schemas-microsoft-com:vml}"
UNKNOWN = "unknown"
"""A ground whose colour is not known: a pattern, a picture, the style of a table."""
CLEAR = "clear"
"""The colour of text that is not painted: what lies below shows."""
_PLAIN_TABLES = {"", "TableGrid", "TableNormal"}
_LET_THROUGH = 95_000
"""Thousandths of a percent from which on nothing of a text is seen."""
_NAMES = {
    "dark1": "dk1",
    "light1": "lt1",
    "dark2": "dk2",
    "light2": "lt2",
    "text1": "dk1",
    "background1": "lt1",
    "text2": "dk2",
    "background2": "lt2",
    "hyperlink": "hlink",
    "followedHyperlink": "folHlink",
}
_HIGHLIGHTS: dict[str, Rgb] = {
    "black": BLACK,
    "blue": (0, 0, 255),
    "cyan": (0, 255, 255),
    "darkBlue": (0, 0, 128),
    "darkCyan": (0, 128, 128),
    "darkGray": (128, 128, 128),
    "darkGreen": (0, 128, 0),
    "darkMagenta": (128, 0, 128),
    "darkRed": (128, 0, 0),
    "darkYellow": (128, 128, 0),
    "green": (0, 255, 0),
    "lightGray": (192, 192, 192),
    "magenta": (255, 0, 255),
    "red": (255, 0, 0),
    "white": WHITE,
    "yellow": (255, 255, 0),
}


class Palette:
    """Tells colours apart by the theme of a document and the styles of its tables."""

    def __init__(self, theme: Theme | None = None, styles: dict[str, Any] | None = None) -> None:
        self._theme = theme or {}
        self._styles = styles or {}

    def text(self, properties: Any) -> Rgb | str | None:
        """The colour that a `w:rPr` states for its text; None where it states none, or leaves it to the ground."""
        filled = properties.find(f"{_W14}textFill")
        if filled is None:
            return self._by_val(properties)
        faint = any(_number(alpha.get(f"{_W14}val")) >= _LET_THROUGH for alpha in filled.iter(f"{_W14}alpha"))
        if faint or filled.find(f"{_W14}noFill") is not None:
            return CLEAR if properties.find(f"{_W14}textOutline") is None else None
        plain = filled.find(f"{_W14}solidFill/{_W14}srgbClr")
        return of_digits(plain.get(f"{_W14}val", "")) if plain is not None else None

    def _by_val(self, properties: Any) -> Rgb | None:
        node = properties.find(f"{W}color")
        if node is None:
            return None
        return self._themed(node, "themeColor", "themeTint", "themeShade") or of_digits(node.get(f"{W}val", ""))

    def fill(self, properties: Any) -> Rgb | str | None:
        """The colour behind the text that is set by a `w:rPr`, `w:pPr`, `w:tcPr` or `w:tblPr`; None if none is."""
        if properties is None:
            return None
        highlight = properties.find(f"{W}highlight")
        if highlight is not None and (marked := highlight.get(f"{W}val", "none")) != "none":
            return _HIGHLIGHTS.get(marked, UNKNOWN)
        shade = properties.find(f"{W}shd")
        if shade is None or (kind := shade.get(f"{W}val", "clear")) == "nil":
            return None
        behind = self._themed(shade, "themeFill", "themeFillTint", "themeFillShade") or _stated(shade, "fill")
        if kind == "clear":
            return behind
        front = self._themed(shade, "themeColor", "themeTint", "themeShade") or _stated(shade, "color") or BLACK
        if kind == "solid":
            return front
        if isinstance(front, str) or isinstance(behind, str) or not (share := kind.removeprefix("pct")).isdecimal():
            return UNKNOWN
        return mixed(front, behind or WHITE, int(share) / 100)

    def around(self, run: Any) -> Rgb | str:
        """The colour of the cell, table, box or page that a run stands in."""
        for node in run.iterancestors():
            fill: Rgb | str | None = None
            if node.tag == f"{W}tc":
                fill = self.fill(node.find(f"{W}tcPr"))
            elif node.tag == f"{W}tbl":
                fill = self._of_table(node)
            elif node.tag == f"{W}txbxContent":
                fill = self._of_box(node.getparent().getparent())
            elif (page := node.find(f"{W}background")) is not None:
                colour = self._themed(page, "themeColor", "themeTint", "themeShade")
                fill = colour or of_digits(page.get(f"{W}color", "")) or UNKNOWN
            if fill is not None:
                return fill
        return WHITE

    def _of_table(self, table: Any) -> Rgb | str | None:
        styled = value(table, "tblPr/tblStyle")
        styles = list(line_of(styled, self._styles))
        if any(next(style.iter(f"{W}shd"), None) is not None for style in styles) or (
            not styles and styled not in _PLAIN_TABLES
        ):
            return UNKNOWN
        return self.fill(table.find(f"{W}tblPr"))

    def _of_box(self, shape: Any) -> Rgb | str | None:
        """The fill of a text box in DrawingML, or in VML, where it is white by default."""
        if shape is None:
            return UNKNOWN
        if shape.tag.startswith(_VML):
            if shape.get("filled", "t") in {"f", "false", "0"}:
                return None
            return named(shape.get("fillcolor", "#ffffff").partition("[")[0]) or UNKNOWN
        about = next((child for child in shape if str(child.tag).endswith("}spPr")), None)
        if about is None:
            return UNKNOWN
        if about.find(f"{A}noFill") is not None:
            return None
        solid = about.find(f"{A}solidFill")
        return UNKNOWN if solid is None else drawn(solid, self._theme) or UNKNOWN

    def _themed(self, node: Any, name: str, tint: str, shade: str) -> Rgb | None:
        slot = node.get(f"{W}{name}", "")
        colour = self._theme.get(_NAMES.get(slot, SCHEME.get(slot, slot)))
        if colour is None:
            return None
        if lighter := _share(node.get(f"{W}{tint}")):
            return tinted(colour, 1 - lighter)
        return tinted(colour, darker - 1) if (darker := _share(node.get(f"{W}{shade}"))) else colour


def _stated(shade: Any, name: str) -> Rgb | str | None:
    """A colour in digits; None where it is automatic."""
    value = shade.get(f"{W}{name}", "auto")
    return None if value == "auto" else of_digits(value) or UNKNOWN


def _number(value: str | None) -> int:
    return int(value) if value and value.isdecimal() else 0


def _share(value: str | None) -> float:
    """The share that two hex digits stand for."""
    try:
        return int(value or "0", 16) / 255
    except ValueError:
        return 0.0
