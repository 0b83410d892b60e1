"""Text of a slide that lies wholly under an opaque shape which is drawn later."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

from ragft.corpus.readers.office.namespaces import A, P
from ragft.corpus.readers.office.pptx_seen import Box, SlideColours, box_of

_USUAL_SIZE = 2800
"""Hundredths of a point, for a text without a size of its own: that of a body, which is large."""
_POINT = 12_700
"""EMU."""
_WIDE, _HIGH = 0.6, 1.3
"""Of the size of letters: how wide one is and how high a line, rather too much."""


def covered(shapes: Sequence[Any], slide: Any, colours: SlideColours) -> set[Any]:
    """The shapes whose text nobody sees, of those of a slide in the order in which they are drawn.

    None where the slide moves: what lies on top may go away, or come.
    """
    if slide.find(f"{P}timing") is not None:
        return set()
    found: set[Any] = set()
    above: list[Box] = []
    for shape in reversed(shapes):
        box = box_of(shape)
        if box is not None and shape.tag == f"{P}sp":
            if any(_holds(cover, box) for cover in above) and _fits(shape, box):
                found.add(shape)
            if _is_rectangle(shape) and colours.is_opaque(shape):
                above.append(box)
    return found


def _is_rectangle(shape: Any) -> bool:
    form = shape.find(f"{P}spPr/{A}prstGeom")
    return form is not None and form.get("prst") == "rect"


def _holds(outer: Box, inner: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]


def _fits(shape: Any, box: Box) -> bool:
    """Whether a text certainly does not reach beyond its box, by the size of its letters."""
    about = shape.find(f"{P}txBody/{A}bodyPr")
    if about is None or about.get("wrap") == "none":
        return False
    sizes = [int(run.get("sz")) for run in shape.iter(f"{A}rPr") if (run.get("sz") or "").isdecimal()]
    size = (max(sizes, default=0) or _USUAL_SIZE) / 100 * _POINT
    across = max(1, int((box[2] - box[0]) / (size * _WIDE)))
    paragraphs = ("".join(text.text or "" for text in one.iter(f"{A}t")) for one in shape.iter(f"{A}p"))
    lines = sum(max(1, ceil(len(text) / across)) for text in paragraphs)
    return lines * size * _HIGH <= box[3] - box[1]
