"""Captions of figures and tables: how they begin, and floats beside one another or beside text, read apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import permutations

from ragft.corpus.pdf.base import TextSpan

CAPTION = re.compile(
    r"^(?:fig(?:ure|s?\.)?|tab(?:le|\.)|algorithm|listing|scheme|chart|box|plate|supplementary (?:figure|table))\s*"
    r"(?:[A-Z]{0,2}\.?\d+(?:\.\d+)*[a-z]?|[IVXL]+)\s*(?:[:.|–—]|$|\([a-z]\)|(?-i:(?=[A-Z])))",
    re.IGNORECASE,
)
"""A small letter after the number begins a sentence: "Table 2 shows that"."""
_LEAST = 16
"""Characters of a caption that has words of its own; cells of a table may name figures."""
_NEAR = 2.2
"""Lines by which captions side by side begin at different heights, in em."""
_BLANK = 1.8
"""A larger blank between two lines, in em, ends the floats."""
_GAP = 2.0
"""Least points between two floats."""
_MOST = 60
"""Captions of a page with floats; a list of figures has more."""
_FEWEST = 4
"""Lines of text beside a float."""
_FULL, _RUNNING, _WORDS = 0.7, 0.6, 4
"""Share of its width that a line of running text fills, of its lines that do, and the least words of these."""

_Row = Sequence[TextSpan]
_Gap = tuple[float, float]
"""Where it begins and ends, in points from the left."""


def floats_apart(rows: Sequence[_Row]) -> list[list[_Row]]:
    """The lines of a run as runs to be read one after the other: floats side by side, one before the other.

    A float reaches as far up and down from its caption as no line crosses the gap between the two, or between it and
    the text that runs around it.
    """
    captions = [(place, span) for place, row in enumerate(rows) for span in row if _is_caption(span.text)]
    if not captions or len(captions) > _MOST:
        return [list(rows)]
    for (one, left), (other, right) in permutations(captions, 2):
        if left.right + _GAP > right.left or abs(left.top - right.top) > _NEAR * left.size:
            continue  # they do not stand side by side, in this order
        found = _beside(rows, range(min(one, other), max(one, other) + 1), (left.right, right.left), left.size)
        if found is not None:
            return _parted(rows, *found)
    for place, caption in captions:
        if found := _text_beside(rows, place, caption):
            return _parted(rows, *found)
    return [list(rows)]


def _parted(rows: Sequence[_Row], lines: range, middle: float) -> list[list[_Row]]:
    """The lines above, those of `lines` left and right of `middle`, and the lines below, each parted in turn."""
    sides = [[span for span in row if span.right <= middle] for row in rows[lines.start : lines.stop]]
    others = [[span for span in row if span.right > middle] for row in rows[lines.start : lines.stop]]
    parts = (list(rows[: lines.start]), sides, others, list(rows[lines.stop :]))
    return [run for part in parts if any(part) for run in floats_apart([row for row in part if row])]


def _text_beside(rows: Sequence[_Row], place: int, caption: TextSpan) -> tuple[range, float] | None:
    """The lines of a float that text runs around, and the middle of the gap between the two; None where none does."""
    for near in range(max(0, place - 1), min(len(rows), place + 2)):
        for span in rows[near]:
            gap = (span.right, caption.left) if span.right < caption.left else (caption.right, span.left)
            if span is caption or gap[1] - gap[0] < _GAP:
                continue
            found = _beside(rows, range(min(place, near), max(place, near) + 1), gap, caption.size)
            if found is None:
                continue
            lines, middle = found
            text = [[one for one in row if (one.right <= middle) == (span.right <= middle)] for row in rows]
            while lines and not text[lines.start]:  # the end of the text above, on the side of the float
                lines = range(lines.start + 1, lines.stop)
            if _is_running([row for row in text[lines.start : lines.stop] if row]):
                return lines, middle
    return None


def _is_running(text: Sequence[_Row]) -> bool:
    """Whether these are lines of running text: each in one piece, most of them of several words and equally wide."""
    lines = [row[0] for row in text if len(row) == 1]
    if len(lines) < max(_FEWEST, len(text)) or any(_is_caption(line.text) for line in lines):
        return False
    full = _FULL * max(line.right - line.left for line in lines)
    telling = [line for line in lines if line.right - line.left >= full and len(line.text.split()) >= _WORDS]
    return len(telling) >= _RUNNING * len(lines)


def _is_caption(text: str) -> bool:
    return len(text) >= _LEAST and CAPTION.match(text) is not None


def _beside(rows: Sequence[_Row], captions: range, gap: _Gap, em: float) -> tuple[range, float] | None:
    """The lines in which nothing crosses the gap between two captions, and its middle; None if they cross it."""
    free: _Gap | None = gap
    for row in rows[captions.start : captions.stop]:
        free = free and _narrowed(free, row)
    if free is None:
        return None
    start, stop = captions.start, captions.stop
    while (
        stop < len(rows)
        and _blank(rows[max(start, stop - 3) : stop], rows[stop]) <= _BLANK * em
        and (narrowed := _narrowed(free, rows[stop]))
    ):
        free, stop = narrowed, stop + 1
    while (
        start
        and _blank(rows[max(0, start - 3) : start], rows[start]) <= _BLANK * em
        and (narrowed := _narrowed(free, rows[start - 1]))
    ):
        free, start = narrowed, start - 1
    return range(start, stop), sum(free) / 2


def _narrowed(gap: _Gap, row: _Row) -> _Gap | None:
    """What `row` leaves free of the gap; None if that is too little."""
    low, high = gap
    middle = (low + high) / 2
    low = max([low, *(span.right for span in row if span.left + span.right < 2 * middle)])
    high = min([high, *(span.left for span in row if span.left + span.right >= 2 * middle)])
    return (low, high) if high - low >= _GAP else None


def _blank(above: Sequence[_Row], row: _Row) -> float:
    """Points between a line and the lowest of those above it."""
    return min(span.top for span in row) - max(span.bottom for line in above for span in line)
