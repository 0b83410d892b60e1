"""`/ActualText`, which a PDF may give for what it shows: what is shown counts where the two differ in a number.

pdfium reads the given text instead of the glyphs, which is right for ligatures and hyphens.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Iterable
from ctypes import c_char_p, c_int, c_ulong, c_void_p
from typing import Any

import pypdfium2.raw as pdfium_c

from ragft.corpus.pdf.pdfium.binding import address, bind, count_of_marks, mark_of

_remove_mark = bind(pdfium_c.FPDFPageObj_RemoveMark, c_int, c_void_p, c_void_p)
_string_of = bind(pdfium_c.FPDFPageObjMark_GetParamStringValue, c_int, c_void_p, c_char_p, c_void_p, c_ulong, c_void_p)
_text_of = bind(pdfium_c.FPDFTextObj_GetText, c_ulong, c_void_p, c_void_p, c_void_p, c_ulong)
_NOT_DIGIT = re.compile(r"\D+")
_UNMAPPED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff]")


def text_page(page: Any, texts: Iterable[int]) -> Any:
    """The text of a `pypdfium2.PdfPage`, to be closed. `texts`: the addresses of its text objects."""
    given: dict[int, str] = {}
    marked: list[tuple[int, int]] = []
    for item in texts:
        for index in range(count_of_marks(item)):
            mark = mark_of(item, index)
            if mark in given or (text := _given(mark)):
                given.setdefault(mark, text)
                marked.append((item, mark))
    textpage = page.get_textpage()
    if not marked:
        return textpage
    for item, mark in marked:
        _remove_mark(item, mark)
    bare = page.get_textpage()
    shown = dict.fromkeys(given, "")
    for item, mark in marked:
        shown[mark] += _shown(item, address(bare.raw))
    differs = any(_differs(text, shown[mark]) for mark, text in given.items())
    (textpage if differs else bare).close()
    return bare if differs else textpage


def _differs(given: str, shown: str) -> bool:
    """Whether glyphs whose meaning is known show another number."""
    return bool(shown.strip()) and not _UNMAPPED.search(shown) and _digits(given) != _digits(shown)


def _digits(text: str) -> str:
    return _NOT_DIGIT.sub("", unicodedata.normalize("NFKC", text))


def _given(mark: int) -> str:
    length = c_ulong()
    at = ctypes.addressof(length)
    if not _string_of(mark, b"ActualText", None, 0, at) or length.value <= 2:
        return ""
    buffer = ctypes.create_string_buffer(length.value)
    _string_of(mark, b"ActualText", ctypes.addressof(buffer), length.value, at)
    return buffer.raw[:-2].decode("utf-16-le", "replace")


def _shown(item: int, textpage: int) -> str:
    length = _text_of(item, textpage, None, 0)
    buffer = ctypes.create_string_buffer(max(2, length))
    _text_of(item, textpage, ctypes.addressof(buffer), length)
    return buffer.raw[:-2].decode("utf-16-le", "replace")
