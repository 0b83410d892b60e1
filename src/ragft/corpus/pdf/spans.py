"""What stands on a page: runs of words with their place, size and weight, as pdfium sees them.

Asking pdfium about every character costs more than reading the text, so only the first and last character of each
word are located, and the style is asked once per text object of the page.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium_c

# pdfium writes one of these where it took a hyphen at a line's end out of the text.
_SOFT_BREAK = "\x02\ufffe"
_WORD = re.compile(r"[^\s\x00-\x1f\ufffe]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BOLD_NAME = re.compile(r"bold|black|heavy|semibold|demi|medi|cmbx|sfbx|-b$|\.b$", re.IGNORECASE)
_ITALIC_NAME = re.compile(r"ital|obli|slant|cmti|cmsl|sfti|-i$|[-.]it$", re.IGNORECASE)
_INVISIBLE_MODES = frozenset({pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP})
_TINY = 1.0
_MOST_OBJECTS = 20_000
_WORD_GAP = 0.12
_WIDE_GAP = 1.0
"""Gaps in em: from the first on there is a space, beyond the second the words stand apart (columns, cells)."""


@dataclass(slots=True)
class Span:
    """Words on one baseline without a wide gap; points, origin at the top left of the page as it is seen.

    `size` is that of most of its characters (`main` of them); `heavy` and `slanted` count the bold and italic ones.
    `hyphen`: a hyphen at its end was taken off by pdfium. `spaced`: a space stands before it.
    `turn`: quarter turns anticlockwise, 0 for upright.
    `sizes`: one font size per character of `text`, on the first page only (small capitals, footnote marks).
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    heavy: int = 0
    slanted: int = 0
    hyphen: bool = False
    turn: int = 0
    sizes: tuple[float, ...] = ()
    main: int = 0
    spaced: bool = False

    @property
    def width(self) -> float:
        """Points."""
        return self.right - self.left


@dataclass(frozen=True)
class PageSpans:
    """All spans of a page in the order of its content stream. `hidden` counts words nobody can see, left out."""

    width: float
    height: float
    spans: list[Span]
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class _Style:
    size: float
    bold: bool
    italic: bool
    direction: int
    visible: bool


def read_spans(page: Any, *, detail: bool = False) -> PageSpans:
    """The spans of a `pypdfium2.PdfPage`; with `detail` each carries the size of its every character.

    Text drawn invisibly is left out, unless nearly all of the page's text is: then it is the text layer of a scan.
    """
    width, height = page.get_size()
    textpage = page.get_textpage()
    try:
        words, hidden = _words(page, textpage, detail)
    finally:
        textpage.close()
    if len(hidden) > 4 * len(words):
        words, hidden = sorted(words + hidden, key=lambda pair: pair[0]), []
    return PageSpans(width, height, _join([word for _, word in words]), len(hidden))


def _words(page: Any, textpage: Any, detail: bool) -> tuple[list[tuple[int, Span]], list[tuple[int, Span]]]:
    text = _page_text(textpage)
    place = _placement(page)
    turned = page.get_rotation() // 90
    style_of = _style_reader(textpage.raw, page)
    shown: list[tuple[int, Span]] = []
    hidden: list[tuple[int, Span]] = []
    box = pdfium_c.FS_RECTF()
    reference = ctypes.byref(box)
    locate = pdfium_c.FPDFText_GetLooseCharBox
    raw = textpage.raw
    halves = _SURROGATE.search(text) is not None
    for match in _WORD.finditer(text):
        start, end = match.span()
        if not locate(raw, start, reference):
            continue
        x0, y0, x1, y1 = box.left, box.bottom, box.right, box.top
        style = style_of(start)
        if end - start > 1 and locate(raw, end - 1, reference):
            x0, x1 = min(x0, box.left), max(x1, box.right)
            # A superscript at the end must not lift the word; turned text runs along y.
            if style.direction & 1:
                y0, y1 = min(y0, box.bottom), max(y1, box.top)
        left, top, right, bottom = place(x0, y0, x1, y1, style.direction)
        word = Span(_recombine(match.group()) if halves else match.group(), left, top, right, bottom, style.size)
        word.main = len(word.text)
        word.heavy = word.main if style.bold else 0
        word.slanted = word.main if style.italic else 0
        word.turn = (style.direction - turned) % 4
        word.spaced = start > 0 and text[start - 1] in " \t\xa0"
        word.hyphen = end < len(text) and text[end] in _SOFT_BREAK
        if detail:
            word.sizes = tuple(style_of(i).size for i in range(start, end))[: len(word.text)]
        (shown if style.visible else hidden).append((start, word))
    return shown, hidden


def _page_text(textpage: Any) -> str:
    """The text such that its i-th character is pdfium's i-th character."""
    count = textpage.count_chars()
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium_c.FPDFText_GetText(textpage.raw, 0, count, buffer)
    if written - 1 == count:
        text = bytes(buffer)[: 2 * count].decode("utf-16-le", "replace")
        # Beyond the basic plane pdfium counts two halves where Python counts one character.
        return text if len(text) == count else "".join(map(chr, buffer[:count]))
    raw = textpage.raw
    return "".join(_character(pdfium_c.FPDFText_GetUnicode(raw, i)) for i in range(count))


def _character(code: int) -> str:
    return chr(code) if 0 < code <= 0x10FFFF else "\ufffd"


def _recombine(word: str) -> str:
    """Surrogate halves, which pdfium counts as two characters, made one again."""
    return word.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _placement(page: Any) -> Callable[[float, float, float, float, int], tuple[float, float, float, float]]:
    """A function from a box in PDF coordinates to (left, top, right, bottom) in the frame its text is read in.

    Text that runs up or down the page gets a frame of its own, in which it is upright: so a table set sideways, or
    a page with /Rotate, reads like any other.
    """
    box_left, box_bottom, box_right, box_top = page.get_bbox()
    wide, high = box_right - box_left, box_top - box_bottom

    def place(x0: float, y0: float, x1: float, y1: float, direction: int) -> tuple[float, float, float, float]:
        x0, x1, y0, y1 = x0 - box_left, x1 - box_left, y0 - box_bottom, y1 - box_bottom
        if direction == 0:
            return x0, high - y1, x1, high - y0
        if direction == 1:
            return y0, x0, y1, x1
        if direction == 2:
            return wide - x1, y0, wide - x0, y1
        return high - y1, wide - x1, high - y0, wide - x0

    return place


def _style_reader(raw: Any, page: Any) -> Callable[[int], _Style]:
    """A function from a character's index to its style, asking pdfium once per text object."""
    known: dict[int | None, _Style] = {}
    fonts: dict[int | None, tuple[bool, bool]] = {}
    covered = _Covers(page)

    def style_of(index: int) -> _Style:
        handle = pdfium_c.FPDFText_GetTextObject(raw, index)
        key = ctypes.cast(handle, ctypes.c_void_p).value
        found = known.get(key)
        if found is None:
            found = known[key] = _read_style(raw, index, handle, fonts, covered)
        return found

    return style_of


def _read_style(
    raw: Any, index: int, handle: Any, fonts: dict[int | None, tuple[bool, bool]], covered: _Covers
) -> _Style:
    matrix = pdfium_c.FS_MATRIX()
    size, direction = pdfium_c.FPDFText_GetFontSize(raw, index), 0
    if pdfium_c.FPDFText_GetMatrix(raw, index, matrix):
        scale = math.hypot(matrix.c, matrix.d)
        size = size * scale if scale else size
        direction = round(math.degrees(math.atan2(matrix.b, matrix.a)) / 90) % 4
    weight = pdfium_c.FPDFText_GetFontWeight(raw, index)
    bold, italic = _font_style(handle, fonts)
    visible = size >= _TINY and _is_visible(handle, covered)
    return _Style(size, bold or weight >= 600, italic, direction, visible)


def _font_style(handle: Any, fonts: dict[int | None, tuple[bool, bool]]) -> tuple[bool, bool]:
    """(bold, italic) by the font's name."""
    font = pdfium_c.FPDFTextObj_GetFont(handle) if handle else None
    if not font:
        return False, False
    key = ctypes.cast(font, ctypes.c_void_p).value
    if key not in fonts:
        buffer = ctypes.create_string_buffer(128)
        pdfium_c.FPDFFont_GetBaseFontName(font, buffer, 128)
        name = buffer.value.decode("latin-1")
        fonts[key] = bool(_BOLD_NAME.search(name)), bool(_ITALIC_NAME.search(name))
    return fonts[key]


def _is_visible(handle: Any, covered: _Covers) -> bool:
    """False for text in an invisible render mode, fully transparent, or white with nothing dark behind it."""
    if not handle:
        return True
    mode = pdfium_c.FPDFTextObj_GetTextRenderMode(handle)
    if mode in _INVISIBLE_MODES:
        return False
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if mode != pdfium_c.FPDF_TEXTRENDERMODE_FILL:
        return True
    if not pdfium_c.FPDFPageObj_GetFillColor(handle, red, green, blue, alpha):
        return True
    if alpha.value == 0:
        return False
    if min(red.value, green.value, blue.value) < 250:
        return True
    return covered.behind(handle)


class _Covers:
    """The painted shapes and images of a page, listed only when white text asks what lies behind it."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._boxes: list[tuple[float, float, float, float]] | None = None

    def behind(self, handle: Any) -> bool:
        """True when a filled shape or an image lies under the middle of the text object."""
        if self._boxes is None:
            self._boxes = list(self._painted())
        box = _bounds(handle)
        if box is None:
            return True
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        return any(left <= x <= right and bottom <= y <= top for left, bottom, right, top in self._boxes)

    def _painted(self) -> Iterator[tuple[float, float, float, float]]:
        for index in range(min(pdfium_c.FPDFPage_CountObjects(self._page.raw), _MOST_OBJECTS)):
            item = pdfium_c.FPDFPage_GetObject(self._page.raw, index)
            kind = pdfium_c.FPDFPageObj_GetType(item)
            if kind == pdfium_c.FPDF_PAGEOBJ_PATH and not _is_dark(item):
                continue
            if kind != pdfium_c.FPDF_PAGEOBJ_TEXT and (box := _bounds(item)):
                yield box


def _is_dark(path: Any) -> bool:
    """Whether a path is filled with anything but white."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    filled = ctypes.c_int()
    if pdfium_c.FPDFPath_GetDrawMode(path, filled, ctypes.c_int()) and not filled.value:
        return False
    if not pdfium_c.FPDFPageObj_GetFillColor(path, red, green, blue, alpha):
        return True
    return alpha.value > 0 and min(red.value, green.value, blue.value) < 240


def _bounds(item: Any) -> tuple[float, float, float, float] | None:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium_c.FPDFPageObj_GetBounds(item, left, bottom, right, top):
        return None
    return left.value, bottom.value, right.value, top.value


def _join(words: list[Span]) -> list[Span]:
    """Words that follow one another on a baseline, joined; a wide gap starts a new span."""
    spans: list[Span] = []
    for word in words:
        if spans and (glue := _glue(spans[-1], word)) is not None:
            append(spans[-1], word, glue)
        else:
            spans.append(word)
    return spans


def _glue(left: Span, right: Span) -> str | None:
    """What to put between two words, or None where they do not belong to one span."""
    if left.turn != right.turn or left.hyphen:
        return None
    overlap = min(left.bottom, right.bottom) - max(left.top, right.top)
    if overlap < 0.4 * min(left.bottom - left.top, right.bottom - right.top):
        return None
    em = max(left.size, right.size)
    gap = right.left - left.right
    if gap < -0.5 * em or gap > _WIDE_GAP * em:
        return None
    return " " if right.spaced or gap > _WORD_GAP * em else ""


def append(span: Span, word: Span, glue: str) -> None:
    """Lengthen `span` by `word`; the bigger part sets the size: a footnote mark must not shrink a title."""
    if span.sizes:
        span.sizes += (word.size,) * len(glue) + word.sizes
    if abs(word.size - span.size) < 0.1:
        span.main += word.main
    elif word.main > span.main:
        span.size, span.top, span.bottom, span.main = word.size, word.top, word.bottom, word.main
    span.text += glue + word.text
    span.heavy += word.heavy
    span.slanted += word.slanted
    span.right = max(span.right, word.right)
    span.hyphen = word.hyphen
