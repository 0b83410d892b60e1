"""Captions of figures and tables: how they begin, and floats that stand side by side, each with its own caption."""

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

_Row = Sequence[TextSpan]
_Gap = tuple[float, float]
"""Where it begins and ends, in points from the left."""


def floats_apart(rows: Sequence[_Row]) -> list[list[_Row]]:
    """The lines of a run as runs to be read one after the other: floats side by side, one before the other.

    A float reaches as far up and down from its caption as no line crosses the gap between the two.
    """
    captions = [(place, span) for place, row in enumerate(rows) for span in row if _is_caption(span.text)]
    if len(captions) > _MOST:
        return [list(rows)]
    for (one, left), (other, right) in permutations(captions, 2):
        if left.right + _GAP > right.left or abs(left.top - right.top) > _NEAR * left.size:
            continue  # they do not stand side by side, in this order
        found = _beside(rows, range(min(one, other), max(one, other) + 1), (left.right, right.left), left.size)
        if found is None:
            continue
        lines, middle = found
        sides = [[span for span in row if span.right <= middle] for row in rows[lines.start : lines.stop]]
        others = [[span for span in row if span.right > middle] for row in rows[lines.start : lines.stop]]
        parts = (list(rows[: lines.start]), sides, others, list(rows[lines.stop :]))
        return [run for part in parts if any(part) for run in floats_apart([row for row in part if row])]
    return [list(rows)]


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
