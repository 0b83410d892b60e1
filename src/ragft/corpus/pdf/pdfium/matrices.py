"""Where the objects of a page lie: their boxes and matrices, also within forms."""

from __future__ import annotations

import ctypes
import struct
from ctypes import c_float, c_int, c_void_p

import pypdfium2.raw as pdfium_c

from ragft.corpus.pdf.pdfium.binding import Box, bind, pointer

Matrix = tuple[float, float, float, float, float, float]

_matrix_of = bind(pdfium_c.FPDFPageObj_GetMatrix, c_int, c_void_p)
_bounds_of = bind(pdfium_c.FPDFPageObj_GetBounds, c_int, c_void_p)

_floats = (c_float * 6)()
_floats_at = [pointer(ctypes.addressof(_floats) + 4 * i) for i in range(4)]
_four_of = struct.Struct("4f").unpack_from  # much faster than to take the numbers one by one


def own_matrix(item: int) -> Matrix:
    """The matrix of an object; the identity where pdfium does not know it."""
    if not _matrix_of(item, _floats_at[0]):
        return 1.0, 0.0, 0.0, 1.0, 0.0, 0.0
    a, b, c, d, e, f = _floats
    return a, b, c, d, e, f


def product(inner: Matrix, outer: Matrix | None) -> Matrix:
    """The matrix that moves by `inner` first, then by `outer`."""
    if outer is None:
        return inner
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def bounds(item: int, matrix: Matrix | None) -> Box | None:
    """Left, bottom, right and top of an object on the page, in points; None where pdfium does not know."""
    if not _bounds_of(item, *_floats_at):
        return None
    return moved(_four_of(_floats), matrix)


def moved(box: Box, matrix: Matrix | None) -> Box:
    """The upright box around a moved one."""
    if matrix is None:
        return box
    left, low, right, high = box
    a, b, c, d, e, f = matrix
    if not b and not c:
        x0, x1, y0, y1 = a * left + e, a * right + e, d * low + f, d * high + f
        return (x0, y0, x1, y1) if x0 <= x1 and y0 <= y1 else (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    xs = a * left + c * low + e, a * left + c * high + e, a * right + c * low + e, a * right + c * high + e
    ys = b * left + d * low + f, b * left + d * high + f, b * right + d * low + f, b * right + d * high + f
    return min(xs), min(ys), max(xs), max(ys)
