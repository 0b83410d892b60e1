"""The look of a run in a Word document (raised, struck, hidden), from its properties and styles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any

from ragft.corpus.raised import Position
from ragft.corpus.readers.colours import Rgb, alike
from ragft.corpus.readers.office.docx_colours import CLEAR, Palette
from ragft.corpus.readers.office.docx_symbols import is_symbolic
from ragft.corpus.readers.office.docx_xml import is_on, line_of, value
from ragft.corpus.readers.office.namespaces import W

_TINY = 2
"""Size in half points up to which text counts as hidden."""
_NARROW = 5
"""Percent of their width up to which characters are a hairline."""
_SHIFT = 2
"""Half points from which a run stands above or below its line."""


@dataclass(frozen=True)
class Look:
    """The properties of a run that decide whether it is seen; None where they are not set.

    `size` in half points, `wide` in percent of the characters' own width.
    """

    position: Position | None = None
    vanish: bool | None = None
    struck: bool | None = None
    colour: Rgb | str | None = None
    fill: Rgb | str | None = None
    size: int | None = None
    font: str | None = None
    wide: int | None = None

    def over(self, other: Look) -> Look:
        """This look, and that of `other` where this one says nothing."""
        said = {name: value for name, value in vars(self).items() if value is not None}
        return Look(**vars(other) | said)

    def is_hidden(self, run: Any, palette: Palette) -> bool:
        """Whether a run of this look is invisible at its place."""
        tiny = self.size is not None and self.size <= _TINY
        narrow = self.wide is not None and self.wide <= _NARROW
        if self.vanish or tiny or narrow or self.colour == CLEAR:
            return True
        if self.colour is None:  # which is never that of the ground
            return False
        return alike(self.colour, palette.around(run) if self.fill is None else self.fill)


EMPTY = Look()


def look_of(properties: Any, palette: Palette) -> Look:
    """What a `w:rPr` says; of a style, its `w:pPr` too, for the fill."""
    if properties is None:
        return EMPTY
    struck = [is_on(node) for name in ("strike", "dstrike") if (node := properties.find(f"{W}{name}")) is not None]
    vanish = properties.find(f"{W}vanish")
    size = value(properties, "sz")
    return Look(
        _position(properties),
        is_on(vanish) if vanish is not None else None,
        any(struck) if struck else None,
        palette.text(properties),
        palette.fill(properties),
        int(size) if size.isdecimal() else None,
        _font(properties),
        int(wide) if (wide := value(properties, "w").rstrip("%")).isdecimal() else None,
    )


class StyleLooks:
    """The look of each style by its identifier, with what it takes over from the one it is based on.

    `usual` is the style of what names none, `everywhere` what holds below it. A document defines a hundred styles and
    uses a few: a look is worked out when it is first asked for.
    """

    def __init__(
        self,
        found: dict[str, Any] | None = None,
        palette: Palette | None = None,
        usual: str = "",
        everywhere: Look = EMPTY,
    ) -> None:
        self._found = found or {}
        self._palette = palette or Palette()
        self._usual = usual
        self._everywhere = everywhere
        self._looks: dict[str, Look] = {}

    def of(self, style: str) -> Look:
        """The look of a style; one that is not defined changes nothing, and none is the usual one."""
        if style not in self._looks:
            line = line_of(style or self._usual, self._found)
            look = reduce(Look.over, map(self._own, line), EMPTY)
            self._looks[style] = look if style else look.over(self._everywhere)
        return self._looks[style]

    def _own(self, style: Any) -> Look:
        fill = self._palette.fill(style.find(f"{W}pPr"))
        return look_of(style.find(f"{W}rPr"), self._palette).over(Look(fill=fill))


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
