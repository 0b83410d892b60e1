"""Annotations and form fields, painted onto their page: what they show is read, what they cover is not.

pdfium draws the values of fields that have no appearance of their own, and merges what is shown, in the order it is
painted in, into the page as it is held in memory. Hidden annotations, and those that are not for viewing, stay out.
"""

from __future__ import annotations

import ctypes
from ctypes import c_int, c_void_p
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium_c

from ragft.corpus.pdf.annotations.boxes import box_state
from ragft.corpus.pdf.annotations.combs import Comb, comb
from ragft.corpus.pdf.annotations.free_text import WRITTEN, FreeText, written_text
from ragft.corpus.pdf.annotations.redactions import NOT_SEEN, REDACTS
from ragft.corpus.pdf.pdfium.binding import Box, address, bind, box_of

_MOST = 5_000
_NOT_PAINTED = frozenset(
    {
        pdfium_c.FPDF_ANNOT_LINK,
        pdfium_c.FPDF_ANNOT_POPUP,
        pdfium_c.FPDF_ANNOT_TEXT,
        pdfium_c.FPDF_ANNOT_FILEATTACHMENT,
        pdfium_c.FPDF_ANNOT_SOUND,
        pdfium_c.FPDF_ANNOT_MOVIE,
    }
)
"""Links, and notes that are shown as an icon."""

_annotation_at = bind(pdfium_c.FPDFPage_GetAnnot, c_void_p, c_void_p, c_int)
_subtype_of = bind(pdfium_c.FPDFAnnot_GetSubtype, c_int, c_void_p)
_flags_of = bind(pdfium_c.FPDFAnnot_GetFlags, c_int, c_void_p)
_close = bind(pdfium_c.FPDFPage_CloseAnnot, None, c_void_p)


class Annotations(NamedTuple):
    """`merged`: the last object of the page holds what annotations show. `redacted`: boxes that nothing shows under.

    `written`: texts that are not among what is merged: they bring no drawing, or are the states of boxes.
    `combs`: fields with a box a character.
    """

    merged: bool = False
    redacted: tuple[Box, ...] = ()
    written: tuple[FreeText, ...] = ()
    combs: tuple[Comb, ...] = ()


NONE = Annotations()


def open_page(pdf: Any, number: int) -> tuple[Any, Annotations]:
    """The page of this number (from 1) of a `pypdfium2.PdfDocument`, its annotations merged into it.

    Raises:
        pypdfium2.PdfiumError: it cannot be opened.
    """
    page = pdf[number - 1]
    raw = address(page.raw)
    painted = False
    redacted: list[Box] = []
    written: list[FreeText] = []
    combs: list[Comb] = []
    for index in range(min(pdfium_c.FPDFPage_GetAnnotCount(page.raw), _MOST) - 1, -1, -1):
        annotation = _annotation_at(raw, index)
        if not annotation:
            continue
        kind = _subtype_of(annotation)
        seen = kind not in _NOT_PAINTED and not _flags_of(annotation) & NOT_SEEN
        if kind == pdfium_c.FPDF_ANNOT_REDACT and seen:
            redacted += _redacted(annotation)
        if kind in WRITTEN and seen and not _is_drawn(annotation):
            seen = False
            written += filter(None, [written_text(annotation, kind)])
        if kind == pdfium_c.FPDF_ANNOT_WIDGET and seen and pdf.formenv:
            combs += filter(None, [comb(pdf.formenv.raw, annotation)])
            if state := box_state(pdf.formenv.raw, annotation):
                seen = False  # written, and so not read from its drawing, too
                written.append(state)
        _close(annotation)
        painted = painted or seen
        if not seen and kind != pdfium_c.FPDF_ANNOT_LINK:
            pdfium_c.FPDFPage_RemoveAnnot(page.raw, index)
    if not painted:
        return page, Annotations(written=tuple(written))
    page.render(scale=8 / max(8, *page.get_size()), may_draw_forms=False)  # makes the appearances that are missing
    merged = pdfium_c.FPDFPage_Flatten(page.raw, pdfium_c.FLAT_NORMALDISPLAY) == pdfium_c.FLATTEN_SUCCESS
    page.close()
    return pdf[number - 1], Annotations(merged, tuple(redacted), tuple(written), tuple(combs))


def _is_drawn(handle: int) -> bool:
    """Whether an annotation brings a drawing of its own; pdfium marks those that it made while it loaded the page."""
    annotation = ctypes.cast(handle, pdfium_c.FPDF_ANNOTATION)
    made = pdfium_c.FPDFAnnot_HasKey(annotation, b"PDFIUM_HasGeneratedAP")
    return bool(pdfium_c.FPDFAnnot_HasKey(annotation, b"AP") and not made)


def _redacted(handle: int) -> list[Box]:
    """The box around what a mark for redaction covers; none where it only frames the text."""
    annotation = ctypes.cast(handle, pdfium_c.FPDF_ANNOTATION)
    if not any(pdfium_c.FPDFAnnot_HasKey(annotation, key[1:].encode()) for key in REDACTS):
        return []
    box = box_of(annotation)
    return [box] if box else []
