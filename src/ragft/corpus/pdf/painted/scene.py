"""The painted objects of a page in order; decides which text is visible, clipped or covered.

Plain filled rectangles are known to hide what lies under them. A picture, a curved shape or a wide stroke may hide it
or not: what they are painted over is doubtful, and the rendered page decides (`ragft.corpus.pdf.painted.ink`).
"""

from __future__ import annotations

import ctypes
import math
import struct
from collections.abc import Callable, Collection, Iterator, Sequence
from ctypes import c_int, c_uint, c_ulong, c_void_p
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium_c

from ragft.corpus.pdf.annotations.annotations import Annotations
from ragft.corpus.pdf.base import Visibility
from ragft.corpus.pdf.painted.grid import Colour, Grid, Painted, common, meets
from ragft.corpus.pdf.painted.shapes import (
    THIN,
    clip_box,
    clip_segment,
    drawn,
    is_rectangle,
    is_wide,
)
from ragft.corpus.pdf.painted.strokes import drawn_lines
from ragft.corpus.pdf.pdfium.binding import Box, address, bind, pointer
from ragft.corpus.pdf.pdfium.layers import is_in_layer
from ragft.corpus.pdf.pdfium.matrices import Matrix, bounds, moved, own_matrix, product

_MOST_OBJECTS = 20_000
_DEEPEST = 6
_SAME_COLOUR = 12
"""Steps of 255 up to which two colours look the same: 5 %, less than the palest type in use."""
_STRONG = 240
"""Least alpha, of 255, of a colour that may hide text below."""
_WHITE = (255, 255, 255)

_RULE = 2.7
"""The same for filled rectangles, which may cover a narrow sign."""

_count_of_page = bind(pdfium_c.FPDFPage_CountObjects, c_int, c_void_p)
_object_of_page = bind(pdfium_c.FPDFPage_GetObject, c_void_p, c_void_p)
_count_of_form = bind(pdfium_c.FPDFFormObj_CountObjects, c_int, c_void_p)
_object_of_form = bind(pdfium_c.FPDFFormObj_GetObject, c_void_p, c_void_p, c_ulong)
_type_of = bind(pdfium_c.FPDFPageObj_GetType, c_int, c_void_p)
_render_mode = bind(pdfium_c.FPDFTextObj_GetTextRenderMode, c_int, c_void_p)
_fill_colour = bind(pdfium_c.FPDFPageObj_GetFillColor, c_int, c_void_p)
_stroke_colour = bind(pdfium_c.FPDFPageObj_GetStrokeColor, c_int, c_void_p)
_is_transparent = bind(pdfium_c.FPDFPageObj_HasTransparency, c_int, c_void_p)
_clip_of = bind(pdfium_c.FPDFPageObj_GetClipPath, c_void_p, c_void_p)
_clip_paths = bind(pdfium_c.FPDFClipPath_CountPaths, c_int, c_void_p)

_TEXT, _PATH, _FORM = pdfium_c.FPDF_PAGEOBJ_TEXT, pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_FORM
_IMAGE = pdfium_c.FPDF_PAGEOBJ_IMAGE
_FILLS, _STROKES = frozenset({0, 2, 4, 6}), frozenset({1, 2, 5, 6})
_CLIPS_ONLY = pdfium_c.FPDF_TEXTRENDERMODE_CLIP

_four = (c_uint * 4)()
_four_at = [pointer(ctypes.addressof(_four) + 4 * i) for i in range(4)]
_four_of = struct.Struct("4I").unpack  # much faster than to take the numbers one by one


class FormFrame(NamedTuple):
    """How the objects of a form are painted: moved by `matrix`, within `window`, which may be `crooked`, that is only
    the box around the part that may be painted; `soft`: blended with what lies below; `optional`: perhaps in a layer
    that is switched off."""

    matrix: Matrix | None
    window: Box
    crooked: bool = False
    soft: bool = False
    optional: bool = False


class Sight(NamedTuple):
    """The visible part of a text object: within `window` only, and not under `covers`.

    `doubtful`: only the rendered page tells whether it can be seen at all. `added`: by an annotation.
    """

    visibility: Visibility
    window: Box
    covers: tuple[Box, ...] = ()
    doubtful: bool = False
    added: bool = False

    def is_whole(self, x0: float, y0: float, x1: float, y1: float) -> bool:
        """Whether nothing at all of a box of the object's text is cut off or covered."""
        left, bottom, right, top = self.window
        if x0 < left or y0 < bottom or x1 > right or y1 > top:
            return False
        return not any(x0 < c[2] and c[0] < x1 and y0 < c[3] and c[1] < y1 for c in self.covers)

    def shows(self, x0: float, y0: float, x1: float, y1: float) -> bool:
        """Whether enough of the box of a character can be seen to be read."""
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
    """The objects of a page in the order they are painted in. `box`: the part of the page that is shown.

    `layers`: the file has layers that are switched off.
    """

    def __init__(self, page: Any, annotations: Annotations, *, layers: bool = False) -> None:
        self.box: Box = page.get_bbox()
        self._page = page
        self._all = Sight("shown", self.box)
        self._order: dict[int, int] = {}
        """Of a text object: how many of the things in `_painted` were painted before it."""
        self._inside: dict[int, FormFrame] = {}
        self._added: set[int] = set()
        self._sights: dict[int, Sight] = {}
        self._painted = Grid(self.box)
        self._thin: list[tuple[int, FormFrame]] = []
        """Shapes that may be thin lines."""
        self._outlined: list[tuple[int, FormFrame]] = []
        """Filled shapes with an outline."""
        self._veiled = 0
        """How many things of `_painted` there are up to the last that hides, or may hide, text below."""
        self._veil: Box = (math.inf, math.inf, -math.inf, -math.inf)
        """The box around all of these."""
        self._left = _MOST_OBJECTS
        self._layers = layers
        self._redacted = annotations.redacted
        self._clips: dict[int, tuple[Box | None, bool]] = {}
        """The box around a clip path, and whether it is that box, by the address of its first segment, which objects
        share."""
        self._grounds: set[Colour] = {_WHITE}
        self._shown_anywhere: dict[Colour, bool] = {}
        self._hues: set[Colour | None] = set()
        """The colours of what is not of one colour all over its box; None where one of them has several."""
        self._blends_anywhere: dict[Colour | None, bool] = {}
        self._boxes: dict[int, Box | None] = {}
        raw = address(page.raw)
        self._page_frame = FormFrame(None, self.box)
        count = _count_of_page(raw)
        self._walk(raw, count, _object_of_page, self._page_frame, 0)
        last = _object_of_page(raw, count - 1) if annotations.merged and count else 0
        if last and _type_of(last) == _FORM:
            self._added.update(_texts_of(last, 0))

    def sight(self, handle: int) -> Sight:
        """The visible part of a text object."""
        if (known := self._sights.get(handle)) is None:
            known = self._sights[handle] = self._look(handle) if handle else self._all
        return known

    def _look(self, handle: int) -> Sight:
        order = self._order.get(handle)
        frame = self._inside.get(handle, self._page_frame)
        matrix = frame.matrix
        shown, crooked = self._clipped(handle, frame)
        mode = _render_mode(handle)
        fill = _colour(_fill_colour, handle) if mode in _FILLS else None
        visibility = self._visibility(handle, mode, fill, order, matrix)
        covers, veiled = self._redacted, False
        if order is not None and order < self._veiled and mode != _CLIPS_ONLY:
            box = self._box(handle, matrix)
            later = () if box is None or not meets(box, self._veil) else tuple(self._painted.meeting(box, order))
            covers += tuple(item.box for item in _after_picture(later, box or self.box) if item.hides)
            veiled = any(item.veils for item in later)
        doubtful = (
            veiled or crooked or self._layers or (mode in _FILLS and self._may_blend(handle, fill, order, matrix))
        )
        doubtful = doubtful and visibility == "shown" and mode != _CLIPS_ONLY
        added = handle in self._added
        if visibility == "shown" and shown == self.box and not (covers or doubtful or added):
            return self._all
        return Sight(visibility, shown, covers, doubtful, added)

    def doubtful(self) -> dict[int, Box]:
        """The text objects whose visibility only the rendered page shows, and the boxes around them."""
        found = (handle for handle in self._order if self.sight(handle).doubtful)
        return {h: self._box(h, self._inside.get(h, self._page_frame).matrix) or self.box for h in found}

    def is_over_image(self, x: float, y: float) -> bool:
        """Whether there is an image at a point of the page."""
        return any(item.image for item in self._painted.at(x, y))

    def texts(self) -> Collection[int]:
        """The text objects of the page."""
        return self._order.keys()

    def lines(self) -> Iterator[Box]:
        """The boxes around what may be thin lines."""
        return (box for item, frame in self._thin if (box := self._box(item, frame.matrix)))

    def strokes(self) -> Iterator[Box]:
        """The level and upright lines that are drawn, those of outlines and of grids in one path, too."""
        paths = (*self._thin, *self._outlined)
        return drawn_lines((item, self._box(item, frame.matrix), frame.matrix) for item, frame in paths)

    def leaves_marks(self) -> bool:
        """Whether anything shows on the page as it is rendered: pdfium does not tell all patterns from colours."""
        image = self._page.render(scale=1, grayscale=True).to_numpy()
        return int(image.max()) - int(image.min()) > _SAME_COLOUR

    def _box(self, item: int, matrix: Matrix | None) -> Box | None:
        """The bounds of an object on the page, which pdfium is asked for once."""
        if item not in self._boxes:
            self._boxes[item] = bounds(item, matrix)
        return self._boxes[item]

    def _walk(self, owner: int, count: int, get: Callable[[int, int], int], frame: FormFrame, depth: int) -> None:
        order, painted = self._order, self._painted
        count = min(count, self._left)
        self._left -= count
        for index in range(count):
            item = get(owner, index)
            kind = _type_of(item)
            if kind == _TEXT:
                order[item] = len(painted)
                if depth:
                    self._inside[item] = frame
            elif kind != _FORM:
                self._paint(item, kind, frame)
            elif depth < _DEEPEST:
                window, crooked = self._clipped(item, frame)
                soft = frame.soft or bool(_is_transparent(item))
                # A form names its layer where pdfium does not tell.
                inner = FormFrame(product(own_matrix(item), frame.matrix), window, crooked, soft, self._layers)
                self._walk(item, _count_of_form(item), _object_of_form, inner, depth + 1)

    def _paint(self, item: int, kind: int, frame: FormFrame) -> None:
        filled, outlined = drawn(item) if kind == _PATH else (True, False)
        box = self._box(item, frame.matrix) if filled or (outlined and is_wide(item)) else None
        thin = min(box[2] - box[0], box[3] - box[1]) if box else 0.0
        if box is None or thin < _RULE or (thin < THIN and not (kind == _PATH and filled and is_rectangle(item))):
            self._thin.append((item, frame))
            return
        if filled and outlined:
            self._outlined.append((item, frame))
        box = common(box, self._clipped(item, frame)[0])
        colour = _colour(_fill_colour if filled else _stroke_colour, item) if kind == _PATH else None
        if box[0] >= box[2] or box[1] >= box[3] or (colour is not None and colour[3] == 0):
            return
        strong = colour is None or colour[3] >= _STRONG
        plain = filled and colour is not None and colour[3] == 255 and not _is_transparent(item) and is_rectangle(item)
        # What may be switched off neither hides nor is a ground for certain: the rendered page decides.
        plain = plain and not (self._layers and (frame.optional or is_in_layer(item)))
        ground = colour[:3] if plain and colour else None
        hides = plain and not frame.soft
        if filled or strong:
            hue = None if colour is None else _over_white(colour)
            self._painted.add(Painted(box, ground, hides, kind == _IMAGE, strong and not hides, hue))
        if ground:
            self._grounds.add(ground)
        elif filled or strong:
            self._hues.add(_WHITE if kind == _IMAGE else hue)
        if strong:
            self._veiled = len(self._painted)
            left, low, right, high = self._veil
            self._veil = min(left, box[0]), min(low, box[1]), max(right, box[2]), max(high, box[3])

    def _clipped(self, item: int, frame: FormFrame) -> tuple[Box, bool]:
        """The frame's window without what an object's clip paths cut off, and whether it is crooked."""
        clip = _clip_of(item)
        window, crooked = frame.window, frame.crooked
        for path in range(min(_clip_paths(clip), 16) if clip else 0):
            key = clip_segment(clip, path, 0) or 0
            if key not in self._clips:
                self._clips[key] = clip_box(clip, path)
            box, straight = self._clips[key]
            crooked = crooked or not straight
            if box is not None:
                window = common(window, moved(box, frame.matrix))
        return window, crooked

    def _visibility(
        self, handle: int, mode: int, fill: Colour | None, order: int | None, matrix: Matrix | None
    ) -> Visibility:
        """`order` is None where the object was not walked: nothing is known of what lies over it."""
        if mode == 0 and fill and self._is_shown_anywhere(fill):
            return "shown"
        box = self._box(handle, matrix)
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
        if colour[3] <= _SAME_COLOUR:
            return False
        if order is None and not _is_same(colour, _WHITE):
            return True  # where in a form the object stands is not known, nor what it stands on
        ground: Colour | None = _WHITE
        if box is not None:
            below = self._painted.top_at((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, order)
            ground = below.colour if below else _WHITE
        return ground is None or not _is_same(colour, ground)

    def _may_blend(self, handle: int, colour: Colour | None, order: int | None, matrix: Matrix | None) -> bool:
        """Whether text may have the colour of a gradient, a curved shape or a white picture that it is painted on."""
        if (known := self._blends_anywhere.get(colour)) is None:
            known = any(colour is None or hue is None or _is_same(colour, hue) for hue in self._hues)
            self._blends_anywhere[colour] = known
        box = self._box(handle, matrix) if known else None
        if box is None:
            return False
        below = self._painted.top_at((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, order)
        if below is None or below.colour is not None:
            return False
        if colour is None or (below.hue is None and not below.image):
            return True
        return _is_same(colour, _WHITE if below.hue is None else below.hue)

    def _is_shown_anywhere(self, colour: Colour) -> bool:
        """Whether a colour differs from that of the page and of all plain shapes on it."""
        if (known := self._shown_anywhere.get(colour)) is None:
            known = not any(_is_same(colour, ground) for ground in self._grounds)
            self._shown_anywhere[colour] = known
        return known


def _after_picture(later: Sequence[Painted], box: Box) -> Sequence[Painted]:
    """What was painted after the last picture all over `box`: a scan may be laid over its text and a white ground."""
    for index in range(len(later) - 1, -1, -1):
        if later[index].image and common(later[index].box, box) == box:
            return later[index + 1 :]
    return later


def _over_white(colour: Colour) -> Colour:
    alpha = colour[3] / 255
    return tuple(round(part * alpha + 255 * (1 - alpha)) for part in colour[:3])


def _is_same(colour: Colour, ground: Colour) -> bool:
    """Whether a colour looks like the ground it is painted on, which shows through where it has an alpha value."""
    alpha = colour[3] / 255 if len(colour) > 3 else 1.0
    return all(abs(one - other) * alpha <= _SAME_COLOUR for one, other in zip(colour[:3], ground[:3], strict=True))


def _colour(ask: Callable[..., int], item: int) -> Colour | None:
    """Red, green, blue and alpha of an object, 0 to 255; None for a pattern."""
    return _four_of(_four) if ask(item, *_four_at) else None


def _texts_of(form: int, depth: int) -> Iterator[int]:
    for item in (_object_of_form(form, index) for index in range(min(_count_of_form(form), _MOST_OBJECTS))):
        if _type_of(item) == _TEXT:
            yield item
        elif _type_of(item) == _FORM and depth < _DEEPEST:
            yield from _texts_of(item, depth + 1)
