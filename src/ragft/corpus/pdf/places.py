"""Finds the boxes around a passage on its page.

The text of a passage and of its page differ in spaces, hyphens, ligatures and the order of parts. Therefore only
letters and digits are compared. If a passage is not found as a whole, the longest common runs are used.
"""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import pypdfium2.raw as pdfium_c

from ragft.corpus.pdf.pdfium.binding import Box

_FINE = 1 << 20
"""Steps that a side of the page is divided into: pdfium gives places on the screen as whole numbers."""
_LEAST_RUN = 12
"""Least letters of a common run; shorter ones are coincidence."""
_LONGEST = 8000
"""Most letters of a passage that are searched."""


@dataclass(frozen=True)
class Letters:
    """The letters and digits of a text in one form, and the index of the character that each comes from."""

    text: str
    places: Sequence[int]

    @classmethod
    def of(cls, characters: Sequence[str]) -> Letters:
        """Those of `characters`, each a string of one character."""
        found = [
            (letter, index)
            for index, character in enumerate(characters)
            for letter in unicodedata.normalize("NFKD", character).casefold()
            if letter.isalnum()
        ]
        return cls("".join(letter for letter, _ in found), [index for _, index in found])


def boxes_of(page: Any, passage: str, before: str = "") -> tuple[list[Box], float]:
    """Boxes around `passage` on a page of pypdfium2, and the share of its letters that was found, 0 to 1.

    A box is (left, top, width, height) in shares of the page as it is shown, from its upper left corner. `before` is
    what stands before the passage: it tells which of several places is meant.
    """
    textpage = page.get_textpage()
    try:
        count = textpage.count_chars()
        codes = [pdfium_c.FPDFText_GetUnicode(textpage.raw, index) for index in range(count)]
        letters = Letters.of([chr(code) if code < 0x110000 else "" for code in codes])
        wanted = Letters.of(passage).text[:_LONGEST]
        if not wanted:
            return [], 0.0
        runs = list(_runs(letters.text, wanted, Letters.of(before).text))
        found = sum(end - start for start, end in runs) / len(wanted)
        boxes = [
            _character(page, textpage, index)
            for start, end in runs
            for index in range(letters.places[start], letters.places[end - 1] + 1)
            if codes[index] > ord(" ")
        ]
        return list(_lines(boxes)), min(found, 1.0)
    finally:
        textpage.close()


def _runs(text: str, wanted: str, before: str) -> Iterator[tuple[int, int]]:
    """Where `wanted` stands in `text`, from and to: as a whole, else in parts."""
    for length in (200, 40, 10, 0):
        lead = before[-length:] if length else ""
        if (start := text.find(lead + wanted)) >= 0:
            yield start + len(lead), start + len(lead) + len(wanted)
            return
    for block in SequenceMatcher(None, text, wanted, autojunk=False).get_matching_blocks():
        if block.size >= min(_LEAST_RUN, len(wanted)):
            yield block.a, block.a + block.size


def _character(page: Any, textpage: Any, index: int) -> Box:
    """The box of a character, as high as its line."""
    left, bottom, right, top = textpage.get_charbox(index, loose=True)
    corners = [_shown(page, left, top), _shown(page, right, bottom)]  # a turned page swaps them
    (x0, x1), (y0, y1) = sorted(x for x, _ in corners), sorted(y for _, y in corners)
    return x0, y0, x1 - x0, y1 - y0


def _shown(page: Any, x: float, y: float) -> tuple[float, float]:
    """A place of the page's own measure, as a share of the page as it is shown."""
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDF_PageToDevice(page.raw, 0, 0, _FINE, _FINE, 0, x, y, across, down)
    return across.value / _FINE, down.value / _FINE


def _lines(boxes: Sequence[Box]) -> Iterator[Box]:
    """One box for what stands on one line without a gap."""
    line: Box | None = None
    for box in boxes:
        if line is not None and _goes_on(line, box):
            x, y = min(line[0], box[0]), min(line[1], box[1])
            right = max(line[0] + line[2], box[0] + box[2])
            line = x, y, right - x, max(line[1] + line[3], box[1] + box[3]) - y
            continue
        if line is not None:
            yield line
        line = box
    if line is not None:
        yield line


def _goes_on(line: Box, box: Box) -> bool:
    """Whether `box` stands on the line, behind its end by no more than a few letters."""
    overlap = min(line[1] + line[3], box[1] + box[3]) - max(line[1], box[1])
    gap = box[0] - (line[0] + line[2])
    return overlap > 0.5 * min(line[3], box[3]) and -line[2] <= gap < 2 * line[3]
