"""Thin horizontal lines on a page: fraction bars, minus signs, and lines that strike words out."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence

from ragft.corpus.pdf.pdfium.binding import Box

Run = tuple[int, int]
Crossed = tuple[int, Run, Box, float]
"""A word's number on the page, its characters, the box around it and its size."""

_THICKEST = 2.6
_SHORTEST = 2.0
"""Points; of a stroke pdfium gives a box twice as high as the stroke."""
_STRIKES = 0.35, 0.75
"""Shares of the height of a word, from its foot, between which a line may strike it out."""
_BEYOND = 0.6
"""Em that a line which strikes words out may be longer than they are at each end: lines of a grid go on."""
_MINUS = 0.35, 0.9
"""Em that a sign is wide."""
_BEFORE_DIGIT = 0.22
"""Em between a sign and its number: the marks on an axis stand further from theirs."""
_BETWEEN, _EVEN = 0.45, 0.15
"""Em between a sign and the numbers on either side of it, and by which these gaps differ."""
_TOUCH = 2.0
"""Points that a line which strikes out a part of a word may be longer than the word, with the ends of its stroke."""
_DASHED = 2.0
"""Em between the dashes of a line."""
_LEVEL = 0.3
"""Points by which the heights of such dashes differ."""


class Rules:
    """The thin level lines among `boxes`: left, top, right and bottom in points, growing downwards."""

    def __init__(self, boxes: Iterable[Box]) -> None:
        level = (box for box in boxes if box[3] - box[1] <= _THICKEST and box[2] - box[0] >= _SHORTEST)
        self._lines = sorted(level, key=_middle)
        self._heights = [_middle(line) for line in self._lines]
        self._rows: dict[tuple[float, float], list[Box]] = {}
        """The lines that may strike out words, by the upper and lower edge of these: those of a row are alike."""

    def __bool__(self) -> bool:
        return bool(self._lines)

    def meet(self, top: float, bottom: float) -> bool:
        """Whether there are lines that may strike out words between these heights."""
        return bool(self._strikes(top, bottom))

    def across(self, word: Box) -> Box | None:
        """A line across the middle of all of a word's box, however far it goes on beyond."""
        left, top, right, bottom = word
        slack = 0.1 * (right - left)
        near = self._strikes(top, bottom)
        return next((line for line in near if line[0] <= left + slack and line[2] >= right - slack), None)

    def part_of(self, word: Box) -> Box | None:
        """A line across the middle of a part of a word, within it."""
        left, top, right, bottom = word
        near = self._strikes(top, bottom)
        return next((line for line in near if left - _TOUCH < line[0] and line[2] < right + _TOUCH), None)

    def shorter_than(self, length: float) -> list[Box]:
        """The lines up to a length in points, the longest first."""
        return sorted((line for line in self._lines if line[2] - line[0] <= length), key=lambda line: line[0] - line[2])

    def bar(self, upper: Box, lower: Box, em: float) -> Box | None:
        """The bar of a fraction between its two numbers: about as long as the longer of them."""
        left, right = min(upper[0], lower[0]), max(upper[2], lower[2])
        for line in self._between((upper[1] + upper[3]) / 2, (lower[1] + lower[3]) / 2):
            if abs(line[0] - left) < 0.5 * em and abs(line[2] - right) < 0.7 * em:
                return line
        return None

    def minus(self, number: Box, em: float) -> Box | None:
        """The sign drawn right before a number."""
        height = number[3] - number[1]
        for line in self._between(number[1] + 0.3 * height, number[3] - 0.3 * height):
            wide, gap = line[2] - line[0], number[0] - line[2]
            if _MINUS[0] * em <= wide <= _MINUS[1] * em and -0.05 * em <= gap <= _BEFORE_DIGIT * em:
                return line
        return None

    def between(self, one: Box, other: Box, em: float) -> Box | None:
        """The sign drawn in the middle between two numbers."""
        height = other[3] - other[1]
        for line in self._between(other[1] + 0.3 * height, other[3] - 0.3 * height):
            wide, gaps = line[2] - line[0], (line[0] - one[2], other[0] - line[2])
            if _MINUS[0] * em <= wide <= _MINUS[1] * em and min(gaps) > 0 and max(gaps) <= _BETWEEN * em:
                return line if abs(gaps[0] - gaps[1]) <= _EVEN * em else None
        return None

    def is_dashed(self, line: Box, em: float, known: Collection[Box]) -> bool:
        """Whether a line is a dash of a longer one: another than the `known` ones goes on from it at its height."""
        return any(
            other != line and other not in known and -em < max(line[0] - other[2], other[0] - line[2]) < _DASHED * em
            for other in self._between(_middle(line) - _LEVEL, _middle(line) + _LEVEL)
        )

    def _strikes(self, top: float, bottom: float) -> list[Box]:
        if (near := self._rows.get((top, bottom))) is None:
            high, low = bottom - _STRIKES[1] * (bottom - top), bottom - _STRIKES[0] * (bottom - top)
            near = self._rows[top, bottom] = self._between(high, low)
        return near

    def _between(self, top: float, bottom: float) -> list[Box]:
        return self._lines[bisect_left(self._heights, top) : bisect_right(self._heights, bottom)]


class Strikes:
    """The words of a page that lines are drawn through, found word by word."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._crossed: dict[Box, list[Crossed]] = {}

    def add(self, line: Box, index: int, run: Run, word: Box, em: float) -> None:
        """Note that a line crosses the word numbered `index`, which is the `run` of the page's characters."""
        self._crossed.setdefault(line, []).append((index, run, word, em))

    def struck(self, inks_of: Callable[[Run], Iterable[Box]]) -> list[int]:
        """The numbers of the words struck out; `inks_of`: the boxes around the ink of a run's letters and digits."""
        lines = {line for line, words in self._crossed.items() if _ends_with(line, words)}
        while dashes := {line for line in lines if self._rules.is_dashed(line, self._crossed[line][0][-1], lines)}:
            lines -= dashes
        found: list[int] = []
        for line in lines:
            inks = [ink for _, run, _, _ in self._crossed[line] for ink in inks_of(run)]
            if inks and all(_crosses(line, ink) for ink in inks):
                found += [index for index, *_ in self._crossed[line]]
        return found


def _ends_with(line: Box, words: Sequence[Crossed]) -> bool:
    reach = _BEYOND * max(em for *_, em in words)
    left, right = min(box[0] for _, _, box, _ in words), max(box[2] for _, _, box, _ in words)
    return left - line[0] <= reach and line[2] - right <= reach


def _crosses(line: Box, ink: Box) -> bool:
    margin = 0.1 * (ink[3] - ink[1])
    return ink[1] + margin < _middle(line) < ink[3] - margin


def _middle(box: Box) -> float:
    return (box[1] + box[3]) / 2
