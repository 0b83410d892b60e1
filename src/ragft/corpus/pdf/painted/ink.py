"""Decides whether doubtful text is visible, by rendering the page with and without it.

Pictures with holes, curved shapes, wide strokes, blending, curved clipping and hidden layers are thus judged by what a
reader sees. It takes two renderings, and only for pages with doubtful text.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping
from ctypes import c_int, c_void_p
from typing import TYPE_CHECKING, Any

import pypdfium2.raw as pdfium_c

from ragft.corpus.pdf.painted.grid import meets
from ragft.corpus.pdf.pdfium.binding import Box, bind

if TYPE_CHECKING:
    import numpy as np

_PIXELS = 2_000_000
"""About the size of an A4 page at 144 dpi."""
_FAINT = 10
"""Steps of 255 up to which a difference does not count as a mark."""
_LEGIBLE = 0.08
"""Least share of visible ink in the box of a character that is legible; thin letters have a fifth."""
_MARGIN = 4.0
"""Points."""
_MOST_GROUPS = 6
"""Of doubtful text: one more rendering each."""

_set_active = bind(pdfium_c.FPDFPageObj_SetIsActive, c_int, c_void_p, c_int)


class Ink:
    """What text objects of a `pypdfium2.PdfPage` add to its picture. `box`: the page.

    `boxes`: the doubtful objects with the boxes around them; those that overlap are taken away one after the other.
    """

    def __init__(self, page: Any, boxes: Mapping[int, Box], box: Box) -> None:
        import numpy as np

        left, low, right, top = _around(boxes.values(), box)
        area = (box[2] - box[0]) * (box[3] - box[1])
        self._scale = min(8.0, math.sqrt(_PIXELS / area)) if area > 0 else 1.0
        edges = tuple(self._whole_pixels(e) for e in (left - box[0], low - box[1], box[2] - right, box[3] - top))
        self._left, self._top = box[0] + edges[0], box[3] - edges[3]
        self._marks: dict[int, np.ndarray[Any, Any]] = {}
        painted = self._render(page, edges)
        for group in _apart(boxes):
            for handle in group:
                _set_active(handle, 0)
            bare = self._render(page, edges)
            for handle in group:
                _set_active(handle, 1)
            changed = np.maximum(painted, bare) - np.minimum(painted, bare) > _FAINT
            marks = functools.reduce(np.logical_or, (changed[:, :, channel] for channel in range(changed.shape[2])))
            self._marks.update(dict.fromkeys(group, marks))

    def shows(self, handle: int, x0: float, y0: float, x1: float, y1: float) -> bool:
        """Whether an object leaves marks enough in the box around a character's ink (points, as in the PDF)."""
        import numpy as np

        if (marks := self._marks.get(handle)) is None:
            return True
        rows, columns = marks.shape
        left, right = self._pixels(x0 - self._left, x1 - self._left, columns)
        above, below = self._pixels(self._top - y1, self._top - y0, rows)
        part = marks[above:below, left:right]
        return part.size > 0 and int(np.count_nonzero(part)) / part.size > _LEGIBLE

    def _whole_pixels(self, points: float) -> float:
        """A little less than a whole number of pixels, in points: the library rounds up what it cuts off."""
        return (math.floor(points * self._scale) - 0.01) / self._scale

    def _pixels(self, low: float, high: float, count: int) -> tuple[int, int]:
        start = min(count, max(0, int(low * self._scale)))
        return start, min(count, max(start + 1, math.ceil(high * self._scale)))

    def _render(self, page: Any, edges: tuple[float, ...]) -> np.ndarray[Any, Any]:
        """The page as it stands in its own frame, rows from the top; without its `edges`, in points from each side."""
        upright = -page.get_rotation() % 360
        image = page.render(scale=self._scale, rotation=upright, crop=edges, may_draw_forms=False, draw_annots=False)
        pixels: np.ndarray[Any, Any] = image.to_numpy()
        return pixels


def _around(boxes: Iterable[Box], page: Box) -> Box:
    """The part of the page that the boxes lie in; all of it where that is next to nothing."""
    lefts, lows, rights, tops = zip(*boxes, strict=True)
    left, low = max(page[0], min(lefts) - _MARGIN), max(page[1], min(lows) - _MARGIN)
    right, top = min(page[2], max(rights) + _MARGIN), min(page[3], max(tops) + _MARGIN)
    return (left, low, right, top) if right - left > _MARGIN and top - low > _MARGIN else page


def _apart(boxes: Mapping[int, Box]) -> list[list[int]]:
    """The objects in a few groups in which (but for the last) no two boxes overlap."""
    groups: list[list[int]] = []
    for handle, box in boxes.items():
        for group in groups:
            full = len(groups) == _MOST_GROUPS and group is groups[-1]
            if full or not any(meets(box, boxes[other]) for other in group):
                group.append(handle)
                break
        else:
            groups.append([handle])
    return groups
