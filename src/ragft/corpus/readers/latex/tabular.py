"""Tables of LaTeX as rows of HTML: cells that cover several columns or rows, and columns that are set as one.

`r@{.}l` sets a number in two columns with a point between them: the cells `3` and `14` are read as `3.14`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ragft.corpus.readers.latex import siunitx
from ragft.corpus.readers.latex.groups import Groups
from ragft.corpus.readers.latex.rounding import Printing

_MOST_COLUMNS, _MOST_ROWS, _MOST_STEPS = 200, 1000, 1000
_DEEPEST = 5
_DOLLAR = re.compile(r"(?<!\\)\$")
"""Begins a formula, whose end stands elsewhere."""
_PART = re.compile(r"\x00p(\w+);")
_SPAN = re.compile(r"\x00s(-?\d+)x(-?\d+);")
_STEP = re.compile(
    r"[\s|:]+|\[(?P<options>[^\]]*)\]|(?P<between>[@!])|(?P<before>>)|(?P<behind><)|(?P<times>\*)|(?P<column>.)",
    re.DOTALL,
)
_CLOSE = frozenset(".,:/'")
"""What joins two cells without blanks."""

Write = Callable[[str], str]
"""Writes a piece of LaTeX as HTML."""


def span(text: str, *, across: str = "1", down: str = "1") -> str:
    """`text` marked as that of a cell that covers so many columns and rows."""
    return f"\x00s{_count(across)}x{_count(down)};{text}"


def part(name: str) -> str:
    """The mark of the end of what a long table repeats, such as `endhead`."""
    return f"\x00p{name};"


def on_one_page(text: str, row: str) -> str:
    """The text of a long table as on one page: its first head, its rows and its last foot, rows ended by `row`."""
    *pieces, rest = _PART.split(text)
    parts = dict(zip(pieces[1::2], pieces[::2], strict=True))
    head, foot = parts.get("endfirsthead", parts.get("endhead")), parts.get("endlastfoot", parts.get("endfoot"))
    return row.join(piece for piece in (head, rest, foot) if piece is not None)


def without_spans(text: str) -> str:
    """`text` without the marks of cells that span several columns or rows."""
    return _SPAN.sub("", text)


def _count(number: str) -> int:
    found = re.match(r"\s*(-?\d{1,4})", number)
    return int(found[1]) if found else 1


@dataclass
class Column:
    """A column as its table's preamble has it. `before`, `behind`: what is set there in each of its cells.

    `joint`: what stands between it and the next one; None where that is a gap.
    """

    kind: str
    before: str = ""
    behind: str = ""
    joint: str | None = None
    printing: Printing | None = None
    """How siunitx prints the numbers of a column of its own."""


@dataclass
class _Cell:
    text: str
    column: int
    across: int = 1
    down: int = 1
    own_look: bool = False
    """`\\multicolumn` sets its own preamble in the place of the columns'."""


_KIND = re.compile(r"\\newcolumntype\s{0,9}\{?(\w)\}?\s{0,9}(?:\[\d\])?\s{0,9}(?=\{)")


def kinds_in(text: str) -> dict[str, str]:
    """What `\\newcolumntype` makes of single letters."""
    groups = Groups(text)
    found = ((match[1], groups.at(match.end())) for match in _KIND.finditer(text))
    return {kind: group[0] for kind, group in found if group}


def columns(preamble: str, write: Write, kinds: Mapping[str, str], printing: Printing) -> list[Column]:
    """The columns of a preamble such as `l|r@{.}l`; `kinds`: letters that stand for preambles of their own."""
    return _Preamble(write, kinds, printing).columns(preamble)


class _Preamble:
    """Reads one preamble, in a bounded number of steps."""

    def __init__(self, write: Write, kinds: Mapping[str, str], printing: Printing) -> None:
        self._write = write
        self._printing = printing
        self._kinds = kinds
        self._found: list[Column] = []
        self._before = ""
        self._left = _MOST_STEPS

    def columns(self, preamble: str, depth: int = 0) -> list[Column]:
        """The columns found so far, with those of `preamble`."""
        groups = Groups(preamble)
        position = 0
        while self._left > 0 and (match := _STEP.match(preamble, position)):
            self._left -= 1
            position = match.end()
            given: list[str] = []
            while group := groups.at(position):
                given.append(group[0])
                position = group[1]
            self._take(match, given, depth)
        return self._found

    def _take(self, match: re.Match[str], given: Sequence[str], depth: int) -> None:
        text = given[-1] if given else ""
        if match["between"]:
            shown = self._write(text).strip()
            close = match["between"] == "@" and set(shown) <= _CLOSE
            if self._found and (shown or (close and not text.strip())):
                self._found[-1].joint = shown if close else f" {shown} "
        elif match["before"] or match["behind"]:
            shown = "" if _DOLLAR.search(text) else self._write(text)
            if match["before"]:
                self._before = shown
            elif self._found:
                self._found[-1].behind = shown
        elif match["times"] and len(given) == 2 and depth < _DEEPEST:
            for _ in range(min(self._left, _count(given[0]))):
                self.columns(text, depth + 1)
        elif (kind := match["column"]) in self._kinds and depth < _DEEPEST:
            self.columns(self._kinds[kind], depth + 1)
        elif kind:
            self._found.append(Column(kind, self._before, printing=self._printing if kind == "S" else None))
            self._before = ""
        elif match["options"] and self._found and (printing := self._found[-1].printing):
            self._found[-1].printing = printing.given(match["options"])


def rows(texts: Sequence[Sequence[str]], look: Sequence[Column]) -> list[str]:
    """Rows of HTML cells from the texts of cells."""
    table = [_joined(_cells(row), look) for row in texts]
    _reach_down(table)
    hanging: dict[int, int] = {}
    lines = []
    for row in table:
        covered = {column for column, left in hanging.items() if left > 0}
        hanging = {column: left - 1 for column, left in hanging.items() if left > 1}
        line = ""
        for cell in row:
            if cell.column in covered and not cell.text:
                continue
            spans = [f' {name}="{n}"' for name, n in (("colspan", cell.across), ("rowspan", cell.down)) if n > 1]
            line += f"<td{''.join(spans)}>{cell.text}</td>"
            hanging |= {cell.column + i: cell.down - 1 for i in range(cell.across) if cell.down > 1}
        lines.append(line)
    return lines


def _cells(row: Sequence[str]) -> list[_Cell]:
    cells: list[_Cell] = []
    column = 0
    for text in row:
        across, down = 1, 1
        for match in _SPAN.finditer(text):
            across, down = max(across, int(match[1])), int(match[2]) if int(match[2]) != 1 else down
        across, down = min(across, _MOST_COLUMNS), max(-_MOST_ROWS, min(down, _MOST_ROWS))
        cells.append(_Cell(without_spans(text).strip(), column, across, down, own_look="\x00s" in text and down == 1))
        column += across
    return cells


def _joined(cells: Sequence[_Cell], look: Sequence[Column]) -> list[_Cell]:
    """Cells with what their columns set before and behind them, and with those of one number made one."""
    done: list[_Cell] = []
    for cell in cells:
        if cell.column < len(look) and cell.text and not cell.own_look:
            set_by = look[cell.column]
            is_number = set_by.printing is not None and any(map(str.isdigit, cell.text))  # `{x}` is a head, no product
            text = siunitx.number(set_by.printing.printed(cell.text)) if set_by.printing and is_number else cell.text
            cell.text = f"{set_by.before}{text}{set_by.behind}"
        last = done[-1] if done else None
        column = look[cell.column - 1] if 0 < cell.column <= len(look) else None
        following = look[cell.column].kind if cell.column < len(look) else ""
        if last is None or column is None or column.joint is None or last.own_look or last.down != 1 or cell.down != 1:
            done.append(cell)
        elif column.joint or (column.kind, following) == ("r", "l"):
            text = f"{last.text}{column.joint}{cell.text}" if last.text or cell.text else ""
            done[-1] = _Cell(text, last.column, last.across + cell.across)
        else:
            done.append(cell)
    return done


def _reach_down(table: Sequence[Sequence[_Cell]]) -> None:
    """Let cells of several rows cover the empty ones below them, or above them where they are to grow upwards."""
    places = {(number, cell.column): cell for number, row in enumerate(table) for cell in row}
    for (number, column), cell in places.items():
        if cell.down < 0:
            above = _run(places, number, column, -1, -cell.down)
            if above:
                places[number - above, column].text, cell.text = cell.text, ""
                places[number - above, column].down = above + 1
            cell.down = 1
    for (number, column), cell in places.items():
        if cell.down > 1:
            cell.down = 1 + _run(places, number, column, 1, cell.down)


def _run(places: Mapping[tuple[int, int], _Cell], number: int, column: int, step: int, most: int) -> int:
    """How many empty cells follow one another from a cell, downwards or upwards; less than `most`."""
    count = 0
    while count + 1 < most:
        below = places.get((number + step * (count + 1), column))
        if below is None or below.text:
            break
        count += 1
    return count
