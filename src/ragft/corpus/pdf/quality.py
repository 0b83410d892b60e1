"""Decides whether the text layer of a page is usable."""

from __future__ import annotations

import ctypes
import re
import string
from typing import Any, Literal

import pypdfium2.raw as pdfium_c

from ragft.corpus.pdf.base import PageSpans

Fault = Literal["no text layer", "unreadable text layer"]

_MOST_OBJECTS = 5000
_OUTLINED = 1000
_CID = re.compile(r"\(cid:\d+\)")
_MOJIBAKE = re.compile(r"Ã[\x80-\xbf©¨¼¶¤±]|â€[\x80-\xbf™œ\x9d“”]|ï¬[\x80-\x86]")
_MOJIBAKE_STARTS = "Ã", "â€", "ï¬"
# Replacement characters, private use, controls, lone surrogates.
_ODD = re.compile("[\ufffd\ue000-\uf8ff\x00-\x1f\x7f-\x9f\ud800-\udfff\U000f0000-\U0010ffff]")
_ASCII_LETTERS = string.ascii_letters.encode()
_ALPHANUMERIC = re.compile(r"[^\W_]")
_VOWELS = "aeiouyAEIOUY"
_FEW = 5
"""Least number of characters without a meaning for which a page may be unreadable."""
_HAN_OR_HANGUL = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]")
_CORNER = 256
_SEQUENCE = 8
"""Most different characters of long words that are meant so, such as those of a genome."""
_FEWEST_CODES = 40
_FEWEST_LETTERS = 150
# The letters that are most frequent in the languages written with an alphabet.
_ALPHABETS = (
    (re.compile("[\u0400-\u04ff]"), "оеаинтсрОЕАИНТСР"),
    (re.compile("[\u0370-\u03ff]"), "αοιετνσηςάόίέήΑΟΙΕΤΝΣΗ"),
    (re.compile("[\u0590-\u05ff]"), "יוהלאמתרבש"),
    (re.compile("[\u0600-\u06ff]"), "اليمنوترهیک"),
)
# Abbreviations and part numbers may do without vowels, long words may not.
_LONG_WORD = re.compile(r"[A-Za-z]{6,}")
_FEWEST = 8
# Lines to be filled in, dots before a page number, rules typed out.
_FILLER = ".…·_=~*#–—-"
_FILLERS = re.compile(rf"([{_FILLER}])(?:\s?\1){{3,}}")


def page_fault(page: Any, spans: PageSpans) -> Fault | None:
    """The problem of a page's text; None for a good or an empty page."""
    text = " ".join(span.text for span in spans.spans)
    letters = len(text.replace(" ", ""))
    if letters < 50 and _is_picture(page, spans, letters):
        return "no text layer"
    if spans.unmapped >= _FEW and spans.unmapped > 0.15 * (letters + spans.unmapped):
        return "unreadable text layer"
    return "unreadable text layer" if is_garbage(text) else None


def is_garbage(text: str) -> bool:
    """Whether `text` comes from a font without a usable mapping to characters, or was decoded wrongly."""
    dense = "".join(text.split())
    if any(4 * sign in dense for sign in _FILLER):
        text = _FILLERS.sub(" ", text)
        dense = "".join(text.split())
    if len(dense) < 40:
        return False
    if "(cid:" in text and 8 * len(_CID.findall(text)) > 0.2 * len(dense):
        return True
    if any(sign in text for sign in _MOJIBAKE_STARTS) and 3 * len(_MOJIBAKE.findall(text)) > 0.1 * len(dense):
        return True
    if ("\ufffd" in dense or not dense.isprintable()) and len(_ODD.findall(dense)) > 0.15 * len(dense):
        return True
    ascii_only = dense.encode("ascii", "ignore")
    letters = len(ascii_only) - len(ascii_only.translate(None, _ASCII_LETTERS))
    if len(dense) >= 200 and letters > 0.6 * len(dense):
        # Latin text without spaces, or with its letters shifted by a font's private encoding; not `ATGCGTACG`.
        if len(dense) > 60 * len(text.split()):
            return len(set(dense)) > _SEQUENCE
        words = _LONG_WORD.findall(text)
        length = sum(map(len, words))
        return len(words) >= _FEWEST and sum(map("".join(words).count, _VOWELS)) < 0.15 * length
    if not dense.isascii() and (_is_in_one_corner(dense) or _lacks_common_letters(dense)):
        return True
    return len(dense) >= 200 and len(_ALPHANUMERIC.findall(dense)) < 0.25 * len(dense)


def _is_in_one_corner(dense: str) -> bool:
    """Whether Han or Hangul comes from a narrow range of codes: the numbers of a font's glyphs, taken for characters.

    Real text takes its characters from all over their many thousands.
    """
    codes = sorted(ord(char) for char in _HAN_OR_HANGUL.findall(dense))
    if len(codes) < _FEWEST_CODES or len(codes) < 0.5 * len(dense):
        return False
    cut = len(codes) // 20
    return codes[-1 - cut] - codes[cut] < _CORNER


def _lacks_common_letters(dense: str) -> bool:
    """Whether the letters that make up half of any text in an alphabet are rare in this one: its codes are shifted."""
    for letters, common in _ALPHABETS:
        found = letters.findall(dense)
        if len(found) >= 0.5 * len(dense) and len(found) >= _FEWEST_LETTERS:
            return sum(map("".join(found).count, common)) < 0.25 * len(found)
    return False


def _is_picture(page: Any, spans: PageSpans, letters: int) -> bool:
    """Whether images cover at least a quarter of the page, or it is drawn from very many shapes (outlined letters)."""
    area = 0.0
    shapes = 0
    for index in range(min(pdfium_c.FPDFPage_CountObjects(page.raw), _MOST_OBJECTS)):
        item = pdfium_c.FPDFPage_GetObject(page.raw, index)
        if pdfium_c.FPDFPageObj_GetType(item) == pdfium_c.FPDF_PAGEOBJ_PATH:
            shapes += 1
        elif _holds_image(item):
            area += _area(item)
    return area > 0.25 * spans.width * spans.height or (letters == 0 and shapes > _OUTLINED)


def _holds_image(item: Any, depth: int = 0) -> bool:
    """Whether a page object is an image or a form with one in it; a form may also be a chart drawn in lines."""
    kind = pdfium_c.FPDFPageObj_GetType(item)
    if kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
        return True
    if kind != pdfium_c.FPDF_PAGEOBJ_FORM or depth > 3:
        return False
    count = min(pdfium_c.FPDFFormObj_CountObjects(item), 50)
    return any(_holds_image(pdfium_c.FPDFFormObj_GetObject(item, index), depth + 1) for index in range(count))


def _area(item: Any) -> float:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium_c.FPDFPageObj_GetBounds(item, left, bottom, right, top):
        return 0.0
    return max(0.0, right.value - left.value) * max(0.0, top.value - bottom.value)
