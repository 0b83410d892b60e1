"""Tables of plain text and Markdown that are drawn with signs: `+---+`, or the lines of a terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from ragft.corpus.merged_cells import PlacedCell, unmerged
from ragft.corpus.readers.traced_table import traced

_SIGNS = {
    **dict.fromkeys("─━┄┅┈┉╌╍", "-"),
    **dict.fromkeys("═", "="),
    **dict.fromkeys("│┃║┆┇┊┋╎╏", "|"),
    **{chr(code): "+" for code in (*range(0x250C, 0x254C), *range(0x2552, 0x2571))},
}
"""The characters that terminals draw tables with, by those of a typewriter."""
_DRAWN = str.maketrans(_SIGNS)
_RULE = re.compile(r"\+(?:[-=:]+\+)+")
_WIDE = frozenset("WF")
_FILLER = "\0"
_MOST_COLUMNS = 500


def drawn_in(lines: Sequence[str]) -> Iterator[tuple[list[str], list[list[str]]]]:
    """The pieces of a text, each as its lines and the rows of the table that these draw; none where they draw none."""
    waiting: list[str] = []
    for drawn, group in groupby(lines, key=is_drawn):
        piece = list(group)
        if not drawn or not (rows := rows_of(piece)):
            waiting += piece
            continue
        if waiting:
            yield waiting, []
            waiting = []
        yield piece, rows
    if waiting:
        yield waiting, []


def is_drawn(line: str) -> bool:
    """Whether a line begins as one of a drawn table."""
    return line.strip()[:1].translate(_DRAWN) in {"+", "|"}


def rows_of(lines: Sequence[str]) -> list[list[str]]:
    """The cells of a drawn table by row, several lines of one apart by line ends; none where it is not drawn whole.

    Between two rules stands one row, as Pandoc has it. As databases write it, where no rule is of `=` and there are
    only rules around the heads and the end, each line is a row.
    """
    drawn = [in_columns(line.strip().translate(_DRAWN)) for line in lines]
    ruled = [_RULE.fullmatch(line) is not None for line in drawn]
    if len(drawn) < 3 or not ruled[0] or not ruled[-1] or any(line[-1:] not in "+|" for line in drawn):
        return []
    edges = sorted({at for line, rule in zip(drawn, ruled, strict=True) if rule for at in _places(line, "+")})
    bands = [[drawn[at] for at in group] for rule, group in groupby(range(len(drawn)), ruled.__getitem__) if not rule]
    if len(edges) > _MOST_COLUMNS:
        return []
    if any(_RULE.search(line) for band in bands for line in band):  # a cell that reaches over several rows
        return unmerged([[cell._replace(text=_text_of(cell.text)) for cell in row] for row in traced(drawn)])
    single = len(bands) < 3 and not any("=" in line for line, rule in zip(drawn, ruled, strict=True) if rule)
    rows: list[list[PlacedCell]] = []
    for band in bands:
        read = [_cells(line, edges) for line in band]
        alike = len({tuple((cell.column, cell.across) for cell in cells) for cells in read}) == 1
        if not read[0] or not alike:
            return []
        as_lines = single and all(cells[0].text for cells in read)
        rows += read if as_lines else [_joined(read)]
    return unmerged(rows)


def _cells(line: str, edges: Sequence[int]) -> list[PlacedCell]:
    """The cells of a line; none where a bar stands beside the edges of the table and there is not one for each."""
    bars = _places(line, "|")
    if len(bars) == len(edges):
        return [PlacedCell(cell_text(line[left + 1 : right]), at) for at, (left, right) in enumerate(pairwise(bars))]
    places = {edge: at for at, edge in enumerate(edges)}
    kept = [bar for bar in bars if bar in places]
    if kept[:1] != [edges[0]] or kept[-1:] != [edges[-1]]:
        return []
    return [
        PlacedCell(cell_text(line[left + 1 : right]), places[left], places[right] - places[left])
        for left, right in pairwise(kept)
    ]


def _joined(lines: Sequence[Sequence[PlacedCell]]) -> list[PlacedCell]:
    """The lines of one row as a row."""
    return [
        cells[0]._replace(text="\n".join(cell.text for cell in cells).strip("\n")) for cells in zip(*lines, strict=True)
    ]


def _places(line: str, sign: str) -> list[int]:
    return [at for at, char in enumerate(line) if char == sign]


def _text_of(lines: str) -> str:
    return "\n".join(map(cell_text, lines.split("\n"))).strip("\n")


def cell_text(cell: str) -> str:
    """What is written in a line of a cell, without the blank that sets it off."""
    return cell.replace(_FILLER, "").rstrip().removeprefix(" ")


def in_columns(line: str) -> str:
    """`line` with one character a column: East Asian ones are two wide, and marks over letters have no width."""
    if line.isascii():
        return line
    line = "".join(char for char in unicodedata.normalize("NFC", line) if char != _FILLER)
    return "".join(char + _FILLER * (unicodedata.east_asian_width(char) in _WIDE) for char in line)
