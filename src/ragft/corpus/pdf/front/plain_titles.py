"""Titles in the type of the running text, as in letters, minutes and typewritten reports.

Only its words and its place tell such a title from a table, a list, an address or the text itself. So it stands before
all of these, and reads like none of them; else the document has no title.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise, takewhile

from ragft.corpus.pdf.base import Line
from ragft.corpus.pdf.numbers.quantities import is_quantity
from ragft.corpus.pdf.structure.paragraphs import BULLET, is_row

Group = list[Line]

_LARGER = 1.1
"""Times the usual type size from which on lettering is larger than the text."""
_GAP = 1.4
"""Times the distance of lines from which on a gap parts the title from the text."""
_SET_OFF = 0.5
"""Share of the type size from which on the space below a title sets it off."""
_LONGEST = 3
"""Lines of a title in plain type."""
_LONG = 80
"""Characters from which on a text with a full stop is not a title, in any language."""
_ROW = 3
"""Cells from which on a line is a row of a table in large type, too: two may be the halves of a title."""
_FULL = 0.7
"""Share of the text's width that a line fills before its title goes on in the next."""
_CENTRED = 4.0
"""Points by which the middles of centred lines may differ."""
_STOP, _ENDS = re.compile(r"[.。]$"), re.compile(r"[.。,;:，；：]$")
_SENTENCE = re.compile(r"[^\W\d_]{3}[.!?] [^\W\d_a-z]")
_PAIR = re.compile(r"[^\W\d_][\w ./-]{0,30}:(?:\s|$)")
_LETTER_HEAD = re.compile(
    r"(?:to|from|date|cc|bcc|subject|re|tel|phone|fax|e-?mail|web|no|von|an|datum|betreff|de|à|objet|para|fecha)\.?:",
    re.IGNORECASE,
)


def without_plain_text(groups: Sequence[Group]) -> list[Group]:
    """`groups` of lines of page one without rows of tables, and without those in plain type that are not titles."""
    usual = _usual_size([line for group in groups for line in group])
    left = min((line.left for group in groups for line in group), default=0.0)
    width = max((line.right for group in groups for line in group), default=0.0) - left
    rows = [line for group in groups for line in group if _is_row_of_cells(line)]
    kept: list[Group] = []
    opening = True
    for group in (part for whole in groups for part in _parted(whole, usual)):
        opening = opening and not _is_table(group) and not _is_text(group)
        if group[0].size < _LARGER * usual:
            set_off = group[0].mostly_bold or group[0].italic
            if _is_row(group[0]) or not (set_off or (opening and _may_be_title(group, width))):
                continue
        elif any(_overlap(group[0], row) for row in rows):
            continue
        kept.append(group)
    return kept


def is_plain_within_text(title: Sequence[Line], lines: Sequence[Line]) -> bool:
    """Whether a title among the `lines` of page one is in the type of the text and not set off at the page's top."""
    if max(line.size for line in title) >= _LARGER * _usual_size(lines):
        return False
    upright = [line for line in lines if line.cells[0].turn == 0]
    others = [line.top for line in upright if all(line is not part for part in title)]
    if any(top < title[0].top - 2 for top in others):
        return True
    gap = min(others, default=float("inf")) - title[-1].bottom
    return gap < _SET_OFF * title[0].size and not (title[0].mostly_bold or title[0].italic)


def is_prose(text: str) -> bool:
    """Whether a line is running text: small words make up a good part of it."""
    words = [word for word in text.split() if word.isalpha()]
    return len(words) >= 6 and sum(word.islower() for word in words) >= 0.6 * len(words) and "@" not in text


def _usual_size(lines: Sequence[Line]) -> float:
    """The size in which most characters are set."""
    count: Counter[float] = Counter()
    for line in lines:
        count[round(line.size * 2) / 2] += len(line.text)
    return max(count, key=count.__getitem__, default=0.0)


def _parted(group: Group, usual: float) -> Iterator[Group]:
    """A group as large as the text, parted where rows of a table begin or end, and by half a line more between two.

    A larger group ends where a row begins: what follows in that size are cells, too.
    """
    if group[0].size >= _LARGER * usual:
        if title := list(takewhile(lambda line: not _is_row_of_cells(line), group)):
            yield title
        return
    steps = [0.0, *(after.top - before.top for before, after in pairwise(group))]
    usual_step = statistics.median(steps[1:] or steps)
    part = 0
    parts: list[int] = []
    for step in steps:
        part += step > _GAP * usual_step
        parts.append(part)
    for _, lines in groupby(zip(group, parts, strict=True), key=lambda pair: (_is_row(pair[0]), pair[1])):
        yield [line for line, _ in lines]


def _is_table(group: Group) -> bool:
    return _is_row(group[0]) and (len(group) > 1 or _has_figure(group[0]))


def _is_row(line: Line) -> bool:
    return is_row(line) or _has_figure(line)


def _is_row_of_cells(line: Line) -> bool:
    """Whether a line in any size is a row of a table."""
    return len(line.cells) >= _ROW or _has_figure(line)


def _overlap(line: Line, row: Line) -> bool:
    """Whether a line stands beside a row, as one of several in a cell does."""
    return line is not row and min(line.bottom, row.bottom) - max(line.top, row.top) > 0.2 * line.size


def _has_figure(line: Line) -> bool:
    """Whether a number stands alone in one of several cells."""
    return len(line.cells) > 1 and any(is_quantity(cell.text) for cell in line.cells)


def _is_text(group: Group) -> bool:
    """Whether this is a sentence or more."""
    text = " ".join(line.text for line in group)
    is_long = len(text) > _LONG or is_prose(text)
    return is_long and (len(group) > _LONGEST or bool(_ENDS.search(text) or _SENTENCE.search(text)))


def _may_be_title(group: Group, width: float) -> bool:
    text = " ".join(line.text for line in group)
    if len(group) > _LONGEST or _SENTENCE.search(text):
        return False
    is_short = len(group) == 1 and not is_prose(text)
    if _ENDS.search(text) and not (is_short and _STOP.search(text)):  # `Rules of the Club.` may be one
        return False
    if not text[0].isalnum() or text[0].islower():
        return False
    if BULLET.match(text) or _LETTER_HEAD.match(text) or sum(bool(_PAIR.match(line.text)) for line in group) > 1:
        return False
    # The lines of an address or a list end where they like.
    middles = [(line.left + line.right) / 2 for line in group]
    is_full = all(line.right - line.left > _FULL * width for line in group[:-1])
    return is_full or max(middles) - min(middles) < _CENTRED
