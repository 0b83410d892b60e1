"""How the characters of a page are set: size, weight, slant, direction, and whether anybody can see them.

pdfium is asked once per text object of the page. Its functions are bound anew with plain pointers: pypdfium2's own
bindings make a typed pointer object of every result, which takes longer than the calls themselves.
"""

from __future__ import annotations

import ctypes
import functools
import math
import re
from collections.abc import Callable, Iterator
from ctypes import c_double, c_float, c_int, c_ulong, c_void_p
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium_c

Box = tuple[float, float, float, float]

_BOLD_NAME = re.compile(r"bold|black|heavy|semibold|demi|medi|cmbx|sfbx|-b$|\.b$", re.IGNORECASE)
_ITALIC_NAME = re.compile(r"ital|obli|slant|cmti|cmsl|sfti|-i$|[-.]it$", re.IGNORECASE)
_INVISIBLE_MODES = frozenset({pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP})
_BOLD_WEIGHT = 600
_TINY = 1.0
_MOST_OBJECTS = 20_000


class Style(NamedTuple):
    """`size` in points; `direction` in quarter turns anticlockwise in the page's own frame, before its /Rotate."""

    size: float
    bold: bool
    italic: bool
    direction: int
    visible: bool


def bind(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    """A function of pdfium that takes and gives plain addresses and numbers."""
    prototype = ctypes.CFUNCTYPE(result, *arguments)
    return prototype(ctypes.cast(function, c_void_p).value or 0)


def address(handle: Any) -> int:
    """Where a pdfium handle points to, 0 for none."""
    return ctypes.cast(handle, c_void_p).value or 0


_object_at = bind(pdfium_c.FPDFText_GetTextObject, c_void_p, c_void_p, c_int)
_size_at = bind(pdfium_c.FPDFText_GetFontSize, c_double, c_void_p, c_int)
_weight_at = bind(pdfium_c.FPDFText_GetFontWeight, c_int, c_void_p, c_int)
_matrix_at = bind(pdfium_c.FPDFText_GetMatrix, c_int, c_void_p, c_int, c_void_p)
_font_of = bind(pdfium_c.FPDFTextObj_GetFont, c_void_p, c_void_p)
_font_name = bind(pdfium_c.FPDFFont_GetBaseFontName, c_ulong, c_void_p, c_void_p, c_ulong)
_render_mode = bind(pdfium_c.FPDFTextObj_GetTextRenderMode, c_int, c_void_p)
_fill_colour = bind(pdfium_c.FPDFPageObj_GetFillColor, c_int, *[c_void_p] * 5)
_bounds_of = bind(pdfium_c.FPDFPageObj_GetBounds, c_int, *[c_void_p] * 5)


def style_reader(textpage: Any, page: Any) -> Callable[[int], Style]:
    """A function from a character's index to its style."""
    raw = address(textpage.raw)
    known: dict[int | None, Style] = {}
    fonts: dict[int | None, tuple[bool, bool]] = {}
    covers = _Covers(page)
    matrix = (c_float * 6)()
    where = ctypes.addressof(matrix)

    def read(index: int, handle: int | None) -> Style:
        size, direction = _size_at(raw, index), 0
        if _matrix_at(raw, index, where):
            scale, direction = _shape(*matrix[:4])
            size *= scale
            if size < 0:  # type of negative size runs the other way
                size, direction = -size, (direction + 2) % 4
        font = _font_of(handle) if handle else None
        if (look := fonts.get(font)) is None:
            name = _name(font)
            bold = bool(_BOLD_NAME.search(name)) or _weight_at(raw, index) >= _BOLD_WEIGHT
            look = fonts[font] = bold, bool(_ITALIC_NAME.search(name))
        visible = size >= _TINY and (not handle or _is_visible(handle, covers))
        style = known[handle] = Style(size, *look, direction, visible)
        return style

    def style_of(index: int) -> Style:
        handle = _object_at(raw, index)
        return known.get(handle) or read(index, handle)

    return style_of


@functools.lru_cache(1024)
def _shape(a: float, b: float, c: float, d: float) -> tuple[float, int]:
    """How much a text matrix enlarges type, and the quarter turns it makes."""
    return math.hypot(c, d) or 1.0, round(math.degrees(math.atan2(b, a)) / 90) % 4


def _name(font: int | None) -> str:
    if not font:
        return ""
    buffer = ctypes.create_string_buffer(128)
    _font_name(font, ctypes.addressof(buffer), 128)
    return buffer.value.decode("latin-1")


def _is_visible(handle: int, covers: _Covers) -> bool:
    """False for text in an invisible render mode, fully transparent, or white with nothing dark behind it."""
    mode = _render_mode(handle)
    if mode in _INVISIBLE_MODES:
        return False
    if mode != pdfium_c.FPDF_TEXTRENDERMODE_FILL or (colour := _colour(handle)) is None:
        return True
    *paint, alpha = colour
    return alpha > 0 and (min(paint) < 250 or covers.behind(handle))


_four = (ctypes.c_uint * 4)()
_four_at = [ctypes.addressof(_four) + 4 * i for i in range(4)]


def _colour(handle: int) -> list[int] | None:
    """Red, green, blue and alpha of what fills an object, 0 to 255."""
    return _four[:] if _fill_colour(handle, *_four_at) else None


class _Covers:
    """The painted shapes and images of a page, listed only when white text asks what lies behind it."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._boxes: list[Box] | None = None

    def behind(self, handle: int) -> bool:
        """True when a filled shape or an image lies under the middle of the text object."""
        if self._boxes is None:
            self._boxes = list(self._painted())
        box = bounds(handle)
        if box is None:
            return True
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        return any(left <= x <= right and bottom <= y <= top for left, bottom, right, top in self._boxes)

    def _painted(self) -> Iterator[Box]:
        for index in range(min(pdfium_c.FPDFPage_CountObjects(self._page.raw), _MOST_OBJECTS)):
            item = pdfium_c.FPDFPage_GetObject(self._page.raw, index)
            kind = pdfium_c.FPDFPageObj_GetType(item)
            if kind == pdfium_c.FPDF_PAGEOBJ_PATH and not _is_dark(item):
                continue
            if kind != pdfium_c.FPDF_PAGEOBJ_TEXT and (box := bounds(address(item))):
                yield box


def _is_dark(path: Any) -> bool:
    """Whether a path is filled with anything but white."""
    filled = c_int()
    if pdfium_c.FPDFPath_GetDrawMode(path, filled, c_int()) and not filled.value:
        return False
    colour = _colour(address(path))
    return colour is None or (colour[3] > 0 and min(colour[:3]) < 240)


def bounds(item: int) -> Box | None:
    """Left, bottom, right and top of a page object, in points; None where pdfium does not know."""
    box = (c_float * 4)()
    at = ctypes.addressof(box)
    if not _bounds_of(item, at, at + 4, at + 8, at + 12):
        return None
    left, bottom, right, top = box
    return left, bottom, right, top
