"""Text at an angle: removes the skew of scans, and gives slanted words a frame in which they are upright.

pdfium's boxes around slanted characters are level, so they overlap. Where characters begin on their baseline is exact.
"""

from __future__ import annotations

import ctypes
import math
import statistics
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium_c

from ragft.corpus.pdf.base import FIRST_SLANTED, TextSpan
from ragft.corpus.pdf.pdfium.binding import Place, address, bind, pointer
from ragft.corpus.pdf.text.styles import SLANTED, Style

_LEVEL, _MOST_TILT = math.radians(0.1), math.radians(15)
"""The skew of a scan whose text layer is taken level, at least and at most."""
_ABOVE, _BELOW, _WIDE = 0.75, 0.25, 0.5
"""Shares of the type size that a character reaches above and below its baseline, and to the right of its origin."""

_OTHER_LINE = 0.8
"""Share of the type size by which a character of another line stands higher or lower at least."""

_origin_at = bind(pdfium_c.FPDFText_GetCharOrigin, ctypes.c_int)


class Slanted(NamedTuple):
    """A word, where it stands in the page's text, and the style of its first character."""

    word: TextSpan
    start: int
    end: int
    style: Style


class Baselines:
    """Where the characters of a page's text begin, seen along the line they are on."""

    def __init__(self, textpage: Any, size: tuple[float, float]) -> None:
        self._raw = pointer(address(textpage.raw))
        self._middle = size[0] / 2, size[1] / 2
        self._point = (ctypes.c_double * 2)()
        at = ctypes.addressof(self._point)
        self._place = pointer(at), pointer(at + 8)

    def edges(self, index: int, style: Style) -> tuple[float, float]:
        """Upper and lower edge of a character, growing upwards from a line that runs as `style` does."""
        _, up = self._along(index, style.angle)
        return up + _ABOVE * style.size, up - _BELOW * style.size

    def breaks(self, start: int, end: int, style: Style) -> list[int]:
        """Where in a word its characters go on on another line: pdfium runs slanted labels together."""
        ups = [self._along(index, style.angle)[1] for index in range(start, end)]
        return [start + i for i in range(1, len(ups)) if abs(ups[i] - ups[i - 1]) > _OTHER_LINE * style.size]

    def lefts(self, start: int, end: int, place: Place, turned: int) -> list[float]:
        """Where characters that are level on a page of `turned` quarter turns begin, in points from its left."""
        found = []
        for index in range(start, end):
            _origin_at(self._raw, index, *self._place)
            x, y = self._point
            found.append(place(x, y, x, y, turned)[0])
        return found

    def set_upright(self, items: Iterable[Slanted], skew: float, turned: int) -> None:
        """Give slanted words the places they have in the frames of their angles.

        `skew`: radians by which all of the page is tilted; words that only share it are left as they are. `turned`:
        quarter turns of the page.
        """
        for word, start, end, style in items:
            if abs(style.tilt - skew) <= SLANTED:
                continue
            degrees = round(math.degrees(style.angle))
            left, up = self._along(start, math.radians(degrees))
            right, _ = self._along(end - 1, math.radians(degrees))
            word.left, word.right = left, right + _WIDE * style.size
            word.top, word.bottom = -up - _ABOVE * style.size, -up + _BELOW * style.size
            word.turn = FIRST_SLANTED + (degrees - 90 * turned) % 360

    def _along(self, index: int, angle: float) -> tuple[float, float]:
        """How far from the middle of the page a character begins, along a line of that angle and upwards from it."""
        _origin_at(self._raw, index, *self._place)
        x, y = self._point[0] - self._middle[0], self._point[1] - self._middle[1]
        cos, sin = math.cos(angle), math.sin(angle)
        return x * cos + y * sin, y * cos - x * sin


def take_out_tilt(words: Iterable[TextSpan], styles: Sequence[Style], size: tuple[float, float]) -> float:
    """Set words level that are all skewed, as in the text layer of a scan; the skew, in radians.

    `size`: the page's, in points.
    """
    tilt = statistics.median([style.tilt for style in styles] or [0.0])
    if not _LEVEL < abs(tilt) < _MOST_TILT:
        return 0.0
    for word in words:
        _set_level(word, tilt, size)
    return tilt


def _set_level(span: TextSpan, tilt: float, size: tuple[float, float]) -> None:
    """Move a word to where it would stand if the page were turned clockwise by `tilt` radians about its middle."""
    x, y = span.left - size[0] / 2, (span.top + span.bottom - size[1]) / 2
    cos, sin = math.cos(tilt), math.sin(tilt)
    right, down = x * cos - y * sin - x, x * sin + y * cos - y
    wide = (span.right - span.left) / cos
    span.left += right
    span.right = span.left + wide
    span.top += down
    span.bottom += down
