"""Reading order of the spans of a page, and the lines that they form.

A page is cut at its gutter wherever both sides hold running text; what crosses the gutter (title, wide figure,
wide table) divides the page into bands that are read one after the other. Each side is cut again in the same way.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import accumulate, groupby
from operator import itemgetter

from ragft.corpus.pdf.base import FIRST_SLANTED, Line, RuledTable, TextSpan
from ragft.corpus.pdf.pages.captions import floats_apart
from ragft.corpus.pdf.pages.row_cells import cells_of
from ragft.corpus.pdf.tables.label_rows import has_numbers_in_columns, is_list_beside, is_pair_of_cells

_TEXTY = 0.55
"""A span at least as wide as this share of its column is running text, not a label or cell."""
_WIDE = 0.16
"""Least share of the page's width of a span that may be a line of a column."""
_FAR = 1000
_MARGIN = 0.1
"""Share of the width of the text within which a line of full width begins and ends."""
_NARROWEST_GUTTER = 4
"""Points."""


def body_size(pages: Sequence[Sequence[TextSpan]]) -> float:
    """The type size most characters are set in, in points (10 where there is no text)."""
    exact: dict[float, int] = defaultdict(int)
    for spans in pages:
        for span in spans:
            exact[span.size] += len(span.text)
    count: Counter[float] = Counter()
    for size, length in exact.items():
        count[round(size * 2) / 2] += length
    return count.most_common(1)[0][0] if count else 10.0


def page_lines(spans: Sequence[TextSpan], page: int) -> list[Line]:
    """The lines of a page in reading order: upright text, then rotated text, each in its own frame."""
    lines: list[Line] = []
    for turn in (0, 1, 3, 2, *sorted({span.turn for span in spans if span.turn >= FIRST_SLANTED})):
        group = [span for span in spans if span.turn == turn]
        runs = [run for part in _order(group) for run in floats_apart(_rows(part))]
        for column, run in enumerate(runs, start=(lines[-1].column + 1 if lines else 0)):
            margins = (min(s.left for row in run for s in row), max(s.right for row in run for s in row))
            lines.extend(Line(cells, page, column, margins) for cells in cells_of(run))
    return lines


def _order(spans: list[TextSpan], depth: int = 0) -> list[list[TextSpan]]:
    """The spans as runs to be read line by line, in reading order."""
    if not spans:
        return []
    gutter = _gutter(spans) if depth < 4 else None
    if gutter is None:
        return [spans] if depth else _by_passages(spans)
    ordered: list[list[TextSpan]] = []
    open_run = divided = False
    for crossing, band in _bands(spans, gutter):
        left, right = _sides(band, gutter)
        if not crossing and _is_columns(left, right, nested=depth > 0):
            ordered += _order(left, depth + 1) + _order(right, depth + 1)
            open_run, divided = False, divided or bool(left and right)
        elif open_run:
            ordered[-1].extend(band)
        else:
            ordered.append(band)
            open_run = True
    return ordered if divided or depth else _by_passages(spans)


def _sides(spans: Sequence[TextSpan], gutter: float) -> tuple[list[TextSpan], list[TextSpan]]:
    return [span for span in spans if span.right <= gutter + 1], [span for span in spans if span.left >= gutter - 1]


def _by_passages(spans: list[TextSpan]) -> list[list[TextSpan]]:
    """The spans of a page that has no gutter, with the columns of a passage between lines of full width in order."""
    edges = min(span.left for span in spans), max(span.right for span in spans)
    margin = _MARGIN * (edges[1] - edges[0])
    ordered: list[list[TextSpan]] = [[]]
    rows = _rows(spans)
    full = [any(s.cell or (s.left < edges[0] + margin and s.right > edges[1] - margin) for s in row) for row in rows]
    for is_full, group in groupby(zip(full, rows, strict=True), key=itemgetter(0)):
        passage = [span for _, row in group for span in row]
        gutter = None if is_full else _gutter(passage)
        left, right = _sides(passage, gutter) if gutter else ([], [])
        if not (left and right and len(left) + len(right) == len(passage) and _is_columns(left, right, nested=True)):
            ordered[-1] += passage
            continue
        above, beside, below = _beside(left, right)
        ordered[-1] += above
        ordered += [beside, right, below]
    return [run for run in ordered if run]


def _beside(spans: list[TextSpan], column: Sequence[TextSpan]) -> tuple[list[TextSpan], list[TextSpan], list[TextSpan]]:
    """The spans above, beside and below a column to their right; text that goes on above or below it is beside it."""
    lines = sorted(spans, key=lambda span: span.top)
    top, bottom = min(span.top - span.size for span in column), max(span.bottom + span.size for span in column)
    places = [place for place, span in enumerate(lines) if top <= span.top < bottom] or [0]
    start, end = places[0], places[-1] + 1
    while start and _follows(lines[start - 1], lines[start]):
        start -= 1
    while end < len(lines) and _follows(lines[end - 1], lines[end]):
        end += 1
    return lines[:start], lines[start:end], lines[end:]


def _follows(above: TextSpan, below: TextSpan) -> bool:
    """Whether a line is the next one of a text."""
    return below.top - above.bottom < 0.5 * above.size and abs(below.size - above.size) < 0.1 * above.size


def _gutter(spans: list[TextSpan]) -> float | None:
    """The x of the emptiest vertical strip with running text on both sides, or None for a single column.

    Only wide spans count: the cells of a table may stand anywhere.
    """
    left, right = min(s.left for s in spans), max(s.right for s in spans)
    wide = [span for span in spans if span.width >= _WIDE * (right - left) and span.cell is None]
    width = int(right - left) + 2
    if len(wide) < 4 or width < 100:
        return None
    cover = _coverage(wide, left, width)
    low, high = int(0.15 * width), int(0.85 * width)
    enough = min(cover[low:high]) + 0.03 * len(wide)
    if enough > 0.4 * len(wide):
        return None
    best: tuple[float, float] | None = None
    x = low
    while x < high:
        end = x
        while end < width and cover[end] <= enough:
            end += 1
        if end - x >= _NARROWEST_GUTTER:
            middle = (x + end) / 2
            score = min(end - x, 30) - 40 * abs(middle / width - 0.5)
            if best is None or score > best[0]:
                best = (score, left + middle)
        x = max(end, x) + 1
    return best[1] if best else None


def _coverage(spans: Sequence[TextSpan], left: float, width: int) -> list[int]:
    """For each point of x, counted from `left`, how many spans lie over it."""
    steps = [0] * (width + 1)
    for span in spans:
        steps[max(0, int(span.left - left))] += 1
        steps[min(width, int(span.right - left) + 1)] -= 1
    return list(accumulate(steps[:width]))


def _bands(spans: list[TextSpan], gutter: float) -> list[tuple[bool, list[TextSpan]]]:
    """The spans from top to bottom, cut where the ones that cross the gutter begin and end."""
    rows = _rows(spans)
    crossing = [any(_crosses(span, gutter) for span in row) for row in rows]
    edges = min(s.left for s in spans), max(s.right for s in spans)
    cells = [_is_row_of_cells(row, gutter, edges) for row in rows]
    for index in range(1, len(rows)):
        crossing[index] = crossing[index] or (crossing[index - 1] and _ends_line_above(rows[index], rows[index - 1]))
    _spread(crossing, cells, rows)
    bands: list[tuple[bool, list[TextSpan]]] = []
    for flag, row in zip(crossing, rows, strict=True):
        if bands and bands[-1][0] == flag:
            bands[-1][1].extend(row)
        else:
            bands.append((flag, list(row)))
    return bands


def _crosses(span: TextSpan, gutter: float) -> bool:
    """Whether a span, or the table with drawn lines that it stands in, lies on both sides of a gutter."""
    place = span.table or span
    return place.left < gutter - 1 and place.right > gutter + 1


def _ends_line_above(row: list[TextSpan], above: list[TextSpan]) -> bool:
    """Whether a row is the short last line of text that crosses the gutter above it (a caption)."""
    if len(row) > 1 or len(above) > 1:
        return False
    last, before = row[0], above[0]
    return (
        abs(last.left - before.left) < 3
        and abs(last.size - before.size) < 0.06 * before.size
        and last.top - before.top < 1.45 * before.size
    )


def _spread(crossing: list[bool], cells: list[bool], rows: list[list[TextSpan]]) -> None:
    """Make rows of cells crossing that are near a crossing row: one table as wide as the page, not two side by side.

    So are rows whose numbers stand in the columns of the crossing row beside them, whatever their label is like.
    """
    for order in (range(len(rows)), range(len(rows) - 1, -1, -1)):
        since = _FAR
        before: list[TextSpan] = []
        for index in order:
            since = 0 if crossing[index] else since + 1
            if (cells[index] and since <= 2) or (since == 1 and has_numbers_in_columns(rows[index], before)):
                crossing[index] = True
                since = 0
            before = rows[index]


def _is_row_of_cells(row: list[TextSpan], gutter: float, edges: tuple[float, float]) -> bool:
    """Whether a row may be one of a table as wide as the page: cells on both sides, none of them running text."""
    left = [s for s in row if s.right <= gutter]
    right = [s for s in row if s.left >= gutter]
    return (
        len(left) > 1
        and len(right) > 1
        and all(s.width < 0.45 * (gutter - edges[0]) for s in left)
        and all(s.width < 0.45 * (edges[1] - gutter) for s in right)
    )


def _is_columns(left: list[TextSpan], right: list[TextSpan], *, nested: bool) -> bool:
    """Whether two sides of a band are read one after the other (running text) and not row by row (a table, names).

    Within a column a table is likelier than another pair of columns, so there both sides must be running text; so
    must they where each line stands beside another, and the longer ones do not go on in the next.
    """
    if not left or not right:
        return not nested
    rows = _rows(left), _rows(right)
    if is_pair_of_cells(*rows):
        return False
    running = [_is_running_text(side) for side in (left, right)]
    return all(running) if nested or is_list_beside(*rows) else any(running)


def _is_running_text(side: list[TextSpan]) -> bool:
    width = max(s.right for s in side) - min(s.left for s in side)
    texty = sum(1 for s in side if s.width >= _TEXTY * width and len(s.text) >= 16)
    return len(side) >= 2 and texty >= max(2, 0.3 * len(side))


def _rows(spans: Sequence[TextSpan]) -> list[list[TextSpan]]:
    """Spans grouped into lines from top to bottom, each from left to right; sub- and superscripts join their line."""
    rows: list[list[TextSpan]] = []
    edges: list[tuple[float, float]] = []
    for span in sorted(spans, key=lambda s: (s.top + s.bottom, s.left)):
        middle = (span.top + span.bottom) / 2
        count = len(rows)
        for back in range(count - 1, max(-1, count - 4), -1):
            top, bottom = edges[back]
            if not top <= middle <= bottom:
                continue
            if rows[back][0].table is span.table and _has_room(rows[back], span):
                rows[back].append(span)
                break
        else:
            rows.append([span])
            # Big brackets and sums would swallow the lines above and below.
            reach = min(span.bottom - span.top, 1.3 * span.size) / 2
            edges.append((middle - 0.8 * reach, middle + 0.8 * reach))
    for row in rows:
        row.sort(key=lambda s: s.left)
    return _tables_whole(rows)


def _tables_whole(rows: list[list[TextSpan]]) -> list[list[TextSpan]]:
    """Rows with those of each table with drawn lines together, where others stand beside it."""
    tables: dict[RuledTable, list[list[TextSpan]]] = {}
    for row in rows:
        if table := row[0].table:
            tables.setdefault(table, []).append(row)
    if not tables:
        return rows
    return [part for row in rows for part in (tables.pop(row[0].table, []) if row[0].table else [row])]


def _has_room(row: list[TextSpan], span: TextSpan) -> bool:
    return all(span.left >= other.right - 2 or span.right <= other.left + 2 for other in row)
