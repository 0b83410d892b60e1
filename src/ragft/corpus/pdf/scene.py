"""What a page paints, in order: whether its text can be seen, where it is cut off and what is painted over it.

Of everything that is painted only plain filled rectangles are known to hide what lies under them. A scan may be laid
over its own text, and a picture may be transparent, so images hide nothing.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from ctypes import c_float, c_int, c_uint, c_ulong, c_void_p
from typing import Any, Literal, NamedTuple

import pypdfium2.raw as pdfium_c

from ragft.corpus.pdf.binding import Box, address, bind
from ragft.corpus.pdf.grid import Colour, Grid, Painted

Matrix = tuple[float, float, float, float, float, float]
Visibility = Literal["shown", "unseen", "gone"]
"""`unseen`: painted so that it leaves no mark, as the text layer of a scan is; `gone`: hidden in any case."""

_MOST_OBJECTS = 20_000
_DEEPEST = 6
_SAME_COLOUR = 5
"""Steps of 255 up to which two colours look the same."""
_MOST_POINTS = 64
_WHITE = (255, 255, 255)
_THIN = 4.0
"""Points below which a shape is a rule or the like, and neither hides text nor lies behind it."""

_count_of_page = bind(pdfium_c.FPDFPage_CountObjects, c_int, c_void_p)
_object_of_page = bind(pdfium_c.FPDFPage_GetObject, c_void_p, c_void_p, c_int)
_count_of_form = bind(pdfium_c.FPDFFormObj_CountObjects, c_int, c_void_p)
_object_of_form = bind(pdfium_c.FPDFFormObj_GetObject, c_void_p, c_void_p, c_ulong)
_type_of = bind(pdfium_c.FPDFPageObj_GetType, c_int, c_void_p)
_matrix_of = bind(pdfium_c.FPDFPageObj_GetMatrix, c_int, c_void_p, c_void_p)
_bounds_of = bind(pdfium_c.FPDFPageObj_GetBounds, c_int, *[c_void_p] * 5)
_render_mode = bind(pdfium_c.FPDFTextObj_GetTextRenderMode, c_int, c_void_p)
_fill_colour = bind(pdfium_c.FPDFPageObj_GetFillColor, c_int, *[c_void_p] * 5)
_stroke_colour = bind(pdfium_c.FPDFPageObj_GetStrokeColor, c_int, *[c_void_p] * 5)
_draw_mode = bind(pdfium_c.FPDFPath_GetDrawMode, c_int, *[c_void_p] * 3)
_is_transparent = bind(pdfium_c.FPDFPageObj_HasTransparency, c_int, c_void_p)
_segments_of = bind(pdfium_c.FPDFPath_CountSegments, c_int, c_void_p)
_segment_at = bind(pdfium_c.FPDFPath_GetPathSegment, c_void_p, c_void_p, c_int)
_point_of = bind(pdfium_c.FPDFPathSegment_GetPoint, c_int, *[c_void_p] * 3)
_clip_of = bind(pdfium_c.FPDFPageObj_GetClipPath, c_void_p, c_void_p)
_clip_paths = bind(pdfium_c.FPDFClipPath_CountPaths, c_int, c_void_p)
_clip_segments = bind(pdfium_c.FPDFClipPath_CountPathSegments, c_int, c_void_p, c_int)
_clip_segment = bind(pdfium_c.FPDFClipPath_GetPathSegment, c_void_p, c_void_p, c_int, c_int)

_TEXT, _PATH, _FORM = pdfium_c.FPDF_PAGEOBJ_TEXT, pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_FORM
_IMAGE = pdfium_c.FPDF_PAGEOBJ_IMAGE
_FILLS, _STROKES = frozenset({0, 2, 4, 6}), frozenset({1, 2, 5, 6})
_CLIPS_ONLY = pdfium_c.FPDF_TEXTRENDERMODE_CLIP

_four_floats = (c_float * 6)()
_floats_at = [ctypes.addressof(_four_floats) + 4 * i for i in range(6)]
_modes = (c_int * 2)()
_modes_at = ctypes.addressof(_modes)
_four = (c_uint * 4)()
_four_at = [ctypes.addressof(_four) + 4 * i for i in range(4)]


class Sight(NamedTuple):
    """What can be seen of a text object: within `window` only, and not under `covers`."""

    visibility: Visibility
    window: Box
    covers: tuple[Box, ...] = ()

    def shows(self, x0: float, y0: float, x1: float, y1: float) -> bool:
        """Whether enough of a box of the object's text can be seen to be read."""
        left, bottom, right, top = self.window
        if x0 < left or y0 < bottom or x1 > right or y1 > top:
            inside = max(0.0, min(x1, right) - max(x0, left)) * max(0.0, min(y1, top) - max(y0, bottom))
            if inside < 0.3 * (x1 - x0) * (y1 - y0) or x0 > right or x1 < left or y0 > top or y1 < bottom:
                return False
        return not any(_hides(cover, x0, y0, x1, y1) for cover in self.covers)


def _hides(cover: Box, x0: float, y0: float, x1: float, y1: float) -> bool:
    left, bottom, right, top = cover
    wide = min(x1, right) - max(x0, left)
    high = min(y1, top) - max(y0, bottom)
    return wide > 0.7 * (x1 - x0) and high > 0.6 * (y1 - y0)


class Scene:
    """The objects of a page in the order they are painted in. `box`: the part of the page that is shown."""

    def __init__(self, page: Any) -> None:
        self.box: Box = page.get_bbox()
        self._page = page
        self._all = Sight("shown", self.box)
        self._order: dict[int, int] = {}
        """Of a text object: how many of the things in `_painted` were painted before it."""
        self._inside: dict[int, tuple[Matrix, Box]] = {}
        self._painted = Grid(self.box)
        self._hidden = 0
        """How many of the things in `_painted` there are up to the last that hides what lies below."""
        self._left = _MOST_OBJECTS
        self._clips: dict[int, Box | None] = {}
        """The box around a clip path, by the address of its first segment: objects share their paths."""
        self._grounds: set[Colour] = {_WHITE}
        self._shown_anywhere: dict[Colour, bool] = {}
        raw = address(page.raw)
        self._walk(raw, _count_of_page(raw), _object_of_page, None, self.box, 0)

    def sight(self, handle: int) -> Sight:
        """What can be seen of a text object."""
        if not handle:
            return self._all
        order = self._order.get(handle)
        matrix, window = self._inside.get(handle, (None, self.box))
        window = self._clipped(handle, matrix, window)
        mode = _render_mode(handle)
        visibility = self._visibility(handle, mode, order, matrix)
        if (
            order is not None
            and order < self._hidden
            and mode != _CLIPS_ONLY
            and (box := _bounds(handle, matrix)) is not None
        ):
            later = self._painted.meeting(box, order)
            return Sight(visibility, window, tuple(item.box for item in later if item.hides))
        return self._all if visibility == "shown" and window == self.box else Sight(visibility, window)

    def is_over_image(self, x: float, y: float) -> bool:
        """Whether there is an image at a point of the page."""
        return any(item.image for item in self._painted.at(x, y))

    def count_texts(self) -> int:
        """How many text objects the page has."""
        return len(self._order)

    def leaves_marks(self) -> bool:
        """Whether anything shows on the page as it is rendered: pdfium does not tell all patterns from colours."""
        image = self._page.render(scale=1, grayscale=True).to_numpy()
        return int(image.max()) - int(image.min()) > _SAME_COLOUR

    def _walk(
        self, owner: int, count: int, get: Callable[[int, int], int], matrix: Matrix | None, window: Box, depth: int
    ) -> None:
        """List objects; those of a form with its `matrix`, its `window` being the part of the page it may paint."""
        order, painted = self._order, self._painted
        count = min(count, self._left)
        self._left -= count
        for index in range(count):
            item = get(owner, index)
            kind = _type_of(item)
            if kind == _TEXT:
                order[item] = len(painted)
                if matrix is not None:
                    self._inside[item] = matrix, window
            elif kind != _FORM:
                self._paint(item, kind, matrix, window)
            elif depth < _DEEPEST:
                inner = _product(_own_matrix(item), matrix)
                own = self._clipped(item, matrix, window)
                self._walk(item, _count_of_form(item), _object_of_form, inner, own, depth + 1)

    def _paint(self, item: int, kind: int, matrix: Matrix | None, window: Box) -> None:
        if kind == _PATH and not _is_filled(item):
            return
        box = _bounds(item, matrix)
        if box is None or box[2] - box[0] < _THIN or box[3] - box[1] < _THIN:
            return
        box = _common(box, self._clipped(item, matrix, window))
        colour = _colour(_fill_colour, item) if kind == _PATH else None
        if box[0] >= box[2] or box[1] >= box[3] or (colour is not None and colour[3] == 0):
            return
        plain = colour is not None and colour[3] == 255 and not _is_transparent(item) and _is_rectangle(item)
        ground = colour[:3] if plain and colour else None
        self._painted.add(Painted(box, ground, plain, kind == _IMAGE))
        if ground:
            self._grounds.add(ground)
            self._hidden = len(self._painted)

    def _clipped(self, item: int, matrix: Matrix | None, window: Box) -> Box:
        """`window` without what an object's clip paths cut off; a path counts as the box around it."""
        clip = _clip_of(item)
        for path in range(min(_clip_paths(clip), 16) if clip else 0):
            key = _clip_segment(clip, path, 0) or 0
            if key not in self._clips:
                self._clips[key] = _clip_box(clip, path)
            if (box := self._clips[key]) is not None:
                window = _common(window, _moved(box, matrix))
        return window

    def _visibility(self, handle: int, mode: int, order: int | None, matrix: Matrix | None) -> Visibility:
        """`order` is None where the object was not walked: nothing is known of what lies over it."""
        fill = _colour(_fill_colour, handle) if mode in _FILLS else None
        if mode == 0 and fill and self._is_shown_anywhere(fill):
            return "shown"
        box = _bounds(handle, matrix)
        if mode == _CLIPS_ONLY:  # letters cut out of what is painted next
            later = () if order is None else self._painted.meeting(box or self.box, order)
            return "shown" if any(True for _ in later) else "unseen"
        filled = mode in _FILLS and self._stands_out(fill, order, box)
        stroked = mode in _STROKES and self._stands_out(_colour(_stroke_colour, handle), order, box)
        return "shown" if filled or stroked else "unseen"

    def _stands_out(self, colour: Colour | None, order: int | None, box: Box | None) -> bool:
        """Whether a colour differs from what it is painted on; None is a pattern and always does."""
        if colour is None:
            return True
        if colour[3] == 0:
            return False
        if order is None and not _is_same(colour, _WHITE):
            return True  # where in a form the object stands is not known, nor what it stands on
        ground: Colour | None = _WHITE
        if box is not None:
            below = self._painted.top_at((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, order)
            ground = below.colour if below else _WHITE
        return ground is None or not _is_same(colour, ground)

    def _is_shown_anywhere(self, colour: Colour) -> bool:
        """Whether a colour is not transparent, and differs from that of the page and of all plain shapes on it."""
        if (known := self._shown_anywhere.get(colour)) is None:
            known = colour[3] > 0 and not any(_is_same(colour, ground) for ground in self._grounds)
            self._shown_anywhere[colour] = known
        return known


def _is_same(colour: Colour, ground: Colour) -> bool:
    """Whether two colours look alike; an alpha value behind them does not count."""
    return all(abs(one - other) <= _SAME_COLOUR for one, other in zip(colour[:3], ground[:3], strict=True))


def _colour(ask: Callable[..., int], item: int) -> Colour | None:
    """Red, green, blue and alpha of an object, 0 to 255; None for a pattern."""
    return tuple(_four) if ask(item, *_four_at) else None


def _is_filled(path: int) -> bool:
    known = _draw_mode(path, _modes_at, _modes_at + 4)
    return not known or _modes[0] != 0


def _is_rectangle(path: int) -> bool:
    count = _segments_of(path)
    if not 4 <= count <= 6:
        return False
    points = list(_points(_segment_at(path, index) for index in range(count)))
    xs, ys = {round(x, 1) for x, _ in points}, {round(y, 1) for _, y in points}
    return len(xs) == 2 and len(ys) == 2


def _points(segments: Iterator[int]) -> Iterator[tuple[float, float]]:
    for segment in segments:
        if segment and _point_of(segment, _floats_at[0], _floats_at[1]):
            yield _four_floats[0], _four_floats[1]


def _clip_box(clip: int, path: int) -> Box | None:
    """The box around a clip path; None for one of no or too many points."""
    count = _clip_segments(clip, path)
    points = list(_points(_clip_segment(clip, path, index) for index in range(min(count, _MOST_POINTS))))
    if not points or count > _MOST_POINTS:
        return None
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _own_matrix(form: int) -> Matrix:
    if not _matrix_of(form, _floats_at[0]):
        return 1.0, 0.0, 0.0, 1.0, 0.0, 0.0
    a, b, c, d, e, f = _four_floats
    return a, b, c, d, e, f


def _product(inner: Matrix, outer: Matrix | None) -> Matrix:
    if outer is None:
        return inner
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _bounds(item: int, matrix: Matrix | None) -> Box | None:
    """Left, bottom, right and top of an object on the page, in points; None where pdfium does not know."""
    if not _bounds_of(item, *_floats_at[:4]):
        return None
    left, bottom, right, top = _four_floats[:4]
    return _moved((left, bottom, right, top), matrix)


def _moved(box: Box, matrix: Matrix | None) -> Box:
    if matrix is None:
        return box
    a, b, c, d, e, f = matrix
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (box[0], box[2]) for y in (box[1], box[3])]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _common(one: Box, other: Box) -> Box:
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])
