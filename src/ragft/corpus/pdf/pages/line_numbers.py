"""Finds the numbers that count the lines of a manuscript under review along its margin.

Numbers that rise along a margin may also be years or the items of a list. Those of lines count on from page to page,
and on one page at least the lines beside them run on as prose: most go on with the sentence of the line before.
"""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ragft.corpus.pdf.base import TextSpan

_FEWEST = 12
_RUNNING = 30
"""Characters from which on a line is running text and no cell of a table."""
_ENDS = (".", "!", "?", ":", ";", "。", "！", "？", "؟", "।")
_RUN_ON = 0.4
"""Least share of lines that go on with the sentence of the line before."""
_FULL = 0.8
"""Share of the longest line's width from which on a line is full."""
_SAME_WORD = 0.3
"""Above this share of lines that begin with the same word, they are the items of a list."""
_EVEN = 0.15
"""By this share a distance may differ from the usual one."""
_MOST = 0.6
_HEAD = 2.5
"""Lines above the first number within which the head of its column is looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """Numbers one below the other, `step` apart; `beside` are the texts on the line of each, from left to right."""

    page: int
    place: tuple[str, int]
    numbers: list[TextSpan]
    step: int
    beside: list[list[TextSpan]]

    @property
    def first(self) -> int:
        return int(self.numbers[0].text)

    @property
    def last(self) -> int:
        return int(self.numbers[-1].text)

    @property
    def pitch(self) -> float:
        """Points from one number to the next, on average."""
        return (self.numbers[-1].top - self.numbers[0].top) / (len(self.numbers) - 1)


def without_line_numbers(pages: Sequence[list[TextSpan]]) -> list[list[TextSpan]]:
    """The spans of each page without the numbers of its lines."""
    columns = _counting_on([column for page, spans in enumerate(pages) for column in _columns(page, spans)])
    proven = {column.place for column in columns if _counts_prose(column, pages[column.page])}
    dropped = {id(span) for column in columns if column.place in proven for span in column.numbers}
    return [[span for span in spans if id(span) not in dropped] for spans in pages]


def _columns(page: int, spans: Sequence[TextSpan]) -> Iterator[_Column]:
    """The columns of numbers, one or five apart, that stand beside running text more often than beside cells."""
    places: dict[tuple[str, int], list[TextSpan]] = defaultdict(list)
    for span in spans:
        if _is_number(span):
            places["left", round(span.left / 3)].append(span)
            places["right", round(span.right / 3)].append(span)
    texts = sorted(_texts(spans), key=lambda span: span.left)
    for place, numbers in places.items():
        numbers.sort(key=lambda span: span.top)
        steps = {int(after.text) - int(before.text) for before, after in pairwise(numbers)}
        if len(numbers) < _FEWEST or len(steps) > 1 or not steps & {1, 5}:
            continue
        beside = [[s for s in texts if s.top < (n.top + n.bottom) / 2 < s.bottom] for n in numbers]
        longest = [max((len(span.text) for span in row), default=0) for row in beside]
        if sum(length >= _RUNNING for length in longest) > sum(0 < length < _RUNNING for length in longest):
            yield _Column(page, place, numbers, steps.pop(), beside)


def _is_number(span: TextSpan) -> bool:
    return span.text.isdecimal() and len(span.text) <= 4


def _texts(spans: Sequence[TextSpan]) -> list[TextSpan]:
    return [span for span in spans if not span.turn and not _is_number(span)]


def _counting_on(columns: Sequence[_Column]) -> list[_Column]:
    """The columns that begin with the first line (or the fifth), or go on from another of their page or before."""
    found: list[_Column] = []
    for column in sorted(columns, key=lambda column: (column.page, column.first)):
        pages = sorted({other.page for other in found})[-2:]
        ends = {other.last + other.step for other in found if other.page in pages}
        if column.first in {0, column.step} | ends:
            found.append(column)
    return found


def _counts_prose(column: _Column, spans: Sequence[TextSpan]) -> bool:
    """Whether numbers stand on the margin at an even pitch, without a head, and beside lines of prose."""
    gaps = [after.top - before.top for before, after in pairwise(column.numbers)]
    usual = statistics.median(gaps)
    even = sum(abs(gap - usual) <= _EVEN * usual for gap in gaps) >= _MOST * len(gaps)
    return (
        even
        and _on_margin(column)
        and not _has_head(column, spans)
        and _counts_each(column, spans)
        and _runs_on(column)
    )


def _on_margin(column: _Column) -> bool:
    """Whether all text is on one side of (nearly) all numbers."""
    rows = [(number, row) for number, row in zip(column.numbers, column.beside, strict=True) if row]
    outer = (
        sum(all(span.left > number.left for span in row) for number, row in rows),
        sum(all(span.right < number.right for span in row) for number, row in rows),
    )
    return max(outer) >= 0.9 * len(rows)


def _has_head(column: _Column, spans: Sequence[TextSpan]) -> bool:
    """Whether a few words stand right above the first number."""
    top = column.numbers[0].top
    left, right = min(span.left for span in column.numbers), max(span.right for span in column.numbers)
    reach = _HEAD * column.pitch / column.step
    return any(
        0 < top - span.top < reach and span.left < right and span.right > left and len(span.text) < _RUNNING
        for span in _texts(spans)
    )


def _counts_each(column: _Column, spans: Sequence[TextSpan]) -> bool:
    """Whether there are about as many lines of text as the numbers say: items may have more lines than one."""
    lefts = [row[0].left for row in column.beside if row]
    left, size = statistics.median(lefts), column.numbers[0].size
    top, bottom = column.numbers[0].top - size / 2, column.numbers[-1].top + size / 2
    rows = {round(s.top) for s in _texts(spans) if abs(s.left - left) < 3 * size and top < s.top < bottom}
    lines = (len(rows) - 1) / (len(column.numbers) - 1)
    return 0.5 * column.step < lines < 1.5 * column.step


def _runs_on(column: _Column) -> bool:
    """Whether many lines are full and end amid a sentence, the next begins so, and they do not begin alike."""
    rows = [row for row in column.beside if row]
    left = min(row[0].left for row in rows)
    width = max(span.right for row in rows for span in row) - left
    opening = Counter(row[0].text.split()[0].casefold() for row in rows)
    if max(opening.values()) > max(2.0, _SAME_WORD * len(rows)):
        return False
    run_on = sum(
        before[-1].right - left > _FULL * width
        and not before[-1].text.endswith(_ENDS)
        and after[0].text[0].isalpha()
        and not after[0].text[0].isupper()
        for before, after in pairwise(rows)
    )
    return run_on >= _RUN_ON * (len(rows) - 1)
