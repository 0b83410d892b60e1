"""pdfium's functions bound with plain pointers.

pypdfium2's own bindings make a typed pointer object of every result, which takes longer than the calls themselves.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import c_int, c_ulong, c_void_p
from typing import Any

import pypdfium2.raw as pdfium_c

Box = tuple[float, float, float, float]
Place = Callable[[float, float, float, float, int], Box]
"""Takes left, lower, right and upper edge of a box in the PDF, and the quarter turns of the text in it; returns left,
top, right and bottom in the frame in which that text is upright."""


def bind(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    """A function of pdfium that takes and gives plain addresses and numbers.

    `arguments`: the types of the first ones. All others must be a `pointer`, or a number, which is passed as an int:
    these are not converted, which takes as long as the call itself. Other threads wait meanwhile: to let them run takes
    a fifth of the time of such a call.
    """
    prototype = ctypes.PYFUNCTYPE(result, *arguments)
    return prototype(ctypes.cast(function, c_void_p).value or 0)


count_of_marks = bind(pdfium_c.FPDFPageObj_CountMarks, c_int, c_void_p)
"""How many marks of content an object of a page has."""
mark_of = bind(pdfium_c.FPDFPageObj_GetMark, c_void_p, c_void_p, c_ulong)
"""The address of one of them, by its number from 0."""


def pointer(place: Any) -> Any:
    """An address, or where an object of ctypes lies, made ready to be passed; to be kept where it is passed often."""
    return c_void_p.from_param(place if isinstance(place, int) else ctypes.addressof(place))


def address(handle: Any) -> int:
    """Where a pdfium handle points to, 0 for none."""
    return ctypes.cast(handle, c_void_p).value or 0


def box_of(annotation: object) -> Box | None:
    """The left, lower, right and upper edge of an annotation, in points as in the PDF; None if it has no place."""
    frame = pdfium_c.FS_RECTF()
    if not pdfium_c.FPDFAnnot_GetRect(annotation, frame):
        return None
    (left, right), (low, high) = sorted((frame.left, frame.right)), sorted((frame.bottom, frame.top))
    return left, low, right, high
