"""Removes furniture from pages: running heads, page numbers, stamps on the margin, line numbers."""

from __future__ import annotations

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

from ragft.corpus.pdf.base import FIRST_SLANTED, PageSpans, TextSpan
from ragft.corpus.pdf.pages.captions import CAPTION
from ragft.corpus.pdf.pages.layout import body_size
from ragft.corpus.pdf.pages.left_out import PAGE_NUMBERS, LeftOut
from ragft.corpus.pdf.pages.line_numbers import without_line_numbers
from ragft.corpus.pdf.pages.page_numbers import is_page_number, split_page_number
from ragft.corpus.pdf.pages.turned_heads import with_upright_heads

_ZONE = 0.12
"""Share of the page's height, at the top and at the bottom, in which running heads are looked for."""
_SAME_PLACE = 8.0
_APART = 1.4
"""A line is apart from the text at this multiple of the usual line distance."""
_DISPLAY = 1.25
"""Times the size of running text from which on type is display type."""
_WATERMARK = 20.0
"""Least size in points of recurring slanted type that is a watermark, not a label of a chart."""
_LEADING = re.compile(r"\d{1,4}(?![\w.,])")
_TRAILING = re.compile(r"(?<![\w.,])\d{1,4}$")
_INTEGER = re.compile(r"(?<![\d.,])\d+(?![.,]?\d)")
_SECTION = re.compile(r"\d{1,2}(?:\.\d{1,2})*\.?\s+[^\W\d_]{3}")
"""The name of a section with its number, in a running head."""
_LETTER = re.compile(r"[^\W\d_]")
_PRINTED = re.compile(
    r"\d{1,4}([./-])\d{1,2}\1\d{1,4}(?:,?\s+\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s*[AP]\.?M\.?)?)?", re.IGNORECASE
)
"""When a page was printed, as browsers write it on each."""


def remove_furniture(pages: Sequence[PageSpans], left_out: LeftOut) -> tuple[list[list[TextSpan]], list[str]]:
    """The spans of each page without its furniture, and the text of stamps on margins and of page one's heads.

    What is removed is noted in `left_out`.
    """
    watermarks = _watermarks(pages)
    unmarked = [
        [span for span in page.spans if not watermarks or (span.text, span.turn) not in watermarks] for page in pages
    ]
    left_out.compare("watermarks", [page.spans for page in pages], unmarked)
    headed = [with_upright_heads(page, spans) for page, spans in zip(pages, unmarked, strict=True)]
    inner, stamps = _without_stamps(headed)
    left_out.compare("text set sideways", headed, inner)
    kept = without_line_numbers(inner)
    left_out.compare("line numbers", inner, kept)
    display = _DISPLAY * body_size(kept)
    repeated = _repeated(pages, kept, display) | _numbered(pages, kept, display)
    # A running head may say where and when the paper appeared.
    stamps += [span.text for span in kept[0] if (0, id(span)) in repeated] if kept else []
    own = [[span for span in spans if (index, id(span)) not in repeated] for index, spans in enumerate(kept)]
    bare = _without_page_numbers(pages, own)
    numbers = {id(span) for spans in kept for span in spans if is_page_number(span.text)}
    for what, alone in (("running heads and feet", False), (PAGE_NUMBERS, True)):
        before, after = ([[s for s in spans if (id(s) in numbers) == alone] for spans in at] for at in (kept, bare))
        left_out.compare(what, before, after)
    return bare, stamps


def _without_stamps(pages: Sequence[list[TextSpan]]) -> tuple[list[list[TextSpan]], list[str]]:
    """The spans of each page without the text turned sideways on its margin, and that text."""
    kept, stamps = [], []
    for spans in pages:
        sideways = [span for span in spans if 0 < span.turn < FIRST_SLANTED]
        # A table set sideways is long; a stamp or the label of an axis is short, and not all that the page says.
        length = sum(len(span.text) for span in sideways)
        if length < min(200, sum(len(span.text) for span in spans) / 3):
            stamps += [span.text for span in sideways if len(span.text) > 8]
            kept.append([span for span in spans if not 0 < span.turn < FIRST_SLANTED])
        else:
            kept.append(spans)
    return kept, stamps


def _watermarks(pages: Sequence[PageSpans]) -> set[tuple[str, int]]:
    """Text and angle of what slants across more pages than one, in large type."""
    found = Counter(
        mark
        for page in pages
        for mark in {(s.text, s.turn) for s in page.spans if s.turn >= FIRST_SLANTED and s.size > _WATERMARK}
    )
    return {mark for mark, count in found.items() if count > 1}


def _numbered(pages: Sequence[PageSpans], kept: Sequence[list[TextSpan]], display: float) -> set[tuple[int, int]]:
    """(page, id of span) of heads that begin or end with the page's number, set apart from whatever else they say.

    Those of left and right pages differ, so in a short paper neither need come twice; the numbers count up.
    `display`: the size of display type.
    """
    found: list[tuple[int, list[TextSpan], set[int], set[int]]] = []
    for index, (page, spans) in enumerate(zip(pages, kept, strict=True)):
        for row in _outermost(spans):
            apart, joined = _end_numbers(row)
            length = sum(len(span.text) for span in row)
            if not apart | joined or length >= 100 or row[0].size >= display or not _in_zone(row[0], page.height):
                continue
            if _stands_apart(row, spans, page.height):
                found.append((index, row, apart, joined))
    sure = {number - index for index, _, apart, _ in found for number in apart}
    shifts = Counter(shift for index, _, *ends in found for shift in {n - index for n in set().union(*ends)} & sure)
    [(shift, count)] = shifts.most_common(1) or [(0, 0)]
    numbered = {index for index, _, apart, _ in found if index + shift in apart}
    if count < 2 or 2 * len(numbered) <= len({index for index, _, apart, _ in found if apart}):
        return set()
    return {
        (index, id(span))
        for index, row, apart, joined in found
        if index + shift in (apart if index in numbered else joined)
        for span in row
    }


def _end_numbers(row: Sequence[TextSpan]) -> tuple[set[int], set[int]]:
    """The numbers at the ends of a line: those that something sets apart from the rest of it, and the others.

    The others count pages only where the number of another page is set apart.
    """
    ordered = sorted(row, key=lambda span: span.left)
    split = [split_page_number(span.text)[1] for span in (ordered[0], ordered[-1])]
    ends = (_LEADING.match(ordered[0].text), _TRAILING.search(ordered[-1].text))
    return {number for number in split if number is not None}, {int(end.group()) for end in ends if end}


def _outermost(spans: Sequence[TextSpan]) -> list[list[TextSpan]]:
    """The first and the last line of a page, once where there is only one."""
    upright = [span for span in spans if not span.turn]
    if not upright:
        return []
    top, bottom = min(span.top for span in upright), max(span.bottom for span in upright)
    first = [span for span in upright if span.top < top + 3]
    last = [span for span in upright if span.bottom > bottom - 3]
    return [first, last] if first != last else [first]


def _stands_apart(row: Sequence[TextSpan], spans: Sequence[TextSpan], height: float) -> bool:
    """Whether clearly more than the usual distance of lines is between spans at the edge of a page and its text."""
    inside = {id(span) for span in row}
    top, bottom, size = min(span.top for span in row), max(span.bottom for span in row), row[0].size
    at_top = top + bottom < height
    others = [
        span
        for span in spans
        if id(span) not in inside and not span.turn and (span.bottom > bottom if at_top else span.top < top)
    ]
    gap = min((span.top - bottom if at_top else top - span.bottom for span in others), default=2.0 * size)
    tops = sorted(span.top for span in others)
    steps = [after - before for before, after in pairwise(tops) if 0.5 * size < after - before < 4 * size]
    usual = statistics.median(steps) if len(steps) > 2 else 1.2 * size
    return gap > 0.25 * size and gap + row[0].bottom - row[0].top > _APART * usual


def _repeated(pages: Sequence[PageSpans], kept: Sequence[list[TextSpan]], display: float) -> set[tuple[int, int]]:
    """(page, id of span) of what stands apart near the edge at the same place of several pages.

    Only page numbers may differ in it, so `Subtotal 1001 tonnes` below `Subtotal 1000 tonnes` does not count,
    and neither is `Subtotal` with these amounts at the end of its line.
    """
    alike = _alike(pages, kept, display)
    found: set[tuple[int, int]] = set()
    for index, (page, spans) in enumerate(zip(pages, kept, strict=True)):
        for at_top in (True, False):
            edge = [s for s in spans if (index, id(s)) in alike and (s.bottom < _ZONE * page.height) == at_top]
            edge.sort(key=lambda span: span.top if at_top else -span.bottom)
            # Lettering of a figure below a running head may come again, too: as many lines as stand apart together.
            for count in range(len(edge), 0, -1):
                if _stands_apart(edge[:count], spans, page.height):
                    found.update((index, id(span)) for span in edge[:count])
                    break
    # On the first page the title may stand close to it.
    marks = {_mark(span) for index, spans in enumerate(kept) for span in spans if (index, id(span)) in found}
    for row in _outermost(kept[0]) if kept else []:
        if all((0, id(span)) in alike and _mark(span) in marks for span in row):
            found.update((0, id(span)) for span in row)
    return found


def _mark(span: TextSpan) -> tuple[str, int]:
    return _without_number(span)[0].casefold(), _height(span)


def _without_number(span: TextSpan) -> tuple[str, int | None]:
    """The text of a span without a page number, and this; when a page was printed has none."""
    return (span.text, None) if _PRINTED.fullmatch(span.text) else split_page_number(span.text)


def _alike(pages: Sequence[PageSpans], kept: Sequence[list[TextSpan]], display: float) -> set[tuple[int, int]]:
    """(page, id of span) of what comes near the edge at the same place of several pages, but for its page numbers."""
    places: dict[str, list[tuple[int, int | None, TextSpan]]] = defaultdict(list)
    for index, (page, spans) in enumerate(zip(pages, kept, strict=True)):
        for span in spans:
            if span.turn or not _in_zone(span, page.height) or CAPTION.match(span.text):
                continue
            if _PRINTED.fullmatch(span.text) or len(_LETTER.findall(span.text)) >= 3:
                title, number = _without_number(span)
                places[title.casefold()].append((index, number, span))
    enough = 2 if len(pages) <= 6 else 3
    found: set[tuple[int, int]] = set()
    for group in places.values():
        if len(group) < enough or not _counts_pages(group) or _labels_amounts(group, kept):
            continue
        heights = Counter(at for _, at in {(index, _height(span)) for index, _, span in group})
        varied = len({span.text for _, _, span in group}) > 1
        for index, _, span in group:
            at = _height(span)
            alike = heights[at - 1] + heights[at] + heights[at + 1]
            # Large lettering on page one is its title, even where it comes again on every page; `Question 2` a heading.
            if alike >= enough and (span.size < display or (index > 0 and not varied)):
                found.add((index, id(span)))
    return found


def _counts_pages(group: Sequence[tuple[int, int | None, TextSpan]]) -> bool:
    """Whether the numbers behind one title are the same on (nearly) all pages, or count them."""
    same = Counter(number for _, number, _ in group)
    shifted = Counter(number - index for index, number, _ in group if number is not None)
    return max([*same.values(), *shifted.values()]) >= 0.7 * len(group)


def _labels_amounts(group: Sequence[tuple[int, int | None, TextSpan]], kept: Sequence[list[TextSpan]]) -> bool:
    """Whether numbers that differ between the pages, and do not count them, stand on the lines of these spans."""
    beside = [
        (index, other.text)
        for index, _, span in group
        for other in kept[index]
        if other is not span and not other.turn and other.top < (span.top + span.bottom) / 2 < other.bottom
    ]
    same = Counter(text for _, text in beside)
    varied = [
        (index, {int(number) for number in _INTEGER.findall(text)})
        for index, text in beside
        if same[text] == 1 and re.search(r"\d", text) and not _SECTION.match(text)
    ]
    shifts = Counter(number - index for index, numbers in varied for number in numbers)
    [(shift, count)] = shifts.most_common(1) or [(0, 0)]
    amounts = [numbers for index, numbers in varied if count < 2 or index + shift not in numbers]
    return len(amounts) >= max(2, 0.3 * len(varied))


def _height(span: TextSpan) -> int:
    return int(span.top / _SAME_PLACE)


def _in_zone(span: TextSpan, height: float) -> bool:
    return span.bottom < _ZONE * height or span.top > (1 - _ZONE) * height


def _without_page_numbers(pages: Sequence[PageSpans], kept: Sequence[list[TextSpan]]) -> list[list[TextSpan]]:
    """Drop numbers alone on the outermost line of a page that count the pages: on one page only, that stand apart."""
    found = [
        (index, split_page_number(row[0].text)[1], row[0])
        for index, (page, spans) in enumerate(zip(pages, kept, strict=True))
        for row in _outermost(spans)
        if len(row) == 1 and _in_zone(row[0], page.height) and is_page_number(row[0].text)
    ]
    shifts = Counter(number - index for index, number, _ in found if number is not None)
    at = {(index, number - index) for index, number, _ in found if number is not None}
    dropped = {
        id(span)
        for index, number, span in found
        if number is not None
        and (
            len(found) == 1
            or number == index + 1
            or any((index + step, number - index) in at for step in (-2, -1, 1, 2))
        )
        and (shifts[number - index] > 2 or _stands_apart([span], kept[index], pages[index].height))
    }
    return [[span for span in spans if id(span) not in dropped] for spans in kept]
