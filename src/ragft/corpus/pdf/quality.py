"""Decides whether the text layer of a page is usable."""

from __future__ import annotations

import ctypes
import re
import string
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import pypdfium2.raw as pdfium_c

from ragft.corpus.pdf.base import PageSpans

Fault = Literal["no text layer", "unreadable text layer", "text beside a picture of a page"]

_MOST_OBJECTS = 5000
_MOST_PARTS = 500
_OUTLINED = 1000
"""Least number of segments in the shapes of a page whose letters may be drawn; a letter has about 20 of them."""
_FEW_WORDS = 50
"""Letters below which a page with a picture has no text of its own."""
_STAMP = 400
"""Letters below which the text of a page may be a stamp on its scan: who loaded it down, when, and from where."""
_CID = re.compile(r"\(cid:\d+\)")
_MOJIBAKE = re.compile(r"Ã[\x80-\xbf©¨¼¶¤±]|â€[\x80-\xbf™œ\x9d“”]|ï¬[\x80-\x86]")
_MOJIBAKE_STARTS = "Ã", "â€", "ï¬"
# Replacement characters, private use, controls, lone surrogates.
_ODD = re.compile("[\ufffd\ue000-\uf8ff\x00-\x1f\x7f-\x9f\ud800-\udfff\U000f0000-\U0010ffff]")
_ASCII_LETTERS = string.ascii_letters.encode()
_ALPHANUMERIC = re.compile(r"[^\W_]")
_VOWELS = "aeiouyAEIOUY"
_FREQUENT = "aeinorstAEINORST"
_DEEPEST = 4
"""Forms in forms."""
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
    drawn = _drawn(page, spans) if letters < _STAMP else _Drawn()
    if letters < _FEW_WORDS and (drawn.pictures > 0.25 or drawn.segments > _OUTLINED):
        return "no text layer"
    if spans.unmapped >= _FEW and spans.unmapped > 0.15 * (letters + spans.unmapped):
        return "unreadable text layer"
    if is_garbage(text):
        return "unreadable text layer"
    return "text beside a picture of a page" if drawn.pictures > 0.8 and _is_stamp(spans) else None


def _is_stamp(spans: PageSpans) -> bool:
    """Whether all text stands at the upper or lower edge of the page, as that of who loaded a scan down."""
    edge = 0.15 * spans.height
    return all(span.bottom < edge or span.top > spans.height - edge for span in spans.spans)


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
        return len(words) >= _FEWEST and _is_shifted_latin("".join(words))
    if not dense.isascii() and (_is_in_one_corner(dense) or _lacks_common_letters(dense)):
        return True
    return len(dense) >= 200 and len(_ALPHANUMERIC.findall(dense)) < 0.25 * len(dense)


def _is_shifted_latin(letters: str) -> bool:
    """Whether the letters of long words have next to no vowels, or few of those that are frequent in any language.

    Those make up 52 to 72 % of texts in ten languages and of the pages of papers; with the letters shifted, 38 % or
    less in 22 of 25 ways.
    """
    if sum(map(letters.count, _VOWELS)) < 0.15 * len(letters):
        return True
    return len(letters) >= _FEWEST_LETTERS and sum(map(letters.count, _FREQUENT)) < 0.4 * len(letters)


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


class _Drawn(NamedTuple):
    """What a page shows besides text: the share of it that images cover, and the segments of its lines and shapes."""

    pictures: float = 0.0
    segments: int = 0


def _drawn(page: Any, spans: PageSpans) -> _Drawn:
    area = 0.0
    segments = 0
    for index in range(min(pdfium_c.FPDFPage_CountObjects(page.raw), _MOST_OBJECTS)):
        item = pdfium_c.FPDFPage_GetObject(page.raw, index)
        parts = list(_parts(item))
        if any(pdfium_c.FPDFPageObj_GetType(part) == pdfium_c.FPDF_PAGEOBJ_IMAGE for part in parts):
            area += _area(item)
        segments += sum(max(0, pdfium_c.FPDFPath_CountSegments(part)) for part in parts)
    return _Drawn(area / max(spans.width * spans.height, 1.0), segments)


def _parts(item: Any, depth: int = 0) -> Iterator[Any]:
    """A page object, or the objects of a form and of the forms in it."""
    if pdfium_c.FPDFPageObj_GetType(item) != pdfium_c.FPDF_PAGEOBJ_FORM:
        yield item
    elif depth < _DEEPEST:
        for index in range(min(pdfium_c.FPDFFormObj_CountObjects(item), _MOST_PARTS)):
            yield from _parts(pdfium_c.FPDFFormObj_GetObject(item, index), depth + 1)


def _area(item: Any) -> float:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium_c.FPDFPageObj_GetBounds(item, left, bottom, right, top):
        return 0.0
    return max(0.0, right.value - left.value) * max(0.0, top.value - bottom.value)
