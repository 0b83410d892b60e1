"""Splits words whose characters differ in size or height.

Only words of more than one text object are looked at; of these, digits and what may be of a formula, one by one.
"""

from __future__ import annotations

import ctypes
import re
import statistics
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import pypdfium2.raw as pdfium_c

from ragft.corpus.pdf.numbers.raised_digits import SMALL, lifted, rises
from ragft.corpus.pdf.pdfium.binding import address, bind, pointer
from ragft.corpus.pdf.text.styles import PageStyles, Style, object_at
from ragft.corpus.pdf.text.turned import Baselines
from ragft.corpus.stopwords import FUNCTION_WORDS

Edges = tuple[float, float]
"""The upper and the lower edge of a character, growing upwards."""

locate = bind(pdfium_c.FPDFText_GetLooseCharBox, ctypes.c_int)

_CLOSING = ".,;:)]"
_DIGIT = re.compile(r"\d")
_TOKEN = re.compile(
    r"(?<![^\W_])(?![A-Za-z](?:[aeou][a-z]|[a-z][aeou])(?![^\W_]))(?!(?:al|et|in|of|to)(?![^\W_]))[^\W\d_]"
    r"(?:[^\W\d_]{1,2}|[∗*⊤†]|\(\w\))(?![^\W_])|(?<=[^\W_])[)\]|}‖⟩](?:[^\W\d_]{1,2}|[∗*⊤†])(?![^\W_])"
)
"""A letter of a formula, or a bracket, with what may be set above or below the line behind it: `xT`, `Wij`, `x∗`; no
words of three letters."""
_LONGEST = 4
"""Characters of such a token."""
_GAP = 0.12
"""Gap in em from which on two numbers are no longer one."""
_ENDS_NUMBER, _BEGINS_NUMBER = frozenset("0123456789%)"), frozenset("0123456789($€£")
_LIFT = 0.2
"""Share of the height of type by which characters are raised at least."""
_RISE, _DROP = 0.12, 0.3
"""The same for the feet of smaller ones, and by which the heads of those below the line are lower."""
_TALLEST = 2.2
"""Times the height of small characters that those of the line are at most; old symbol fonts name taller boxes."""
_SIGNS = frozenset("+−–-")


class Cuts:
    """Where the words of a page's `text` are cut. `size`: the page's, in points."""

    def __init__(self, textpage: Any, text: str, styles: PageStyles, size: tuple[float, float]) -> None:
        self.baselines = Baselines(textpage, size)
        self._styles = styles
        self._text = text
        self._raw = pointer(address(textpage.raw))
        self._rectangle = (ctypes.c_float * 4)()
        self._where = pointer(self._rectangle)

    def within(self, start: int, end: int, style: Style, at_start: Edges, at_end: Edges) -> list[int]:
        """Where a word is cut that begins in `style`; the edges are those of its first and last character."""
        if not style.level:
            return self._along(start, end, style)
        cuts = letter_cuts(self._text, start, end, self._styles)
        if _DIGIT.search(self._text, start, end):
            cuts += digit_cuts(self._edges, self._text, start, end, at_start, at_end)
            cuts += self._gaps(start, end, style.size)
        return sorted(set(cuts))

    def _gaps(self, start: int, end: int, size: float) -> list[int]:
        """Where one number ends and another begins: text objects with a gap between them, wider than within them."""
        edges = []
        for index in range(start, end):
            locate(self._raw, index, self._where)
            edges.append((self._rectangle[0], self._rectangle[2]))
        gaps = [after[0] - before[1] for before, after in pairwise(edges)]
        usual = max(0.0, statistics.median(gaps)) if len(gaps) > 1 else 0.0
        return [
            start + place
            for place, gap in enumerate(gaps, start=1)
            if gap - usual > _GAP * size
            and self._text[start + place - 1] in _ENDS_NUMBER
            and self._text[start + place] in _BEGINS_NUMBER
            and object_at(self._raw, start + place - 1) != object_at(self._raw, start + place)
        ]

    def _along(self, start: int, end: int, style: Style) -> list[int]:
        """The same in a word that runs at an angle, or up or down the page, and where it goes on on another line."""
        if cuts := self.baselines.breaks(start, end, style):
            return cuts
        along = partial(self.baselines.edges, style=style)
        found = _DIGIT.search(self._text, start, end)
        return digit_cuts(along, self._text, start, end, along(start), along(end - 1)) if found else []

    def _edges(self, index: int) -> Edges:
        locate(self._raw, index, self._where)
        _, top, _, bottom = self._rectangle
        return top, bottom


def letter_cuts(text: str, start: int, end: int, styles: PageStyles) -> list[int]:
    """Where in a word the size of type changes within a formula's letter and what stands behind it.

    Only tokens of two or three characters that are not common words are looked at.
    """
    cuts: list[int] = []
    for match in _TOKEN.finditer(text, start, end + _LONGEST):
        if match.start() >= end or match.group().casefold() in FUNCTION_WORDS:
            continue
        sizes = [styles.at(index).size for index in range(*match.span())]
        if min(sizes) <= SMALL * max(sizes):
            found = (match.start() + i for i in range(1, len(sizes)) if sizes[i] != sizes[i - 1])
            cuts += [index for index in found if index < end]
    return cuts


def digit_cuts(
    edges: Callable[[int], Edges], text: str, start: int, end: int, at_start: Edges, at_end: Edges
) -> list[int]:
    """Where in a word the size of type changes, if it does so at a digit or sign above or below the line, behind a
    digit where small characters are raised, or at the outer digit or the first of the run that ends there.

    Else where digits begin or end that are lifted. `edges` are those of a character, `at_start` and `at_end` those of
    the first and the last.
    """
    found = [at_start, *map(edges, range(start + 1, end - 1)), at_end]
    cuts = _changes(start, found)
    pairs = {i: (text[i - 1 : i + 1], found[i - start - 1], found[i - start]) for i in cuts}
    if any(pair[0].isdigit() and rises(before, after) for pair, before, after in pairs.values()):
        return cuts
    if any(_is_script(*pair) for pair in pairs.values()):
        return [i for i, (pair, _, _) in pairs.items() if any(char.isdigit() or char in _SIGNS for char in pair)]
    lifts = [start + i for i in lifted(text[start:end], found)]
    digit = _outer_digit(text, start, end)
    if digit is None:
        is_behind_digit = any(text[i - 1].isdigit() and found[i - start][1] > found[i - start - 1][1] for i in lifts)
        return lifts if is_behind_digit else []
    first = digit
    while first > start + 1 and text[first - 1].isdigit():
        first -= 1
    usual, outer = at_start if digit > start else at_end, found[digit - start]
    if _is_as_high(usual, outer) and (first == digit or _is_as_high(usual, found[first - start])):
        return [] if abs(outer[1] - usual[1]) < _LIFT * (usual[0] - usual[1]) else lifts
    return cuts


def _is_script(pair: str, before: Edges, after: Edges) -> bool:
    """Whether the smaller of two characters is a digit or sign above or below the line."""
    (small, line), text = ((before, after), pair[0]) if _height(before) < _height(after) else ((after, before), pair[1])
    if not (text.isdigit() or text in _SIGNS) or _height(line) > _TALLEST * _height(small):
        return False
    return small[1] - line[1] > _RISE * _height(line) or line[0] - small[0] > _DROP * _height(line)


def _outer_digit(text: str, start: int, end: int) -> int | None:
    """Where a digit stands that may be set above or below the line: the last, before punctuation, or the first."""
    if text[end - 1].isdigit():
        return end - 1
    if text[end - 1] in _CLOSING and text[end - 2].isdigit():
        return end - 2
    return start if text[start].isdigit() else None


def _changes(start: int, found: Sequence[Edges]) -> list[int]:
    """Where the size of type changes in a word that begins at `start`."""
    return [start + i for i in range(1, len(found)) if not _is_as_high(found[i - 1], found[i])]


def _is_as_high(one: Edges, other: Edges) -> bool:
    return abs(_height(one) - _height(other)) < 0.1 * _height(one)


def _height(edges: Edges) -> float:
    return edges[0] - edges[1]
