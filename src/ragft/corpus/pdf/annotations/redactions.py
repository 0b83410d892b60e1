"""Finds the words of a page that are marked for redaction; pdfium gives only one box for all lines of a mark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ragft.corpus.pdf.pdfium.binding import Box

REDACTS = ("/OverlayText", "/RO", "/IC")
"""The entries of a mark for redaction that cover the text."""
NOT_SEEN = 2 | 32
"""Flags of an invisible annotation: Hidden and NoView (PDF 32000-1, table 165)."""


def redacted_boxes(path: Path, password: str | None, number: int) -> tuple[Box, ...]:
    """The boxes, one a line, that marks for redaction cover on a page (from 1); none where the file does not tell."""
    import pypdf

    try:
        with path.open("rb") as handle:
            page = pypdf.PdfReader(handle, strict=False, password=password).pages[number - 1]
            found: Any = page.get("/Annots", ())
            return tuple(box for item in found for box in _boxes(item.get_object()))
    except Exception:  # whatever a broken file makes the library stumble over
        return ()


def _boxes(annotation: Any) -> list[Box]:
    covers = annotation.get("/Subtype") == "/Redact" and any(key in annotation for key in REDACTS)
    if not covers or int(annotation.get("/F", 0)) & NOT_SEEN:
        return []
    points = [float(value) for value in annotation.get("/QuadPoints", annotation["/Rect"])]
    size = 8 if "/QuadPoints" in annotation else 4
    quads = [points[start : start + size] for start in range(0, len(points), size)]
    return [(min(q[::2]), min(q[1::2]), max(q[::2]), max(q[1::2])) for q in quads]
