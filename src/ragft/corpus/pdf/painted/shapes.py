"""The shapes of a page: whether a path is a filled rectangle or a wide stroke, and what a clip path leaves."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterator, Sequence
from ctypes import c_float, c_int, c_void_p
from itertools import pairwise

import pypdfium2.raw as pdfium_c

from ragft.corpus.pdf.pdfium.binding import Box, bind, pointer

THIN = 4.0
"""Points below which a shape is a rule or the like, and neither hides text nor lies behind it."""
_MOST_POINTS = 64

_draw_mode = bind(pdfium_c.FPDFPath_GetDrawMode, c_int, c_void_p)
_stroke_width = bind(pdfium_c.FPDFPageObj_GetStrokeWidth, c_int, c_void_p)
segments_of = bind(pdfium_c.FPDFPath_CountSegments, c_int, c_void_p)
"""How many segments a path has."""
segment_at = bind(pdfium_c.FPDFPath_GetPathSegment, c_void_p, c_void_p)
"""The address of one of them, by its number from 0; 0 if there is none."""
_point_of = bind(pdfium_c.FPDFPathSegment_GetPoint, c_int, c_void_p)
_clip_segments = bind(pdfium_c.FPDFClipPath_CountPathSegments, c_int, c_void_p, c_int)
clip_segment = bind(pdfium_c.FPDFClipPath_GetPathSegment, c_void_p, c_void_p, c_int, c_int)

_two_floats = (c_float * 2)()
_floats_at = [pointer(ctypes.addressof(_two_floats) + 4 * i) for i in range(2)]
_modes = (c_int * 2)()
_modes_at = [pointer(ctypes.addressof(_modes) + 4 * i) for i in range(2)]
_pair_of_floats, _pair_of_modes = struct.Struct("2f").unpack, struct.Struct("2i").unpack


def drawn(path: int) -> tuple[bool, bool]:
    """Whether a path is filled, and whether its outline is drawn; it is filled only if pdfium does not know."""
    if not _draw_mode(path, *_modes_at):
        return True, False
    fill, outline = _pair_of_modes(_modes)
    return fill != 0, outline != 0


def is_wide(path: int) -> bool:
    """Whether the outline of a path is as wide as a bar."""
    return bool(_stroke_width(path, _floats_at[0])) and _two_floats[0] >= THIN


def is_rectangle(path: int) -> bool:
    """Whether a path is an upright rectangle of four to six points."""
    count = segments_of(path)
    return 4 <= count <= 6 and _is_straight(list(_points(segment_at(path, index) for index in range(count))))


def _is_straight(points: Sequence[tuple[float, float]]) -> bool:
    """Whether these are the corners of an upright rectangle, in order: a right triangle has three of them."""
    corners = [(round(x, 1), round(y, 1)) for x, y in points]
    if any(x != left and y != top for (x, y), (left, top) in pairwise(corners)):
        return False
    return len(set(corners)) == 4 and len({x for x, _ in corners}) == 2 == len({y for _, y in corners})


def _points(segments: Iterator[int]) -> Iterator[tuple[float, float]]:
    for segment in segments:
        if point := point_of(segment):
            yield point


def point_of(segment: int) -> tuple[float, float] | None:
    """Where a segment of a path ends, before any matrix; None where pdfium does not know."""
    if segment and _point_of(segment, *_floats_at):
        x, y = _pair_of_floats(_two_floats)
        return x, y
    return None


def clip_box(clip: int, path: int) -> tuple[Box | None, bool]:
    """The box around a clip path, None for one of no or too many points; and whether the path is that box."""
    count = _clip_segments(clip, path)
    points = list(_points(clip_segment(clip, path, index) for index in range(min(count, _MOST_POINTS))))
    if not points or count > _MOST_POINTS:
        return None, not points
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return (min(xs), min(ys), max(xs), max(ys)), len(points) <= 6 and _is_straight(points)
