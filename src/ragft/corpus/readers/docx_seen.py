"""How a run of a Word document looks: raised, struck out, or not to be seen, by its own properties and its styles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from ragft.corpus.raised import Position
from ragft.corpus.readers.docx_symbols import is_symbolic

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OFF = {"0", "false", "off", "none"}
_WHITE, _SOME = "FFFFFF", "some"
"""The colour of paper, and a fill whose colour is not known."""
_TINY = 2
"""Half points up to which nobody reads a text."""
_NARROW = 5
"""Percent of their width up to which characters are a hairline."""
_SHIFT = 2
"""Half points from which a run stands above or below its line."""
_PLAIN_TABLES = {"", "TableGrid", "TableNormal"}


@dataclass(frozen=True)
class Look:
    """What properties say of a run; None where they say nothing.

    Colours in hex digits, `size` in half points, `wide` in percent of the characters' own width.
    """

    position: Position | None = None
    vanish: bool | None = None
    struck: bool | None = None
    colour: str | None = None
    fill: str | None = None
    size: int | None = None
    font: str | None = None
    wide: int | None = None

    def over(self, other: Look) -> Look:
        """This look, and that of `other` where this one says nothing."""
        mine = ((field.name, getattr(self, field.name)) for field in fields(self))
        return Look(**{name: getattr(other, name) if value is None else value for name, value in mine})

    def is_hidden(self, run: Any) -> bool:
        """Whether nobody sees a run of this look where it stands."""
        tiny = self.size is not None and self.size <= _TINY
        narrow = self.wide is not None and self.wide <= _NARROW
        if self.vanish or tiny or narrow:
            return True
        if self.fill is not None or self.colour != _WHITE:
            return self.fill is not None and self.colour == self.fill
        return _fill_around(run) in {None, _WHITE}


def look_of(properties: Any) -> Look:
    """What a `w:rPr` says; of a style, its `w:pPr` too, for the fill."""
    if properties is None:
        return Look()
    struck = [is_on(node) for name in ("strike", "dstrike") if (node := properties.find(f"{W}{name}")) is not None]
    vanish = properties.find(f"{W}vanish")
    size = value(properties, "sz")
    return Look(
        _position(properties),
        is_on(vanish) if vanish is not None else None,
        any(struck) if struck else None,
        value(properties, "color").upper() or None,
        _fill(properties),
        int(size) if size.isdecimal() else None,
        _font(properties),
        int(wide) if (wide := value(properties, "w").rstrip("%")).isdecimal() else None,
    )


def looks_of_styles(found: dict[str, Any]) -> dict[str, Look]:
    """The look of each style by its identifier, with what it takes over from the one it is based on."""
    looks: dict[str, Look] = {}
    for key in found:
        look = Look()
        for style in line_of(key, found):
            look = look.over(look_of(style.find(f"{W}rPr"))).over(Look(fill=_fill(style.find(f"{W}pPr"))))
        looks[key] = look
    return looks


def line_of(key: str, found: dict[str, Any]) -> Iterator[Any]:
    """A style and those it is based on, each once."""
    seen: set[str] = set()
    while key in found and key not in seen:
        seen.add(key)
        yield found[key]
        key = value(found[key], "basedOn")


def value(node: Any, path: str) -> str:
    """The `w:val` of the element at a path of names; empty where there is none."""
    found = node.find("/".join(f"{W}{name}" for name in path.split("/")))
    return str(found.get(f"{W}val", "")) if found is not None else ""


def is_on(node: Any) -> bool:
    """Whether a switch is there and not turned off."""
    return node is not None and node.get(f"{W}val", "1") not in _OFF


def paragraph_fill(paragraph: Any) -> str | None:
    """The colour behind a paragraph, by its own properties."""
    return _fill(paragraph.find(f"{W}pPr"))


def _position(properties: Any) -> Position | None:
    align = value(properties, "vertAlign")
    if align in {"superscript", "subscript"}:
        return "raised" if align == "superscript" else "lowered"
    shift = value(properties, "position")
    if not shift.removeprefix("-").isdecimal() or abs(int(shift)) < _SHIFT:
        return None
    return "raised" if int(shift) > 0 else "lowered"


def _font(properties: Any) -> str | None:
    """The font of Latin text; that with an encoding of its own where only one of the two that are named has one."""
    fonts = properties.find(f"{W}rFonts")
    if fonts is None:
        return None
    named = [fonts.get(f"{W}{kind}") for kind in ("ascii", "hAnsi") if fonts.get(f"{W}{kind}Theme") is None]
    return next((name for name in named if name and is_symbolic(name)), next(filter(None, named), None))


def _fill(properties: Any) -> str | None:
    """The colour behind the text, None where nothing is painted."""
    if properties is None:
        return None
    if value(properties, "highlight") not in {"", "none"}:
        return _SOME
    shade = properties.find(f"{W}shd")
    if shade is None:
        return None
    solid = shade.get(f"{W}val") == "solid"
    colour = str(shade.get(f"{W}color" if solid else f"{W}fill", "auto")).upper()
    return ("000000" if solid else None) if colour == "AUTO" else colour


def _fill_around(run: Any) -> str | None:
    """The colour of the cell, table, box or page that a run stands in."""
    for node in run.iterancestors():
        if node.tag == f"{W}tc" and (fill := _fill(node.find(f"{W}tcPr"))):
            return fill
        if node.tag == f"{W}tbl":
            styled = value(node, "tblPr/tblStyle") not in _PLAIN_TABLES
            return _SOME if styled else _fill(node.find(f"{W}tblPr"))
        if node.tag == f"{W}txbxContent" or node.find(f"{W}background") is not None:
            return _SOME
    return None
