"""What stands apart on a line is a cell, but not the words of a justified line with few of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.readers import read_here
from tests.corpus.pdfs import SERIF, at, pdf

LEFT, RIGHT = 80.0, 320.0
LINES = (
    "The keeper of the upper lock counted every barge that",
    "Later work scaled the idea.",
    "Super-Navigation-Instructions-For-Inland-Waterways were",
    "then sent to all of the sixteen keepers of the canal.",
)


def _justified(canvas: Canvas, y: float, line: str, indent: float = 0.0) -> None:
    words = line.split()
    width = sum(stringWidth(word, SERIF, 10) for word in words)
    gap = (RIGHT - LEFT - indent - width) / max(1, len(words) - 1)
    x = LEFT + indent
    for word in words:
        at(canvas, x, y, word)
        x += stringWidth(word, SERIF, 10) + gap


def _text(path: Path, lines: Sequence[str], indent: float = 0.0) -> str:
    def draw(canvas: Canvas) -> None:
        for number, line in enumerate(lines):
            _justified(canvas, 100 + 12 * number, line, indent if line == LINES[1] else 0.0)

    return "\n".join(block.text for block in read_here(pdf(path, draw)).blocks)


@pytest.mark.parametrize("indent", [0.0, 12.0], ids=["flush", "indented"])
@pytest.mark.parametrize("words", ["Later work scaled the idea.", "Later work followed."], ids=["five", "three"])
def test_a_justified_line_of_few_words_is_text(words: str, indent: float, tmp_path: Path) -> None:
    text = _text(tmp_path / "x.pdf", [words if line == LINES[1] else line for line in LINES], indent)
    assert words in text
    assert "|" not in text


@pytest.mark.parametrize(
    ("words", "gaps", "left"),
    [
        (("lock", "keeper", "barges"), (1.0, 2.0), LEFT),
        (("lock", "keeper", "barges"), (1.0, 1.0, 1.0), LEFT),
        (("upper lock", "two keepers", "six barges"), (1.0, 1.0), LEFT),
        (("lock", "keeper"), (1.0,), LEFT),
        (("lock", "keeper", "barges"), (1.0, 1.0), LEFT + 60),
    ],
    ids=["unequal gaps", "another edge", "several words", "two words", "far in"],
)
def test_other_words_below_a_justified_line_are_cells(
    words: Sequence[str], gaps: Sequence[float], left: float, tmp_path: Path
) -> None:
    widths = [stringWidth(word, SERIF, 10) for word in words]
    unit = (RIGHT - left - sum(widths)) / sum(gaps)

    def draw(canvas: Canvas) -> None:
        _justified(canvas, 100, LINES[0])
        x = left
        for word, width, gap in zip(words, widths, (*gaps, 0.0), strict=False):
            at(canvas, x, 112, word)
            x += width + gap * unit

    assert " | ".join(words) in [block.text for block in read_here(pdf(tmp_path / "x.pdf", draw)).blocks]


def test_words_at_unequal_distances_are_cells(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for number, row in enumerate(
            [("lock", "keeper", "barges"), ("north", "Hill", "seven"), ("south", "Ode", "two")]
        ):
            for x, cell in zip((LEFT, 190, 290), row, strict=True):
                at(canvas, x, 100 + 12 * number, cell)

    assert "lock | keeper | barges" in read_here(pdf(tmp_path / "x.pdf", draw)).blocks[0].text
