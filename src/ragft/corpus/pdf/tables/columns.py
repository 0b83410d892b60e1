"""Columns of numbers that stand closer together than cells do: a blank would make one number of two, `12 345`.

Where the gaps between numbers of neighbouring lines lie one below the other, what follows them begins a cell. Groups of
thousands, which lie so too, are kept together: three digits, no wider apart than a digit is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import attrgetter

from ragft.corpus.pdf.base import TextSpan
from ragft.corpus.pdf.numbers.raised_digits import SMALL

_NUMBER = re.compile(r"[-+−–~<>≈±(]*[$€£]?\d(?:[\d.,]*\d)?[)%*†‡]*")
_GROUP = re.compile(r"\d{3}(?:[.,]\d+)?[)%*†‡]*")
_BEFORE_GROUP = re.compile(r"[-+−–~<>≈±(]*[$€£]?\d{1,3}")
_NARROW, _WIDE = 0.12, 4.0
"""Gaps in em: below the first there is none, beyond the second they tell nothing of those in other lines."""
_DIGIT = 1.08
"""Widths of a digit up to which a gap may part groups of thousands."""
_STEP = 2.5
"""Distance of lines in em up to which they may be rows of one table."""
_LEVEL = 0.25
"""Distance of baselines in em up to which words stand on one line."""
_FEWEST, _FEWEST_IN_TEXT = 2, 3
"""Lines that a column of gaps runs through, where they hold nothing but numbers, and where they hold words, too."""
_TOUCHING = 1.0
"""Points by which a word may reach into a gap that it does not fill."""
_LABELS = 1
"""Words in a row of numbers that are not numbers."""


@dataclass(slots=True)
class _Gap:
    """The gap between two numbers of a line. `certain`: they are not groups of thousands."""

    left: float
    right: float
    word: TextSpan
    certain: bool


@dataclass(slots=True)
class _River:
    """Gaps of neighbouring lines that lie one below the other, and what is common to them."""

    left: float
    right: float
    rows: list[int] = field(default_factory=list)
    gaps: list[_Gap] = field(default_factory=list)


def mark_cells(words: Sequence[TextSpan]) -> None:
    """Set `begins_cell` of the words that begin a cell in columns of numbers, and in the line of heads above them."""
    full = list(_without_scripts(words))
    for turn in {word.turn for word in full}:
        level = [word for word in full if word.turn == turn]
        if sum([word.text[-1:].isdigit() for word in level]) >= 2 * _FEWEST:
            _mark(_rows(level))


def _without_scripts(words: Sequence[TextSpan]) -> Iterator[TextSpan]:
    """The words but the small ones that touch the one before, as exponents do: they belong to it."""
    before: TextSpan | None = None
    base: TextSpan | None = None
    for word in words:
        touches = before is not None and abs(word.left - before.right) <= _NARROW * before.size
        if not (touches and base is not None and word.size <= SMALL * base.size):
            base = word
            yield word
        before = word


def _mark(rows: Sequence[list[TextSpan]]) -> None:
    for river in _rivers(rows):
        plain = all(_is_of_numbers(rows[row]) for row in river.rows)
        needed = _FEWEST if plain else _FEWEST_IN_TEXT
        if len(river.rows) >= needed and any(gap.certain for gap in river.gaps):
            for gap in river.gaps:
                gap.word.begins_cell = True
            first = river.rows[0]
            if first and len(rows[first - 1]) <= len(rows[first]) + _LABELS and _is_near(rows[first - 1], rows[first]):
                _mark_head(rows[first - 1], river)


def _mark_head(row: Sequence[TextSpan], river: _River) -> None:
    for before, word in pairwise(row):
        if before.right - _TOUCHING <= river.left and river.right <= word.left + _TOUCHING:
            word.begins_cell = True


def _rows(words: Sequence[TextSpan]) -> list[list[TextSpan]]:
    """Words by the line that they stand on, from top to bottom, each line from left to right."""
    rows: list[list[TextSpan]] = []
    for word in sorted(words, key=attrgetter("bottom")):
        if rows and word.bottom - rows[-1][0].bottom < _LEVEL * word.size:
            rows[-1].append(word)
        else:
            rows.append([word])
    for row in rows:
        row.sort(key=attrgetter("left"))
    return rows


def _rivers(rows: Sequence[list[TextSpan]]) -> list[_River]:
    done: list[_River] = []
    flowing: list[_River] = []
    for number, row in enumerate(rows):
        if number and not _is_near(rows[number - 1], row):
            done, flowing = done + flowing, []
        waiting = list(_gaps(row))
        for river in flowing[:]:
            met = next((gap for gap in waiting if gap.left < river.right and river.left < gap.right), None)
            if met is not None:
                waiting.remove(met)
                river.left, river.right = max(river.left, met.left), min(river.right, met.right)
                river.rows.append(number)
                river.gaps.append(met)
            elif any(word.left + _TOUCHING < river.right and river.left < word.right - _TOUCHING for word in row):
                flowing.remove(river)
                done.append(river)
        flowing += [_River(gap.left, gap.right, [number], [gap]) for gap in waiting]
    return done + flowing


def _gaps(row: Sequence[TextSpan]) -> Iterator[_Gap]:
    for before, word in pairwise(row):
        if before.text[-1:].isalpha():
            continue
        gap = word.left - before.right
        em = max(before.size, word.size)
        if _NARROW * em < gap <= _WIDE * em and _NUMBER.fullmatch(before.text) and _NUMBER.fullmatch(word.text):
            groups = _BEFORE_GROUP.fullmatch(before.text) and _GROUP.fullmatch(word.text)
            digit = (before.right - before.left) / len(before.text)
            yield _Gap(before.right, word.left, word, not groups or gap > _DIGIT * digit)


def _is_near(above: Sequence[TextSpan], row: Sequence[TextSpan]) -> bool:
    return row[0].bottom - above[0].bottom <= _STEP * max(row[0].size, above[0].size)


def _is_of_numbers(row: Sequence[TextSpan]) -> bool:
    return sum(not _NUMBER.fullmatch(word.text) for word in row) <= _LABELS
