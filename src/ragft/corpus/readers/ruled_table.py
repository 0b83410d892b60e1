"""Tables whose columns a line of dashes marks, as Pandoc, reStructuredText and databases write them.

Gate    Cost         Gate | Cost
------- -----       ------+------
North    $320        Ems  |   12
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, pairwise

from ragft.corpus.readers.drawn_table import cell_text, in_columns

_RULER = re.compile(r"\s*(?:-{2,}(?:\s+-{2,})+|={2,}(?:\s+={2,})+|-+(?:\+-+)+)\s*")
"""The line that marks the columns."""
_EDGE = re.compile(r"\s*-{3,}\s*")
"""The line above and below a table of Pandoc whose rows have several lines."""
_MOST_HEADS = 12
_TAB = 8

Lines = Callable[[int], str | None]
"""The line of a number; None behind the last."""


def ruled_in(lines: Sequence[str]) -> Iterator[tuple[list[str], list[list[str]]]]:
    """The pieces of a text, each as its lines and the rows of the table that they are; none if they are not a table."""

    def line(number: int) -> str | None:
        return lines[number] if number < len(lines) else None

    waiting: list[str] = []
    place = 0
    while place < len(lines):
        rows, end = ruled_at(line, place)
        if not rows:
            waiting.append(lines[place])
            place += 1
            continue
        if waiting:
            yield waiting, []
            waiting = []
        yield list(lines[place:end]), rows
        place = end
    if waiting:
        yield waiting, []


def ruled_at(line: Lines, start: int) -> tuple[list[list[str]], int]:
    """The rows of the table that begins with a line, their cells of several lines, and where it ends; else no rows."""
    first = line(start) or ""
    opened = is_rule(first)
    ruler = _ruler_behind(line, start) if opened else start + 1
    if not first.strip() or ruler is None or not _RULER.fullmatch(line(ruler) or ""):
        return [], start
    mark = (line(ruler) or "").expandtabs(_TAB)
    heads = [line(at) or "" for at in range(start + opened, ruler)]
    body, end = _body(line, ruler + 1, mark, opened=opened)
    head = [_joined(cells)] if all(cells := [_cells(text, mark) for text in heads]) and heads else []
    parts = [list(group) for blank, group in groupby(body, key=lambda text: not text.strip()) if not blank]
    found = [[_cells(text, mark) for text in part if not is_rule(text)] for part in parts]
    if not parts or (heads and not head) or not all(cells for part in found for cells in part):
        return [], start  # a word reaches over the border of two columns
    if len(found) > 1:
        rows = [_joined(part) for part in found if part]
    else:
        rows = _rows(found[0], continued="=" in mark or _EDGE.fullmatch(first) is not None)
    return ([*head, *rows], end) if any(sum(map(bool, row)) > 1 for row in rows) else ([], start)


def is_rule(line: str) -> bool:
    """Whether a line is one of dashes that a table may have."""
    return _RULER.fullmatch(line) is not None or _EDGE.fullmatch(line) is not None


def _ends(line: str | None) -> bool:
    return not (line or "").strip()


def _ruler_behind(line: Lines, start: int) -> int | None:
    """Where the line that marks the columns of a table with a line above it is: that line itself where no heads are."""
    is_edge = _EDGE.fullmatch(line(start) or "") is not None
    for at in range(start + 1, start + _MOST_HEADS + 2):
        text = line(at) or ""
        if _ends(text) or _EDGE.fullmatch(text):
            break
        if _RULER.fullmatch(text):
            return start if _ends(line(at + 1)) and not is_edge else at
    return None if is_edge else start


def _body(line: Lines, start: int, mark: str, *, opened: bool) -> tuple[list[str], int]:
    """The lines below the one that marks the columns, and where the table ends; no lines where that is not said."""
    body: list[str] = []
    at = start
    while (text := line(at)) is not None:
        within = "=" in mark and "-" in text  # a line below some of the columns
        if is_rule(text) and not within:
            closes = _ends(line(at + 1)) or not opened
            return (body, at + 1) if closes else ([], at)
        if not opened and (_ends(text) or ("+" in mark and not _cells(text, mark))):
            return body, at
        body.append(text)
        at += 1
    return ([], at) if opened else (body, at)


def _cells(text: str, mark: str) -> list[str]:
    """The cells of a line; none where a word stands on the border of two columns."""
    shown = in_columns(text.expandtabs(_TAB).rstrip())
    if "+" in mark:
        borders = [at for at, sign in enumerate(mark) if sign == "+"]
        cut = any(shown[border : border + 1] != "|" for border in borders)
        places = list(pairwise([-1, *borders, max(len(shown), borders[-1])]))
        return [] if cut else [cell_text(shown[left + 1 : right]).strip() for left, right in places]
    starts = [found.start() for found in re.finditer(r"\S+", mark)]
    if any(shown[at - 1 : at].strip() and shown[at : at + 1].strip() for at in starts[1:]):
        return []
    return [
        cell_text(shown[left:right]).strip() for left, right in pairwise([0, *starts[1:], max(len(shown), starts[-1])])
    ]


def _rows(lines: Sequence[list[str]], *, continued: bool) -> list[list[str]]:
    """A row a line; where rows may be `continued`, lines without a first cell belong to the row above."""
    rows: list[list[list[str]]] = []
    for cells in lines:
        if continued and rows and not cells[0]:
            rows[-1].append(cells)
        else:
            rows.append([cells])
    return list(map(_joined, rows))


def _joined(lines: Sequence[Sequence[str]]) -> list[str]:
    """The lines of one row as a row."""
    return ["\n".join(filter(None, cells)) for cells in zip(*lines, strict=True)]
