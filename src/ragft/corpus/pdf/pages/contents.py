"""Finds tables of contents, which are not read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from ragft.corpus.pdf.base import Line

_DOTS, _FEWEST_DOTS = ".…·", 5
_LEADERS = re.compile(rf"(?:\s?[{_DOTS}]){{{_FEWEST_DOTS},}}\s*(?P<page>\d{{1,4}}|[ivxlc]{{1,6}})?\s*$")
_FEWEST = 3
_MOST = 0.7
"""Above this share of the document's lines, the table of contents is its text and is read."""


def contents_lines(lines: Sequence[Line], pages: int) -> set[int]:
    """The ids of lines that belong to a table of contents: dots, then page numbers that do not fall down the page.

    Price lists and forms may have dots as well, but their numbers go up and down, are empty, or are mostly greater than
    the number of `pages` of the file. A single page needs no table of contents.
    """
    if pages < 2:
        return set()
    dotted: dict[int, list[tuple[Line, str]]] = defaultdict(list)
    for line in lines:
        if sum(map(line.text.count, _DOTS)) >= _FEWEST_DOTS and (match := _LEADERS.search(line.text)):
            dotted[line.page].append((line, match["page"] or ""))
    found: set[int] = set()
    for entries in dotted.values():
        numbers = [int(number) for _, number in entries if number.isdecimal()]
        rises = sum(before <= after for before, after in pairwise(numbers))
        if sum(number > pages for number in numbers) >= len(numbers) / 2:
            continue
        if len(numbers) >= max(_FEWEST, len(entries) / 2) and rises >= 0.8 * (len(numbers) - 1):
            found.update(id(line) for line, _ in entries)
    return found if len(found) < _MOST * len(lines) else set()
