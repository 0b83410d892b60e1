"""Titles in the type of the running text, as in letters, minutes and typewritten reports.

Only its words and its place tell such a title from a table, a list, an address or the text itself. So it stands before
all of these, and reads like none of them; else the document has no title.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from ragft.corpus.pdf.layout import Line
from ragft.corpus.pdf.paragraphs import BULLET, is_row

Group = list[Line]

_LARGER = 1.1
"""Times the usual type size from which on lettering is larger than the text."""
_GAP = 1.4
"""Times the distance of lines from which on a gap parts the title from the text."""
_LONGEST = 3
"""Lines of a title in plain type."""
_LONG = 80
"""Characters from which on a text with a full stop is no title, in any language."""
_FULL = 0.7
"""Share of the text's width that a line fills before its title goes on in the next."""
_CENTRED = 4.0
"""Points by which the middles of centred lines may differ."""
_STOP, _ENDS = re.compile(r"[.。]$"), re.compile(r"[.。,;:，；：]$")
_SENTENCE = re.compile(r"[^\W\d_]{3}[.!?] [^\W\d_a-z]")
_FIGURE = re.compile(r"[$€£]?[-+−–±]?\d[\d.,:/-]*\s?[%€$£]?")
_PAIR = re.compile(r"[^\W\d_][\w ./-]{0,30}:(?:\s|$)")
_LETTER_HEAD = re.compile(
    r"(?:to|from|date|cc|bcc|subject|re|tel|phone|fax|e-?mail|web|no|von|an|datum|betreff|de|à|date|objet|para|fecha)\.?:",
    re.IGNORECASE,
)


def without_plain_text(groups: Sequence[Group]) -> list[Group]:
    """`groups` of lines of page one without those in the type of the running text that are no title."""
    usual = _usual_size([line for group in groups for line in group])
    left = min((line.left for group in groups for line in group), default=0.0)
    width = max((line.right for group in groups for line in group), default=0.0) - left
    kept: list[Group] = []
    opening = True
    for group in (part for whole in groups for part in _parted(whole, usual)):
        opening = opening and not _is_table(group) and not _is_text(group)
        if group[0].size < _LARGER * usual:
            set_off = group[0].mostly_bold or group[0].italic
            if _is_row(group[0]) or not (set_off or (opening and _may_be_title(group, width))):
                continue
        kept.append(group)
    return kept


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
    """A group as large as the text, parted where rows of a table begin or end, and by half a line more between two."""
    if group[0].size >= _LARGER * usual:
        yield group
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


def _has_figure(line: Line) -> bool:
    """Whether a number stands alone in one of several cells."""
    return len(line.cells) > 1 and any(_FIGURE.fullmatch(cell.text) for cell in line.cells)


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
