"""Decides which characters of a word are visible if its text object is partly clipped or covered."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

import pypdfium2.raw as pdfium_c

from ragft.corpus.pdf.base import Visibility
from ragft.corpus.pdf.painted.ink import Ink
from ragft.corpus.pdf.painted.scene import Scene, Sight
from ragft.corpus.pdf.pdfium.binding import Box, address, bind, pointer
from ragft.corpus.pdf.text.cuts import locate
from ragft.corpus.pdf.text.styles import object_at

_ink_box_at = bind(pdfium_c.FPDFText_GetCharBox, ctypes.c_int)

Run = tuple[int, int]


class Glyphs:
    """The characters of a page's text, looked at one by one."""

    def __init__(self, page: Any, textpage: Any, scene: Scene) -> None:
        self._page = page
        self._raw = pointer(address(textpage.raw))
        self._scene = scene
        self._ink: Ink | None = None
        self._loose_box, self._tight_box = (ctypes.c_float * 4)(), (ctypes.c_double * 4)()
        self._loose_at = pointer(self._loose_box)
        self._tight_at = [pointer(ctypes.addressof(self._tight_box) + 8 * i) for i in range(4)]

    def look(self, text: str, start: int, end: int, sight: Sight, box: Box) -> tuple[Visibility, list[Run]]:
        """How text[start:end] in its box is seen; the parts that are seen and those that are not, where there are both.

        A sign between two letters is never left out alone: 3.5 must not become 35.
        """
        handles = [object_at(self._raw, index) or 0 for index in range(start, end)]
        sights = {handle: self._scene.sight(handle) for handle in set(handles)}
        painted = [sights[handle].visibility for handle in handles]
        if len(set(painted)) > 1:
            return sight.visibility, [(start + low, start + high) for _, low, high in _runs(painted)]
        if not any(sight.doubtful or not sight.is_whole(*box) for sight in sights.values()):
            return sight.visibility, []
        seen = [sights[handle].shows(*self._loose(start + i)) for i, handle in enumerate(handles)]
        framed = any(seen)
        if framed and any(sight.doubtful for sight in sights.values()):
            self._ink = self._ink or Ink(self._page, self._scene.doubtful(), self._scene.box)
            seen = [is_in and self._ink.shows(handles[i], *self._tight(start + i)) for i, is_in in enumerate(seen)]
        for i in range(1, len(seen) - 1):
            if not seen[i] and seen[i - 1] and seen[i + 1] and not text[start + i].isalnum():
                seen[i] = True
        if all(seen):
            return sight.visibility, []
        if any(seen):
            return sight.visibility, [(start + low, start + high) for _, low, high in _runs(seen)]
        over_image = framed and self._scene.is_over_image((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        return "covered" if over_image else "gone", []

    def split(self, start: int, end: int, is_in: Callable[[Box], bool]) -> list[Run]:
        """The parts of a run of characters whose boxes are in and out by turns; none where it is all of a kind."""
        runs = [
            (start + low, start + high) for _, low, high in _runs([is_in(self._loose(i)) for i in range(start, end)])
        ]
        return runs if len(runs) > 1 else []

    def inks(self, text: str, start: int, end: int) -> list[Box]:
        """The boxes around the ink of the letters and digits of text[start:end]."""
        return [self._tight(index) for index in range(start, end) if text[index].isalnum()]

    def _loose(self, index: int) -> Box:
        self._loose_box[:] = [0.0, 0.0, 0.0, 0.0]
        locate(self._raw, index, self._loose_at)
        left, top, right, bottom = self._loose_box
        return left, bottom, right, top

    def _tight(self, index: int) -> Box:
        """The box around a character's ink; the whole box where the font does not tell it."""
        self._tight_box[:] = [0.0, 0.0, 0.0, 0.0]
        _ink_box_at(self._raw, index, *self._tight_at)
        left, right, bottom, top = self._tight_box
        return (left, bottom, right, top) if left < right and bottom < top else self._loose(index)


def _runs(values: Sequence[object]) -> Iterator[tuple[object, int, int]]:
    """Equal values that follow one another, from and to."""
    end = 0
    for value, group in groupby(values):
        start, end = end, end + sum(1 for _ in group)
        yield value, start, end
