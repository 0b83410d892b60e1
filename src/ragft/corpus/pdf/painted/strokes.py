"""The level and upright lines that paths draw: rules, outlines of cells, whole grids in one path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ctypes import c_int, c_void_p

import pypdfium2.raw as pdfium_c

from ragft.corpus.pdf.painted.shapes import drawn, point_of, segment_at, segments_of
from ragft.corpus.pdf.pdfium.binding import Box, bind
from ragft.corpus.pdf.pdfium.matrices import Matrix, own_matrix, product

THICKEST = 2.6
"""Points of a line at most; of a stroke pdfium gives a box twice as high as the stroke."""
_LEVEL = 0.3
"""Points by which the ends of a level or upright line may differ."""
_MOST_OF_PATH, _MOST = 500, 20_000
"""Segments looked at: a map or a plot has many more, and no tables."""
_LINE, _MOVE = pdfium_c.FPDF_SEGMENT_LINETO, pdfium_c.FPDF_SEGMENT_MOVETO

_type_of = bind(pdfium_c.FPDFPathSegment_GetType, c_int, c_void_p)
_closes = bind(pdfium_c.FPDFPathSegment_GetClose, c_int, c_void_p)

Point = tuple[float, float]


def drawn_lines(paths: Iterable[tuple[int, Box | None, Matrix | None]]) -> Iterator[Box]:
    """The boxes around the level and upright lines of path objects.

    `paths`: each with its bounds on the page, and the matrix of the form that it stands in.
    """
    left = _MOST
    for path, box, matrix in paths:
        filled, outlined = drawn(path)
        if box is None or not (outlined or filled):
            continue
        if min(box[2] - box[0], box[3] - box[1]) <= THICKEST:
            yield box
        elif outlined and left > 0 and (count := segments_of(path)) <= _MOST_OF_PATH:
            left -= count
            for one, other in _straight(path, count, product(own_matrix(path), matrix)):
                if abs(one[0] - other[0]) < _LEVEL or abs(one[1] - other[1]) < _LEVEL:
                    (x0, x1), (y0, y1) = sorted((one[0], other[0])), sorted((one[1], other[1]))
                    yield x0, y0, x1, y1


def _straight(path: int, count: int, matrix: Matrix) -> Iterator[tuple[Point, Point]]:
    """The ends of the straight pieces of a path, moved by `matrix`."""
    a, b, c, d, e, f = matrix
    start = last = (0.0, 0.0)
    for index in range(count):
        segment = segment_at(path, index)
        if not (found := point_of(segment)):
            continue
        x, y = found
        point = a * x + c * y + e, b * x + d * y + f
        kind = _type_of(segment)
        if kind == _MOVE:
            start = point
        elif kind == _LINE:
            yield last, point
        if _closes(segment) and point != start:
            yield point, start
        last = point
