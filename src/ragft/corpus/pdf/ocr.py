"""Pages without a usable text layer, read by RapidOCR where it is installed (`pip install 'ragft[ocr]'`)."""

from __future__ import annotations

import functools
import importlib.util
import math
import statistics
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ragft.corpus.pdf.base import PageSpans, TextSpan

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_DPI = 150
_LONGEST = 4000
"""Pixels of a page's longer side at most; the library makes pictures of more than 2000 smaller."""
_MOST_RATIO = 4
"""Of the longer to the shorter side of a picture."""
_LONG = 4.0
"""Times its height from which on a box tells by its upper edge how far a scan is skewed."""
Point = tuple[float, float]

_MOST_SKEW = math.radians(10)


def is_available() -> bool:
    """Whether the OCR library is installed; it is not imported."""
    return importlib.util.find_spec("rapidocr") is not None


def recognise(page: Any) -> PageSpans | None:
    """The lines recognised on a `pypdfium2.PdfPage`, in points like those of a text layer, a skew taken out.

    None if the library fails or memory is too small.
    """
    width, height = page.get_size()
    scale = min(_DPI / 72, _LONGEST / max(width, height, 1.0))
    try:
        result = _engine()(_padded(page.render(scale=scale).to_numpy()))
    except Exception:  # MemoryError, and whatever an odd picture makes the libraries stumble over
        return None
    found = result.boxes if result.boxes is not None else ()
    boxes = [[(float(x) / scale, float(y) / scale) for x, y in box] for box in found]
    skew = _skew(boxes)
    spans: list[TextSpan] = []
    for box, text in zip(boxes, result.txts or (), strict=True):
        level = [_turned(point, -skew, (width / 2, height / 2)) for point in box]
        xs, ys = [x for x, _ in level], [y for _, y in level]
        top, bottom = min(ys), max(ys)
        if text.strip():
            span = TextSpan(text.strip(), min(xs), top, max(xs), bottom, size=round(0.8 * (bottom - top), 1))
            span.main = len(span.text)
            spans.append(span)
    return PageSpans(width, height, spans)


def _padded(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A narrow strip padded with white at its right or lower side, because the library would enlarge it."""
    import numpy as np

    high, wide = image.shape[:2]
    least = -(-max(high, wide) // _MOST_RATIO)
    added = ((0, max(0, least - high)), (0, max(0, least - wide)), (0, 0))
    return np.pad(image, added, constant_values=255)


def _skew(boxes: Sequence[Sequence[Point]]) -> float:
    """By how many radians the lines of a scan fall to the right: the median of its long boxes, 0 where it is large."""
    angles = []
    for (left, top), (right, end), _, (_, below) in boxes:
        if right - left > _LONG * abs(below - top):
            angles.append(math.atan2(end - top, right - left))
    skew = statistics.median(angles) if angles else 0.0
    return skew if abs(skew) < _MOST_SKEW else 0.0


def _turned(point: Point, angle: float, about: Point) -> Point:
    """`point` turned by `angle` radians, clockwise on the page."""
    x, y = point[0] - about[0], point[1] - about[1]
    cos, sin = math.cos(angle), math.sin(angle)
    return about[0] + x * cos - y * sin, about[1] + x * sin + y * cos


@functools.cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR()
