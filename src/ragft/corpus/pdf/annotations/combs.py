"""Form fields with one box for each character: the value is read as one word."""

from __future__ import annotations

import ctypes
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium_c

from ragft.corpus.pdf.base import TextSpan, Unseen, Visibility
from ragft.corpus.pdf.pdfium.binding import Box, box_of

_COMB = 1 << 24
_LONGEST = 1_000


class Comb(NamedTuple):
    """The value of a field, and its box on the page (points, as in the PDF)."""

    value: str
    box: Box


def comb(form: Any, handle: int) -> Comb | None:
    """The value of the field at this address of a form; None where it does not give each character a box."""
    annotation = ctypes.cast(handle, pdfium_c.FPDF_ANNOTATION)
    if pdfium_c.FPDFAnnot_GetFormFieldType(form, annotation) != pdfium_c.FPDF_FORMFIELD_TEXTFIELD:
        return None
    if not pdfium_c.FPDFAnnot_GetFormFieldFlags(form, annotation) & _COMB:
        return None
    buffer = (ctypes.c_ushort * _LONGEST)()
    size = pdfium_c.FPDFAnnot_GetFormFieldValue(form, annotation, buffer, ctypes.sizeof(buffer))
    box = box_of(annotation)
    if not 2 < size <= ctypes.sizeof(buffer) or box is None:
        return None
    value = " ".join(bytes(buffer)[: size - 2].decode("utf-16-le", "replace").split())
    return Comb(value, box) if value else None


def without_gaps(
    words: list[tuple[TextSpan, Visibility | Unseen]], value: str, box: Box
) -> list[tuple[TextSpan, Visibility | Unseen]]:
    """The words, with the characters of such a field joined to one word, if they agree with its value."""
    left, top, right, bottom = box
    parts = [
        index
        for index, (word, visibility) in enumerate(words)
        if word.added
        and visibility == "shown"
        and left <= (word.left + word.right) / 2 <= right
        and top <= (word.top + word.bottom) / 2 <= bottom
    ]
    if len(parts) < 2 or "".join(words[index][0].text for index in parts) != value.replace(" ", ""):
        return words
    first, last = words[parts[0]][0], words[parts[-1]][0]
    first.text, first.right, first.main = value, last.right, len(value)
    first.sizes = (first.size,) * len(value) if first.sizes else ()
    gone = set(parts[1:])
    return [word for index, word in enumerate(words) if index not in gone]
