"""What a page carries besides its text: running heads, page numbers, stamps on the margin, line numbers."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

from ragft.corpus.pdf.layout import body_size
from ragft.corpus.pdf.spans import PageSpans, Span

_ZONE = 0.12
"""Share of the page's height, at the top and at the bottom, in which running heads are looked for."""
_SAME_PLACE = 8.0
_DISPLAY = 1.25
"""Times the size of running text from which on type is display type."""
_PAGE_NUMBER = re.compile(
    r"(?:page|p\.|pg\.)?\s*[-–—|·\[(]?\s*(?:\d{1,4}|[ivxlc]{1,6})\s*(?:(?:of|/)\s*\d{1,4})?\s*[-–—|·\])]?",
    re.IGNORECASE,
)
_LEADING = re.compile(r"\d{1,4}(?![\w.,])")
_TRAILING = re.compile(r"(?<![\w.,])\d{1,4}$")
_DIGITS = re.compile(r"\d+|\b[ivxlc]+\b")
_LETTER = re.compile(r"[^\W\d_]")


def remove_furniture(pages: Sequence[PageSpans]) -> tuple[list[list[Span]], list[str]]:
    """The spans of each page without its furniture, and the text of stamps on margins and of page one's heads."""
    kept, stamps = [], []
    for page in pages:
        sideways = [span for span in page.spans if span.turn]
        # A table set sideways is long; a stamp or the label of an axis is short.
        if sum(len(span.text) for span in sideways) < 200:
            stamps += [span.text for span in sideways if len(span.text) > 8]
            kept.append([span for span in page.spans if not span.turn])
        else:
            kept.append(list(page.spans))
    kept = [_without_line_numbers(spans) for spans in kept]
    repeated = _repeated(pages, kept) | _numbered(pages, kept)
    result = []
    for index, (page, spans) in enumerate(zip(pages, kept, strict=True)):
        own = [span for span in spans if (index, id(span)) not in repeated]
        if index == 0:  # a running head may say where and when the paper appeared
            stamps += [span.text for span in spans if (index, id(span)) in repeated]
        result.append(_without_page_number(own, page.height))
    return result, stamps


def _numbered(pages: Sequence[PageSpans], kept: Sequence[list[Span]]) -> set[tuple[int, int]]:
    """(page, id of span) of heads that begin or end with the page's number, whatever else they say.

    Those of left and right pages differ, so in a short paper neither need come twice; the numbers count up.
    """
    found: list[tuple[int, list[Span], set[int]]] = []
    for index, (page, spans) in enumerate(zip(pages, kept, strict=True)):
        for row in _outermost(spans):
            text = " ".join(span.text for span in sorted(row, key=lambda span: span.left))
            numbers = {int(match.group()) for match in (_LEADING.match(text), _TRAILING.search(text)) if match}
            if numbers and len(text) < 100 and _in_zone(row[0], page.height) and _stands_apart(row, spans):
                found.append((index, row, numbers))
    shifts = Counter(shift for index, _, numbers in found for shift in {number - index for number in numbers})
    [(shift, count)] = shifts.most_common(1) or [(0, 0)]
    if count < 2:
        return set()
    return {(index, id(span)) for index, row, numbers in found if index + shift in numbers for span in row}


def _outermost(spans: Sequence[Span]) -> list[list[Span]]:
    """The first and the last line of a page."""
    upright = [span for span in spans if not span.turn]
    if not upright:
        return []
    top, bottom = min(span.top for span in upright), max(span.bottom for span in upright)
    return [
        [span for span in upright if span.top < top + 3],
        [span for span in upright if span.bottom > bottom - 3],
    ]


def _stands_apart(row: Sequence[Span], spans: Sequence[Span]) -> bool:
    """Whether more than the usual space is between a line at the edge and all others."""
    inside = {id(span) for span in row}
    top, bottom = min(span.top for span in row), max(span.bottom for span in row)
    gaps = (max(top - span.bottom, span.top - bottom) for span in spans if id(span) not in inside and not span.turn)
    return min(gaps, default=0.0) > 0.6 * row[0].size


def _repeated(pages: Sequence[PageSpans], kept: Sequence[list[Span]]) -> set[tuple[int, int]]:
    """(page, id of span) of what stands near the edge at the same place of several pages, whatever its digits."""
    places: dict[str, list[tuple[int, Span]]] = defaultdict(list)
    for index, (page, spans) in enumerate(zip(pages, kept, strict=True)):
        for span in spans:
            if not span.turn and _in_zone(span, page.height) and len(_LETTER.findall(span.text)) >= 3:
                places[_DIGITS.sub("#", span.text.casefold())].append((index, span))
    enough = 2 if len(pages) <= 6 else 3
    display = _DISPLAY * body_size(kept)
    found: set[tuple[int, int]] = set()
    for group in places.values():
        heights = Counter(at for _, at in {(index, _height(span)) for index, span in group})
        for index, span in group:
            at = _height(span)
            alike = heights[at - 1] + heights[at] + heights[at + 1]
            # Large lettering on page one is its title, even where it comes again on every page.
            if alike >= enough and (index > 0 or span.size < display):
                found.add((index, id(span)))
    return found


def _height(span: Span) -> int:
    return int(span.top / _SAME_PLACE)


def _in_zone(span: Span, height: float) -> bool:
    return span.bottom < _ZONE * height or span.top > (1 - _ZONE) * height


def _without_page_number(spans: list[Span], height: float) -> list[Span]:
    """Drop a number that stands alone on the outermost line at the top or the bottom."""
    dropped = {
        id(row[0])
        for row in _outermost(spans)
        if len(row) == 1 and _in_zone(row[0], height) and _PAGE_NUMBER.fullmatch(row[0].text.strip())
    }
    return [span for span in spans if id(span) not in dropped]


def _without_line_numbers(spans: list[Span]) -> list[Span]:
    """Drop the numbers that count the lines of a manuscript under review along its margin."""
    columns: dict[tuple[str, int], list[Span]] = defaultdict(list)
    for span in spans:
        if span.text.isdecimal() and len(span.text) <= 4:
            columns["left", round(span.left / 3)].append(span)
            columns["right", round(span.right / 3)].append(span)
    dropped: set[int] = set()
    for column in columns.values():
        column.sort(key=lambda span: span.top)
        numbers = [int(span.text) for span in column]
        steps = {after - before for before, after in pairwise(numbers)}
        if len(column) >= 12 and len(steps) == 1 and steps & {1, 5}:
            dropped.update(id(span) for span in column)
    return [span for span in spans if id(span) not in dropped]
