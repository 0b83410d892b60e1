"""Free-text annotations without a drawing of their own, which viewers lay out themselves.

pdfium draws only its first line, so the text is laid out here, line by line within its box.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

import pypdfium2.raw as pdfium_c

from ragft.corpus.pdf.pdfium.binding import Box, box_of

_USUAL_SIZE = 12.0
_SMALLEST, _LARGEST = 2.0, 200.0
_LEADING, _MARGIN = 1.2, 0.3
_WIDE = 0.5
"""Width of a character as a share of the type size, because no font is available to measure it."""
_LONGEST = 20_000
WRITTEN = frozenset({pdfium_c.FPDF_ANNOT_FREETEXT, pdfium_c.FPDF_ANNOT_STAMP})
"""Kinds of annotations whose words viewers set themselves: text, and the names of usual stamps."""
_STAMPS = frozenset(
    "Approved AsIs Confidential Departmental Draft Experimental Expired Final ForComment ForPublicRelease NotApproved"
    " NotForPublicRelease Sold TopSecret".split()
)
_INNER_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LINE_END = re.compile(r"\r\n?|\n")
_PARAGRAPH = re.compile(r"</(?:p|div|li)\s*>|<br\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_SIZE = re.compile(r"([\d.]+)\s+Tf\b")
_COLOUR = re.compile(r"((?:[\d.]+\s+)+)(?:g|rg)\b")


class FreeText(NamedTuple):
    """Text of an annotation, its box on the page (points, as in the PDF), and its type size."""

    text: str
    box: Box
    size: float


def written_text(handle: int, kind: int) -> FreeText | None:
    """The text of the annotation at this address, one of `WRITTEN`; None if it shows nothing, or white on the page."""
    annotation = ctypes.cast(handle, pdfium_c.FPDF_ANNOTATION)
    box = box_of(annotation)
    if box is None:
        return None
    text = _words(annotation, kind)
    look = _value(annotation, b"DA")
    colour = [float(part) for part in (_COLOUR.findall(look) or [""])[-1].split() if _is_number(part)]
    white = bool(colour) and min(colour) > 0.97
    if not text.strip() or (white and not pdfium_c.FPDFAnnot_HasKey(annotation, b"C")):
        return None
    size = float(found[1]) if (found := _SIZE.search(look)) and _is_number(found[1]) else 0.0
    return FreeText(text, box, min(size, _LARGEST) if size >= _SMALLEST else _USUAL_SIZE)


def centred(text: str, box: Box) -> FreeText:
    """One line of text halfway up a box, no larger than the text of a form usually is."""
    left, low, right, high = box
    size = max(_SMALLEST, min(_USUAL_SIZE, high - low))
    return FreeText(text, (left, low, right, (low + high) / 2 + (_MARGIN + 0.5) * size), size)


def _words(annotation: object, kind: int) -> str:
    if kind == pdfium_c.FPDF_ANNOT_STAMP:
        name = _value(annotation, b"Name") or "Draft"
        return _INNER_CAPITAL.sub(" ", name).upper() if name in _STAMPS else ""
    return _value(annotation, b"Contents") or _plain(_value(annotation, b"RC"))


def set_in_lines(item: FreeText, box: Box) -> Iterator[tuple[str, Box]]:
    """Each line of the text with the box it takes; `box` is that of all of it, as the page is read."""
    left, top, right, _ = box
    top += _MARGIN * item.size
    for line in _lines(item.text, max(1, int((right - left) / (_WIDE * item.size)))):
        if line:
            yield line, (left, top, left + _WIDE * item.size * len(line), top + item.size)
        top += _LEADING * item.size


def _lines(text: str, width: int) -> list[str]:
    lines = []
    for paragraph in _LINE_END.split(text):
        line = ""
        for word in paragraph.split():
            if line and len(line) + len(word) >= width:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}" if line else word
        lines.append(line)
    return lines


def _value(annotation: object, key: bytes) -> str:
    """The string under a key of an annotation."""
    size = pdfium_c.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    if size <= 2:
        return ""
    buffer = (ctypes.c_ushort * (min(size, 2 * _LONGEST) // 2))()
    pdfium_c.FPDFAnnot_GetStringValue(annotation, key, buffer, ctypes.sizeof(buffer))
    return bytes(buffer).decode("utf-16-le", "replace").split("\0", 1)[0]


def _plain(rich: str) -> str:
    return unescape(_TAG.sub("", _PARAGRAPH.sub("\n", rich)))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
