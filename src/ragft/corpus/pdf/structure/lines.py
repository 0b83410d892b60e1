"""A paragraph as lines, before it becomes a block."""

from __future__ import annotations

from dataclasses import dataclass

from ragft.corpus.base import BlockKind
from ragft.corpus.pdf.base import Line

BULLETS = ("•", "●", "○", "◦", "▪", "■", "‣", "⁃", "∙", "➢", "✓")


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together. `level` is a heading's depth from 1, 0 while unknown or for anything else."""

    lines: list[Line]
    kind: BlockKind = "paragraph"
    level: int = 0
    text: str = ""

    @property
    def page(self) -> int:
        """The page on which the paragraph begins, counted from 1."""
        return self.lines[0].page

    @property
    def size(self) -> float:
        """Type size of its first line, in points."""
        return self.lines[0].size

    @property
    def bold(self) -> bool:
        """Whether every line is bold."""
        return all(line.bold for line in self.lines)

    @property
    def italic(self) -> bool:
        """Whether every line is italic."""
        return all(line.italic for line in self.lines)
