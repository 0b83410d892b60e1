"""The values of a row of a table, each with the label of its row and the heads of its column.

read_row("BN-Inception | 25.2% | 7.82%", ["Model Top-1 error Top-5 error"])
->  TableRow("BN-Inception", (TableCell("25.2%", "Top-1 error"), TableCell("7.82%", "Top-5 error")), loose="")

Tables out of a PDF have lost many of their bars, so the columns are found by counting.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_VALUE = re.compile(
    r"[(±+−–~<>≈$€£-]*\d[\d.,:/]*(?:[%kKmMBx×°]|ms)?(?:(?:\(\d[\d.]*)?[±·×]\d[\d.^−-]*)?[)*†‡]*|[-–—−]",
)
_SPREAD = re.compile(r"(?<=\d)\s*([±·×])\s*(?=\d)|(?<=\d)\s+(\(\d[\d.]*)(?=\s*±)")
"""The blanks inside one value: 99.68 ± 0.02, 3.3 · 10^18, 6.43 (6.61±0.16)."""
_MOST_HEADING = 12
"""Words of a line without bars that may be the heads of columns."""


@dataclass(frozen=True)
class TableCell:
    """A value as it is written, and the heads of its column."""

    value: str
    heads: str


@dataclass(frozen=True)
class TableRow:
    """The label of a row, its values, and the heads that belong to no single column.

    No cells: the columns cannot be distinguished.
    """

    label: str
    cells: tuple[TableCell, ...]
    loose: str


def read_row(row: str, heads: Sequence[str]) -> TableRow:
    """The values of `row` under `heads`, the lines above its table."""
    tokens = _SPREAD.sub(r"\1\2", row).replace("|", " ").split()
    count = 0
    while count < len(tokens) and _VALUE.fullmatch(tokens[-1 - count]):
        count += 1
    label, values = " ".join(tokens[: len(tokens) - count]), tokens[len(tokens) - count :]
    found = [_columns(head, count) for head in heads]
    loose = " ".join(head for head, columns in zip(heads, found, strict=True) if not columns)
    columns = [one for one in found if one]
    if not columns or count < 2:
        return TableRow(label, (), loose)
    cells = tuple(TableCell(value, " ".join(column[at] for column in columns)) for at, value in enumerate(values))
    return TableRow(label, cells, loose)


def may_be_heads(line: str) -> bool:
    """Whether a line above a table, without bars, may hold the heads of its columns: a few words, and no sentence.

    Heads that are cut short ("Ans. Rel. Cont. Rel.") have more than one full stop for every two words.
    """
    words = line.split()
    stops = sum(word.endswith(".") for word in words)
    return len(words) <= _MOST_HEADING and line[-1:] not in ":;?!" and (not stops or 2 * stops > len(words))


def _columns(head: str, count: int) -> list[str]:
    """The head of each of `count` columns; none where they cannot be distinguished."""
    if count < 2:
        return []
    cells = [cell.strip() for cell in head.split("|")]
    words = head.replace("|", " ").split()
    for names in (cells, words, _joined(words)):
        for own in (names, names[1:]):
            if len(own) == count:
                return own
    for own in (cells[1:], cells):
        if len(own) > 1 and count % len(own) == 0:
            return [name for name in own for _ in range(count // len(own))]
    return []


def _joined(words: Sequence[str]) -> list[str]:
    """`words` with each one that comes back joined to the one before it: "Top-1 error", "Top-5 error"."""
    often = {word for word, count in Counter(words).items() if count > 1}
    found: list[str] = []
    for word in words:
        if word in often and found and found[-1] not in often:
            found[-1] = f"{found[-1]} {word}"
        else:
            found.append(word)
    return found
