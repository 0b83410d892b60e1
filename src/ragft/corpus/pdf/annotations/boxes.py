"""Check boxes and option buttons of forms: whether each is checked, written as in the other formats."""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2.raw as pdfium_c

from ragft.corpus.pdf.annotations.free_text import FreeText, centred
from ragft.corpus.pdf.pdfium.binding import box_of

_BOXES = frozenset({pdfium_c.FPDF_FORMFIELD_CHECKBOX, pdfium_c.FPDF_FORMFIELD_RADIOBUTTON})


def box_state(form: Any, handle: int) -> FreeText | None:
    """`☒` or `☐` for the annotation at this address of a form, in its place; None if it is not a box."""
    annotation = ctypes.cast(handle, pdfium_c.FPDF_ANNOTATION)
    if pdfium_c.FPDFAnnot_GetFormFieldType(form, annotation) not in _BOXES:
        return None
    if (box := box_of(annotation)) is None:
        return None
    return centred("☒" if pdfium_c.FPDFAnnot_IsChecked(form, annotation) else "☐", box)
