"""The context that each row of a table needs: the caption of the table and the heads of its columns.

Tables come as lines of cells, `name | 26.5 | 110m`, from PDF often in several pieces with lettering in between. The
heads are the rows above the first row of numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ragft.corpus.base import Block
from ragft.corpus.text import one_line

CELL = " | "
_MOST_HEADER_ROWS = 3
_MOST_CAPTION = 120
"""Characters of a repeated caption."""
_WORDS_A_CELL = 12
_PLAIN_WORDS_A_CELL = 6
"""A line with more words, or more of lower-case letters alone, is prose with a bar in it, as in p(y | x)."""
_LETTERING = 80
"""A paragraph of fewer characters between two pieces of a table is a row whose cells were not found."""
_NUMBER = re.compile(r"[(±+−–~<>≈$€£-]*\d[\d.,:/]*(?:[%kKmMBx×°]|ms)?[)*†‡]*")
_NO_VALUE = frozenset("-–—−")
_WORDS_A_GROUP = 6
_ENDS_SENTENCE = re.compile(r"[.:;!?。：；！？][\"'”’)\]]*\s*$")
_TABLE = re.compile(r"(?:supplementary )?tab(?:le|\.)\s", re.IGNORECASE)


def table_text(rows: Iterable[Sequence[str]]) -> str:
    """Rows of cells as a table is kept: a line a row, cells by a bar; empty rows and cells at the end left out."""
    lines = []
    for row in rows:
        cells = list(map(one_line, row))
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            lines.append(CELL.join(cells))
    return "\n".join(lines)


def is_row(line: str) -> bool:
    """Whether `line` reads as a row of a table: short cells, or numbers without a sentence around them."""
    words = line.split()
    cells = line.count(CELL) + 1
    plain = sum(1 for word in words if word.isalpha() and word.islower())
    short = len(words) <= _WORDS_A_CELL * cells and plain <= _PLAIN_WORDS_A_CELL * cells
    return (cells > 1 and short) or 2 * _numbers(line) > len(words) > 2


def header_rows(rows: Sequence[str]) -> int:
    """How many of the first `rows` of a table are the heads of its columns; 0 where that is not certain."""
    if len(rows) < 3 or sum(map(is_row, rows)) < 0.6 * len(rows):
        return 0
    first = next((place for place, row in enumerate(rows) if _values(row) >= 2), None)
    if first is None or first > _MOST_HEADER_ROWS:
        return 1 if CELL in rows[0] else 0  # a table of words
    return first


def headers(lines: Sequence[str]) -> list[range]:
    """For each of `lines`, which of them are the heads of the columns of the table that it is a row of."""
    found = [range(0)] * len(lines)
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and is_row(lines[end]):
            end += 1
        count = header_rows(lines[start:end])
        for place in range(start + count, end):
            found[place] = range(start, start + count)
        start = end + 1
    return found


def captions_first(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with the caption of each table before it, also where the document sets captions below."""
    below = sum(_kinds(blocks, place) == (True, False) for place in range(len(blocks)))
    above = sum(_kinds(blocks, place) == (False, True) for place in range(len(blocks)))
    ordered: list[Block] = []
    for place, block in enumerate(blocks):
        before, after = _kinds(blocks, place)
        moved = before and (not after or below > above)
        ordered.insert(_top_of_table(ordered, block.page) if moved else len(ordered), block)
    return ordered


def _top_of_table(blocks: Sequence[Block], page: int) -> int:
    """Where the table begins that ends with `blocks`: above the heads of its columns, which may be several pieces."""
    top = place = len(blocks)
    in_heads = False
    while place and blocks[place - 1].page == page:
        block = blocks[place - 1]
        rows = table_rows(block) if block.kind == "table" else []
        count = _own_header(rows)
        if not (rows or _is_lettering_of_table(block)) or (in_heads and count < len(rows)):
            break  # what stands before is text, or another table
        in_heads = in_heads or count > 0
        place -= 1
        if rows or in_heads:
            top = place
    return top


def _kinds(blocks: Sequence[Block], place: int) -> tuple[bool, bool]:
    """Whether a table of the same page stands before and after the caption of a table at `place`."""
    block = blocks[place]
    if block.kind != "caption" or not _TABLE.match(block.text):
        return False, False
    after = next((near for near in blocks[place + 1 :] if not _is_lettering(near)), None)
    return _is_table_on(block.page, blocks[place - 1] if place else None), _is_table_on(block.page, after)


def heads(blocks: Sequence[Block]) -> Iterator[list[str]]:
    """For each block, what is to be repeated above each of its lines where a chunk begins with it; "" is nothing.

    A caption goes with one table: with the pieces up to the next that has heads of its own. The heads may be several
    pieces, of which some were not found to be rows. A line that names the rows below it is repeated above these.
    """
    table = _TableHeads()
    for block in blocks:
        if block.kind == "table":
            rows = table_rows(block)
            count = _own_header(rows)
            if count and table.begun:
                table = _TableHeads([] if table.columns else table.caption)
            yield [table.add(row, is_head=place < count) for place, row in enumerate(rows)]
            continue
        yield []
        if block.kind == "caption" and _TABLE.match(block.text):
            table = _TableHeads([_shortened(block.text)])
        elif not _is_lettering(block):
            table = _TableHeads()
        elif not table.begun and (table.caption or table.columns) and _is_lettering_of_table(block):
            table.columns.append(one_line(block.text))


@dataclass
class _TableHeads:
    """What stands above the next row of a table: the caption, the heads of its columns, the names of groups of rows.

    Of groups within groups, as many are new as have their names above each other (`named`). `begun`: it has had a row.
    """

    caption: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    begun: bool = False

    def add(self, row: str, *, is_head: bool) -> str:
        """Take in the next row; returns what stands above it."""
        if self.columns and CELL not in row and not _values(row) and len(row.split()) <= _WORDS_A_GROUP:
            above = [*self.caption, *self.columns, *self.named]
            self.named.append(row)
            return "\n".join(above)
        if self.named:
            self.groups, self.named = [*self.groups[: -len(self.named)], *self.named], []
        above = [*self.caption, *self.columns, *self.groups]
        if is_head:
            self.columns.append(row)
        else:
            self.begun = True
        return "\n".join(above)


def table_rows(block: Block) -> list[str]:
    """The lines of a table that are not blank, one row each."""
    return [row.rstrip() for row in block.text.split("\n") if row.strip()]


def _is_table_on(page: int, block: Block | None) -> bool:
    return block is not None and block.kind == "table" and block.page == page


def _is_lettering(block: Block) -> bool:
    return block.kind == "paragraph" and len(block.text) <= _LETTERING


def _is_lettering_of_table(block: Block) -> bool:
    """Whether `block`, beside a piece of a table, may be a row of it whose cells were not found."""
    return _is_lettering(block) and not _ENDS_SENTENCE.search(block.text)


def _own_header(rows: Sequence[str]) -> int:
    """As `header_rows`; a piece of one or two lines without numbers is the heads of the piece after it."""
    if 0 < len(rows) < 3 and any(CELL in row for row in rows) and not any(map(_values, rows)):
        return len(rows)
    return header_rows(rows)


def _shortened(caption: str) -> str:
    text = " ".join(caption.split())
    return text if len(text) <= _MOST_CAPTION else text[:_MOST_CAPTION].rsplit(" ", 1)[0] + " …"


def _values(row: str) -> int:
    """How many numbers `row` has, or dashes in place of them."""
    return _numbers(row) + sum(1 for cell in row.split(CELL) if cell.strip() in _NO_VALUE)


def _numbers(row: str) -> int:
    return sum(1 for word in row.split() if _NUMBER.fullmatch(word))
