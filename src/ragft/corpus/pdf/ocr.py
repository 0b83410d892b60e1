"""Pages without a usable text layer, read by RapidOCR where it is installed (`pip install 'ragft[ocr]'`)."""

from __future__ import annotations

import functools
import importlib.util
from typing import Any

from ragft.corpus.pdf.spans import PageSpans, Span

_DPI = 150


def is_available() -> bool:
    """Whether the OCR library is installed; it is not imported."""
    return importlib.util.find_spec("rapidocr") is not None


def recognise(page: Any) -> PageSpans:
    """The lines recognised on a `pypdfium2.PdfPage`, in points like those of a text layer."""
    width, height = page.get_size()
    image = page.render(scale=_DPI / 72).to_numpy()
    result = _engine()(image)
    spans: list[Span] = []
    scale = 72 / _DPI
    for box, text in zip(result.boxes if result.boxes is not None else (), result.txts or (), strict=True):
        xs, ys = [float(x) * scale for x, _ in box], [float(y) * scale for _, y in box]
        top, bottom = min(ys), max(ys)
        if text.strip():
            span = Span(text.strip(), min(xs), top, max(xs), bottom, size=round(0.8 * (bottom - top), 1))
            span.main = len(span.text)
            spans.append(span)
    return PageSpans(width, height, spans)


@functools.cache
def _engine() -> Any:
    import logging

    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return RapidOCR()
