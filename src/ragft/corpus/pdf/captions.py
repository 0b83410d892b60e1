"""Captions of figures and tables: how they begin, and floats that stand side by side, each with its own caption."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragft.corpus.pdf.spans import TextSpan

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

_Row = Sequence[TextSpan]


def floats_apart(rows: Sequence[_Row]) -> list[list[_Row]]:
    """The lines of a run as runs to be read one after the other: floats side by side, one before the other.

    A float reaches as far up and down from its caption as no line crosses the gap between the two.
    """
    for left, right in _pairs(rows):
        found = _beside(rows, left, right)
        if found is None:
            continue
        lines, middle = found
        sides = [[span for span in row if span.right <= middle] for row in rows[lines.start : lines.stop]]
        others = [[span for span in row if span.right > middle] for row in rows[lines.start : lines.stop]]
        parts = (list(rows[: lines.start]), sides, others, list(rows[lines.stop :]))
        return [run for part in parts if any(part) for run in floats_apart([row for row in part if row])]
    return [list(rows)]


def _pairs(rows: Sequence[_Row]) -> list[tuple[TextSpan, TextSpan]]:
    """Captions that begin at about the same height, with nothing of one under the other."""
    found = [span for row in rows for span in row if CAPTION.match(span.text) and len(span.text) >= _LEAST]
    return [
        (left, right)
        for left in found
        for right in found
        if left.right + _GAP <= right.left and abs(left.top - right.top) <= _NEAR * left.size
    ]


def _beside(rows: Sequence[_Row], left: TextSpan, right: TextSpan) -> tuple[range, float] | None:
    """The lines in which nothing crosses the gap between two captions, and the middle of it; None if some does."""
    places = [place for place, row in enumerate(rows) if any(span is left or span is right for span in row)]
    gap: tuple[float, float] | None = (left.right, right.left)
    for row in rows[places[0] : places[-1] + 1]:
        gap = gap and _narrowed(gap, row)
    if gap is None:
        return None
    start, stop = places[0], places[-1] + 1
    while stop < len(rows) and _blank(rows[start:stop], rows[stop]) <= _BLANK * left.size:
        narrowed = _narrowed(gap, rows[stop])
        if narrowed is None:
            break
        gap, stop = narrowed, stop + 1
    while start and _blank(rows[:start], rows[start]) <= _BLANK * left.size:
        narrowed = _narrowed(gap, rows[start - 1])
        if narrowed is None:
            break
        gap, start = narrowed, start - 1
    return range(start, stop), sum(gap) / 2


def _narrowed(gap: tuple[float, float], row: _Row) -> tuple[float, float] | None:
    """What `row` leaves free of the gap; None if that is too little."""
    low, high = gap
    middle = (low + high) / 2
    low = max([low, *(span.right for span in row if span.left + span.right < 2 * middle)])
    high = min([high, *(span.left for span in row if span.left + span.right >= 2 * middle)])
    return (low, high) if high - low >= _GAP else None


def _blank(above: Sequence[_Row], row: _Row) -> float:
    """Points between a line and the lowest of those above it."""
    return min(span.top for span in row) - max(span.bottom for line in above[-3:] for span in line)
