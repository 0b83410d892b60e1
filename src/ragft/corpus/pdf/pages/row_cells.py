"""The cells of each line: words that stand apart, unless a justified line is merely short of words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from ragft.corpus.pdf.base import TextSpan
from ragft.corpus.pdf.numbers.raised_digits import is_lifted, raised_text
from ragft.corpus.pdf.text.spans import append

_DISPLAY = 12.5
"""Least type size in points of bold headings."""
_CELL_GAP = 1.4
"""Gap in em beyond which two spans on one line are cells of a table or names in a row."""
_SAME_GAP = 0.03
"""Em by which the gaps of a justified line differ at most."""
_SAME_EDGE = 1.5
"""Points by which the lines of a justified paragraph may end apart."""
_INDENT = 4.0
"""Em by which the first line of a paragraph is indented at most."""
_HEADING_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2})*\.?|[IVX]{1,5}\.|[A-Z](?:\.\d{1,2})*\.?")


def cells_of(run: Sequence[Sequence[TextSpan]]) -> Iterator[list[TextSpan]]:
    """The cells of each row of a run of lines between the same margins."""
    for number, row in enumerate(run):
        near = (*run[max(0, number - 1) : number], *run[number + 1 : number + 2])
        yield [_joined(row)] if _is_stretched(row, near) else _glue_row(row)


def _is_stretched(row: Sequence[TextSpan], near: Sequence[Sequence[TextSpan]]) -> bool:
    """Whether these are the words of a justified line: equally far apart, to the same edge as text near it."""
    if len(row) < 3 or any(" " in span.text or span.cell or span.begins_cell for span in row):
        return False
    gaps = [right.left - left.right for left, right in pairwise(row)]
    return max(gaps) - min(gaps) < _SAME_GAP * row[0].size and any(
        len(text) == 1
        and " " in text[0].text
        and abs(text[0].right - row[-1].right) < _SAME_EDGE
        and 0 <= row[0].left - text[0].left + _SAME_EDGE < _INDENT * row[0].size
        for text in near
    )


def _joined(words: Sequence[TextSpan]) -> TextSpan:
    joined = words[0].copy()
    for word in words[1:]:
        append(joined, word, " ")
    return joined


def _glue_row(row: Sequence[TextSpan]) -> list[TextSpan]:
    """Neighbours without a cell's gap between them made one span."""
    if len(row) == 1:
        return list(row)
    glued = [row[0].copy()]
    for index in range(1, len(row)):
        span = row[index]
        gap = span.left - glued[-1].right
        if gap <= _reach(glued[-1], span) and not span.begins_cell and span.cell is glued[-1].cell:
            close = gap < 0.12 * span.size
            if close and is_lifted(row, index):
                span = replace(span, text=raised_text(span.text))
            append(glued[-1], span, "" if close else " ")
        else:
            glued.append(span.copy())
    return glued


def _reach(left: TextSpan, right: TextSpan) -> float:
    """How wide a gap between two spans of a line may be, in points: the words of a heading may stand further apart."""
    em = max(left.size, right.size)
    if abs(left.size - right.size) > 0.1 * em:
        return _CELL_GAP * em
    numbered = _HEADING_NUMBER.fullmatch(left.text) and right.text[:1].isupper()
    display = em >= _DISPLAY and left.heavy and right.heavy
    return (3.0 if numbered or display else _CELL_GAP) * em
