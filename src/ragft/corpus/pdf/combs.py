"""Fields of forms that give each character a box of its own: what is filled in is one word, not one a box."""

from __future__ import annotations

import ctypes
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium_c

from ragft.corpus.pdf.binding import Box

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
    frame = pdfium_c.FS_RECTF()
    if not 2 < size <= ctypes.sizeof(buffer) or not pdfium_c.FPDFAnnot_GetRect(annotation, frame):
        return None
    value = " ".join(bytes(buffer)[: size - 2].decode("utf-16-le", "replace").split())
    (left, right), (low, high) = sorted((frame.left, frame.right)), sorted((frame.bottom, frame.top))
    return Comb(value, (left, low, right, high)) if value else None
