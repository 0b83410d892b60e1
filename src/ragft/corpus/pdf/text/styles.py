"""Styles of the characters of a page: size, weight, slant, direction, visibility.

pdfium is asked once per text object of the page.
"""

from __future__ import annotations

import ctypes
import functools
import math
import re
import struct
from collections.abc import Iterator
from ctypes import c_double, c_float, c_int, c_ulong, c_void_p
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium_c

from ragft.corpus.pdf.painted.scene import Scene, Sight
from ragft.corpus.pdf.pdfium.binding import address, bind, pointer

_BOLD_NAME = re.compile(r"bold|black|heavy|semibold|demi|medi|cmbx|sfbx|-b$|\.b$", re.IGNORECASE)
_ITALIC_NAME = re.compile(r"ital|obli|slant|cmti|cmsl|sfti|-i$|[-.]it$", re.IGNORECASE)
_BOLD_WEIGHT = 600
SLANTED = math.radians(3)
"""From here on text is slanted: more than the lines of a scan differ in their skew."""
_TINY = 1.0
_FLAT = 0.05
"""Least width as a share of the height (or the reverse) of type that can be read."""
_USUAL_PAGE = 400.0
"""Points in which type of less is tiny, on a page of at least so many; a smaller page is enlarged to be read."""

object_at = bind(pdfium_c.FPDFText_GetTextObject, c_void_p)
_size_at = bind(pdfium_c.FPDFText_GetFontSize, c_double)
_weight_at = bind(pdfium_c.FPDFText_GetFontWeight, c_int)
_matrix_at = bind(pdfium_c.FPDFText_GetMatrix, c_int)
_ink_at = bind(pdfium_c.FPDFText_GetCharBox, c_int)
_font_of = bind(pdfium_c.FPDFTextObj_GetFont, c_void_p, c_void_p)
_font_name = bind(pdfium_c.FPDFFont_GetBaseFontName, c_ulong, c_void_p, c_void_p, c_ulong)
_four_of = struct.Struct("4f").unpack_from


class Style(NamedTuple):
    """`size` in points; `direction` in quarter turns anticlockwise in the page's own frame, before its /Rotate.

    `tilt`: radians by which the text runs further anticlockwise than these. `level`: it runs from left to right, but
    for the skew of a scan.
    """

    size: float
    bold: bool
    italic: bool
    direction: int
    sight: Sight
    tilt: float
    level: bool

    @property
    def angle(self) -> float:
        """Radians anticlockwise in which the text runs, in the page's own frame."""
        return self.direction * math.pi / 2 + self.tilt


class PageStyles:
    """The styles of a page's text, by text object; `known` are those found so far."""

    def __init__(self, textpage: Any, scene: Scene) -> None:
        self.known: dict[int | None, Style] = {}
        self._raw = pointer(address(textpage.raw))
        self._scene = scene
        self._fonts: dict[int | None, tuple[bool, bool]] = {}
        self._matrix = (c_float * 6)()
        self._matrix_at = pointer(self._matrix)
        left, bottom, right, top = scene.box
        self._tiny = _TINY * min(1.0, max(right - left, top - bottom) / _USUAL_PAGE)

    def at(self, index: int) -> Style:
        """The style of a character."""
        handle = object_at(self._raw, index)
        return self.known.get(handle) or self.read(index, handle)

    def among(self, start: int, end: int) -> Iterator[Style]:
        """The styles of the text objects that some characters belong to."""
        for handle, index in {object_at(self._raw, i): i for i in range(end - 1, start - 1, -1)}.items():
            yield self.known.get(handle) or self.read(index, handle)

    def read(self, index: int, handle: int | None) -> Style:
        """The style of a text object that is not known yet; `index`: one of its characters."""
        raw, tiny = self._raw, self._tiny
        size, wide, direction, tilt = _size_at(raw, index), 1.0, 0, 0.0
        if _matrix_at(raw, index, self._matrix_at):
            scale, wide, direction, tilt = _shape(*_four_of(self._matrix))
            size *= scale
            if size < 0:  # type of negative size runs the other way
                size, direction = -size, (direction + 2) % 4
        # The glyphs of a drawn (Type 3) font may be of any size and shape: their ink decides.
        if size < tiny:
            size = max(size, _ink(raw, index, direction)[1])
        hairline = not _FLAT < wide < 1 / _FLAT or size * wide < tiny
        if hairline:
            across, up = _ink(raw, index, direction)
            hairline = across < 2 * _FLAT * up or up < 4 * _FLAT * across or (across < tiny and wide < 0.5)
        sight = self._scene.sight(handle or 0)
        if size < tiny or hairline:
            sight = sight._replace(visibility="unseen")
        level = not direction and -SLANTED < tilt < SLANTED
        font = _font_of(handle) if handle else None
        bold, italic = self._fonts.get(font) or self._look_at(font, index)
        style = self.known[handle] = Style(size, bold, italic, direction, sight, tilt, level)
        return style

    def _look_at(self, font: int | None, index: int) -> tuple[bool, bool]:
        """Whether a font, that of a character, is bold, and whether it is italic."""
        name = _name(font)
        bold = bool(_BOLD_NAME.search(name)) or _weight_at(self._raw, index) >= _BOLD_WEIGHT
        look = self._fonts[font] = bold, bool(_ITALIC_NAME.search(name))
        return look


@functools.lru_cache(1024)
def _shape(a: float, b: float, c: float, d: float) -> tuple[float, float, int, float]:
    """What a text matrix does to type: how much higher it makes it and (in shares of that) wider, the quarter turns
    it makes, and the radians it turns further."""
    angle = math.atan2(b, a)
    quarters = round(angle / (math.pi / 2))
    high = math.hypot(c, d) or 1.0
    return high, math.hypot(a, b) / high, quarters % 4, angle - quarters * math.pi / 2


def _ink(raw: Any, index: int, direction: int) -> tuple[float, float]:
    """Points that the ink of a character measures along its line and across."""
    box = (c_double * 4)()
    at = ctypes.addressof(box)
    if not _ink_at(raw, index, *[pointer(at + 8 * i) for i in range(4)]):
        return 0.0, 0.0
    left, right, bottom, top = box
    return (top - bottom, right - left) if direction & 1 else (right - left, top - bottom)


def _name(font: int | None) -> str:
    if not font:
        return ""
    buffer = ctypes.create_string_buffer(128)
    _font_name(font, ctypes.addressof(buffer), 128)
    return buffer.value.decode("latin-1")
