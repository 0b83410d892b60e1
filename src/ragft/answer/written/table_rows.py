"""The rows of a Markdown table that a model wrote, read with the heads of their columns.

cell_claims("| Encoder | Contriever | two BERT encoders |", "| | HyDE | DPR |\n| --- | --- | --- |\n")
->  ["HyDE: Encoder: Contriever", "DPR: Encoder: two BERT encoders"]
"""

from __future__ import annotations

import re

from ragft.corpus.words import words

TABLE_RULE = re.compile(r"[|\s:+-]*-[|\s:+-]*")
"""The line under the head of a Markdown table."""
_EMPTY = re.compile(r"[\W_]*|n/?a\.?", re.IGNORECASE)
_LEAST_COLUMNS = 3
"""With fewer, a row says one thing, and its columns cannot change places."""


def cell_claims(row: str, above: str) -> list[str]:
    """What each cell of `row` says, with the head of its column and the first cell; `above` is the text before it.

    Empty for what is no row below heads, and for a table of two columns: the whole row says it as well.
    """
    heads, cells = _heads(above), _cells(row)
    if len(heads) != len(cells) or len(cells) < _LEAST_COLUMNS:
        return []
    label = cells[0]
    return [
        ": ".join(filter(None, (head, label, cell)))
        for head, cell in zip(heads[1:], cells[1:], strict=True)
        if not _EMPTY.fullmatch(cell)
    ]


def has_row(text: str, row: str) -> bool:
    """Whether a line of `text` has the words of all cells of `row` in their order: it was copied."""
    wanted = words(" ".join(_cells(row)))
    return any("|" in line and _in_order(wanted, words(line)) for line in text.split("\n"))


def _in_order(wanted: list[str], line: list[str]) -> bool:
    rest = iter(line)
    return all(word in rest for word in wanted)


def _heads(above: str) -> list[str]:
    """The heads of the table that `above` ends in: the line above its rule; none where it does not end in a table."""
    lines = above.rstrip("\n").split("\n")
    for number in range(len(lines) - 1, 0, -1):
        if "|" not in lines[number]:
            return []
        if TABLE_RULE.fullmatch(lines[number]):
            return _cells(lines[number - 1])
    return []


def _cells(line: str) -> list[str]:
    if "|" not in line:
        return []
    return [cell.strip(" *") for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]
