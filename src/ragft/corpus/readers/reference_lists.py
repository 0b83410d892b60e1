"""Leaves the reference list out of formats with marked headings, and notes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from ragft.corpus.base import Block
from ragft.corpus.readers.base import unnumbered
from ragft.corpus.sections import entries_in, is_appendix, is_references

_KEPT = frozenset({"table", "caption", "code"})


@dataclass
class _ListPart:
    """A heading and what follows up to the next."""

    heading: Block
    blocks: list[Block] = field(default_factory=list)

    @cached_property
    def _counts(self) -> list[tuple[Block, int]]:
        """The blocks up to the last entry, each with the number of its entries; computed when `blocks` is complete."""
        counts = [(block, _entries(block)) for block in self.blocks]
        end = max((at for at, (_, count) in enumerate(counts, start=1) if count), default=0)
        return counts[:end]

    def is_list(self) -> bool:
        """Whether most of its paragraphs up to the last entry are entries."""
        paragraphs = [count for block, count in self._counts if count or block.kind not in _KEPT]
        return 2 * sum(map(bool, paragraphs)) > len(paragraphs)

    def entries(self) -> int:
        """The number of entries; a paragraph between them counts as one."""
        return sum(max(1, count) for block, count in self._counts if count or block.kind not in _KEPT)

    def rest(self) -> list[Block]:
        """What of a list is not an entry, and stays: tables, captions, code, and what follows the last entry."""
        floats = [block for block, count in self._counts if block.kind in _KEPT and not count]
        return [*floats, *self.blocks[len(self._counts) :]]


def without_references(
    blocks: Sequence[Block], *, is_part: bool = False, place: str = ""
) -> tuple[list[Block], tuple[str, ...]]:
    """The blocks without reference lists, and a note on each list.

    A list goes from its heading to the next that is no deeper, or opens an appendix. Of it, each heading with what
    follows is left out if most of that reads like entries: references of a CV, of an API or of a tender stay.
    A document that consists of a list is a bibliography, and kept; `is_part`: the blocks are not all of the document.
    `place`: where in the document they stand, such as "slide 2", for the notes.
    """
    kept: list[Block] = []
    notes: list[str] = []
    run: list[_ListPart] = []
    for block in blocks:
        if run and block.kind == "heading" and (block.level <= run[0].heading.level or is_appendix(block.text)):
            notes += _close(run, kept, place)
            run = []
        if block.kind == "heading" and (run or is_references(unnumbered(block.text))):
            run.append(_ListPart(block))
        elif run:
            run[-1].blocks.append(block)
        else:
            kept.append(block)
    notes += _close(run, kept, place)
    if notes and not is_part and all(block.kind == "heading" for block in kept):
        return list(blocks), ()
    return kept, tuple(notes)


def _close(run: Sequence[_ListPart], kept: list[Block], place: str) -> list[str]:
    """Move what stays of a list to `kept`; the note on what does not."""
    if not run:
        return []
    section = kept[-1].section if kept else ""
    stays = any(part.blocks and not part.is_list() for part in run)
    entries = 0
    for part in run:
        if part.is_list():
            entries += part.entries()
            kept += [replace(block, section=section) for block in part.rest()]
        elif part.blocks or stays:
            kept += [part.heading, *part.blocks]
    many = "entry" if entries == 1 else "entries"
    where = ", ".join(filter(None, (f"section {run[0].heading.text}", place)))
    return [f"left out: reference list ({entries} {many}, {where})"] if entries else []


def _entries(block: Block) -> int:
    """The entries of a block; a table holds one in each row if most rows do."""
    if block.kind != "table":
        return entries_in(block.text) if block.kind not in _KEPT else 0
    rows = [row.replace(" | ", " ") for row in block.text.split("\n")]
    count = sum(1 for row in rows if entries_in(row))
    return count if 2 * count > len(rows) else 0
