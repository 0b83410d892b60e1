"""The rows of a Markdown table that a model wrote, read with the heads of their columns.

cell_claims("| Encoder | Contriever | two BERT encoders |", "| | HyDE | DPR |\n| --- | --- | --- |\n")
->  [CellClaim("HyDE", "Encoder: Contriever"), CellClaim("DPR", "Encoder: two BERT encoders")]
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from ragft.answer.checking.terms import content_terms
from ragft.corpus.words import words

TABLE_RULE = re.compile(r"[|\s:+-]*-[|\s:+-]*")
"""The line under the head of a Markdown table."""
_EMPTY = re.compile(r"[\W_]*|n/?a\.?", re.IGNORECASE)
_LEAST_COLUMNS = 3
"""With fewer, a row says one thing, and its columns cannot change places."""
_NAME = re.compile(r"[^\W_]*(?:[A-Z][^\W_]*[A-Z]|[A-Za-z]-?\d)")
_GENERIC = (
    "paper article study work source reference citation author authors title year date published publication venue "
    "method methods approach technique model name type category kind task topic field aspect feature property "
    "criterion advantage disadvantage drawback benefit strength weakness limitation pro pros con cons purpose "
    "goal use case problem solution key main core idea contribution finding result description summary detail"
)
"""Words of heads that say of which kind the cells of a column are: the sentence of a source hardly ever has them."""


@dataclass(frozen=True)
class CellClaim:
    """What a cell says: the head of its column, and the first cell of its row with it."""

    head: str
    said: str

    def needs_head(self, known: Collection[str]) -> bool:
        """Whether the head tells of what the cell is true: it is a name, or all its words are among the terms `known`,
        and it is more than the kind of what stands below it: "Method", "Year"."""
        terms = set(content_terms(self.head))
        if terms <= _generic_terms():
            return False
        return _NAME.search(self.head) is not None or terms <= set(known)

    def text(self, known: Collection[str]) -> str:
        """What a source has to say for it."""
        return f"{self.head}: {self.said}" if self.needs_head(known) else self.said


def cell_claims(row: str, above: str) -> list[CellClaim]:
    """What each cell of `row` says, with the head of its column and the first cell; `above` is the text before it.

    Empty for what is no row below heads, and for a table of two columns: the whole row says it as well.
    """
    heads, cells = _heads(above), _cells(row)
    if len(heads) != len(cells) or len(cells) < _LEAST_COLUMNS:
        return []
    label = cells[0]
    return [
        CellClaim(head, ": ".join(filter(None, (label, cell))))
        for head, cell in zip(heads[1:], cells[1:], strict=True)
        if not _EMPTY.fullmatch(cell)
    ]


def has_row(text: str, row: str, above: str) -> bool:
    """Whether a line of `text` has the words of all cells of `row` in their order, and none has the heads in another
    order: it was copied. `above` is the text before `row`."""
    wanted, heads = words(" ".join(_cells(row))), words(" ".join(_heads(above)))
    lines = [words(line) for line in text.split("\n") if "|" in line]
    if not any(_in_order(wanted, line) for line in lines):
        return False
    return all(_in_order([word for word in heads if word in line], line) for line in lines)


@lru_cache(maxsize=1)
def _generic_terms() -> frozenset[str]:
    return frozenset(content_terms(_GENERIC))


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
