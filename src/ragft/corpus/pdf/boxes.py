"""Check boxes and option buttons of forms: whether each is checked, written as in the other formats."""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2.raw as pdfium_c

from ragft.corpus.pdf.free_text import FreeText, centred

_BOXES = frozenset({pdfium_c.FPDF_FORMFIELD_CHECKBOX, pdfium_c.FPDF_FORMFIELD_RADIOBUTTON})


def box_state(form: Any, handle: int) -> FreeText | None:
    """`☒` or `☐` for the annotation at this address of a form, in its place; None if it is not a box."""
    annotation = ctypes.cast(handle, pdfium_c.FPDF_ANNOTATION)
    if pdfium_c.FPDFAnnot_GetFormFieldType(form, annotation) not in _BOXES:
        return None
    frame = pdfium_c.FS_RECTF()
    if not pdfium_c.FPDFAnnot_GetRect(annotation, frame):
        return None
    (left, right), (low, high) = sorted((frame.left, frame.right)), sorted((frame.bottom, frame.top))
    return centred("☒" if pdfium_c.FPDFAnnot_IsChecked(form, annotation) else "☐", (left, low, right, high))
