"""Tells the two columns of a table, labels and their values, from two columns of text."""

from __future__ import annotations

import bisect
import math
import statistics
from collections.abc import Sequence

from ragft.corpus.pdf.base import TextSpan
from ragft.corpus.pdf.numbers.quantities import is_quantity

_LEAST_ROWS = 3
_SHARED = 0.9
"""Share of the lines of both sides that have a partner on the same baseline."""
_SHORTER = 0.6
"""Cells of one side are at most this long beside those of the other: two lists set side by side are alike."""
_LONGEST = 28
"""Characters of a short cell."""
_FULL = 0.5
"""Share of the lines that reach the margin from which on they are running text."""
_GOING_ON = 0.3
"""Share of the lines that begin with a small letter from which on they are running text."""
_ALONE = 2
"""Lines at either end that may have no partner."""
_NEXT = 2.0
"""Lines of a table stand at most this far apart, in em."""
_MARGIN = 1.5
"""Points by which the lines of a justified paragraph may end apart."""

_Row = Sequence[TextSpan]


def is_pair_of_cells(left: Sequence[_Row], right: Sequence[_Row]) -> bool:
    """Whether the lines of two sides of a band are rows of one table: short cells on one side, on shared baselines."""
    if _have_numbers_beside(left, right):
        return True
    left, right = _beside(left, right), _beside(right, left)
    if not _are_side_by_side(left, right):
        return False
    if _are_quantities(left) or _are_quantities(right):
        return True
    longer, shorter = sorted((left, right), key=_usual_length, reverse=True)
    if _usual_length(shorter) > _SHORTER * _usual_length(longer) or _runs_on(longer):
        return False
    return sum(_length(row) <= _LONGEST for row in shorter) >= _SHARED * len(shorter)


def is_list_beside(left: Sequence[_Row], right: Sequence[_Row]) -> bool:
    """Whether both sides share their baselines, and the longer lines do not go on in the next ones."""
    left, right = _beside(left, right), _beside(right, left)
    return _are_side_by_side(left, right) and not _runs_on(max(left, right, key=_usual_length))


def _are_side_by_side(left: Sequence[_Row], right: Sequence[_Row]) -> bool:
    enough = min(len(left), len(right)) >= _LEAST_ROWS
    return enough and len(_shared(left, right)) >= _SHARED * max(len(left), len(right))


def has_numbers_in_columns(row: _Row, other: _Row) -> bool:
    """Whether all numbers of a row, two or more, stand in the columns of those of another next to it."""
    numbers = [span for span in row if is_quantity(span.text)]
    others = [span for span in other if is_quantity(span.text)]
    return (
        len(numbers) > 1
        and abs(_middle(row) - _middle(other)) <= _NEXT * numbers[0].size
        and all(any(one.left < span.right and span.left < one.right for one in others) for span in numbers)
    )


def _have_numbers_beside(labels: Sequence[_Row], numbers: Sequence[_Row]) -> bool:
    """Whether each line has two or more numbers beside it, be the lines as few as they may."""
    return len(labels) == len(numbers) == len(_shared(numbers, labels)) and all(
        len(row) > 1 and all(is_quantity(span.text) for span in row) for row in numbers
    )


def _are_quantities(rows: Sequence[_Row]) -> bool:
    """Whether (nearly) all rows, but for a head, are numbers or short quantities."""
    count = sum(all(is_quantity(span.text) for span in row) for row in rows)
    return count >= _LEAST_ROWS and count >= _SHARED * (len(rows) - 1)


def _beside(rows: Sequence[_Row], others: Sequence[_Row]) -> Sequence[_Row]:
    """The lines without up to two at either end that stand alone: a heading of the table, a note below it."""
    shared = _shared(rows, others)
    if not shared:
        return rows
    first, last = shared[0], shared[-1]
    return rows[first if first <= _ALONE else 0 : last + 1 if len(rows) - 1 - last <= _ALONE else len(rows)]


def _shared(rows: Sequence[_Row], others: Sequence[_Row]) -> list[int]:
    """Which lines of one side have a line of the other side beside them, within a point."""
    middles = [-math.inf, *sorted(map(_middle, others)), math.inf]
    shared = []
    for index, row in enumerate(rows):
        middle = _middle(row)
        place = bisect.bisect(middles, middle)
        if min(middle - middles[place - 1], middles[place] - middle) <= 1:
            shared.append(index)
    return shared


def _runs_on(rows: Sequence[_Row]) -> bool:
    """Whether lines go on in the next ones: they begin within sentences, or end at the margin.

    Labels that come again end at the same place, too, but lines of a paragraph differ. Labels of one form, such as
    `Invoice 4711`, do not differ in width either, but each begins with a capital or a number.
    """
    if all(row[0].text[:1].isupper() or row[0].text[:1].isdecimal() for row in rows):
        return False
    margin = max(row[-1].right for row in rows)
    full = {" ".join(span.text for span in row) for row in rows if row[-1].right > margin - _MARGIN}
    return len(full) > _FULL * len(rows) or sum(row[0].text[:1].islower() for row in rows) > _GOING_ON * len(rows)


def _usual_length(rows: Sequence[_Row]) -> float:
    return statistics.median(_length(row) for row in rows)


def _length(row: _Row) -> int:
    return sum(len(span.text) for span in row)


def _middle(row: _Row) -> float:
    return (row[0].top + row[0].bottom) / 2
