"""Heads of columns that run up or down the page stand above their numbers; labels of axes are left out as before."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.base import Document
from ragft.corpus.readers import read_here
from tests.corpus.pdfs import HEIGHT, SERIF, at, column, pdf, prose

HEADS = ("Flowers102", "Pets", "Sun397", "SVHN", "Mean")


def turned(canvas: Canvas, x: float, y: float, text: str, degrees: int) -> None:
    """A text that begins at `x`, `y` points below the top, and runs up (90) or down (270)."""
    canvas.saveState()
    canvas.setFont(SERIF, 9)
    canvas.translate(x, HEIGHT - y)
    canvas.rotate(degrees)
    canvas.drawString(0, 0, text)
    canvas.restoreState()


def read(tmp_path: Path, degrees: int, gap: float, *heads: str) -> Document:
    def draw(canvas: Canvas) -> None:
        at(canvas, 60, 60, "Sluices of the North", 18)
        column(canvas, 60, 100, 470, [prose("sluices", 7)])
        for number, head in enumerate(heads):
            x = 150 + gap * number
            turned(canvas, x + (8 if degrees == 90 else 2), 300 if degrees == 90 else 252, head, degrees)
            for row in range(4):
                at(canvas, x - 4, 314 + 12 * row, f"{60 + 7 * row + number}.5", 9)
        for row in range(4):
            at(canvas, 60, 314 + 12 * row, f"Gate {'ABCD'[row]}", 9)
        column(canvas, 60, 400, 470, [prose("locks", 7)])

    return read_here(pdf(tmp_path / "page.pdf", draw))


@pytest.mark.parametrize("degrees", [90, 270])
def test_heads_set_sideways_are_the_first_row_of_their_table(degrees: int, tmp_path: Path) -> None:
    document = read(tmp_path, degrees, 30, *HEADS)
    [table] = [block for block in document.blocks if block.kind == "table"]
    rows = [row.split(" | ") for row in table.text.split("\n")]
    assert rows[:2] == [["", *HEADS], ["Gate A", "60.5", "61.5", "62.5", "63.5", "64.5"]]
    assert not any("sideways" in warning for warning in document.warnings)


@pytest.mark.parametrize(
    ("gap", "heads"),
    [
        (30, ("Error", "Error", "Error")),
        (30, ("Error", "Loss")),
        (120, ("Error", "Loss", "Reward")),
        (14, ("Error is shown as", "a share of all that", "passes through the northern gate")),
    ],
    ids=["one label again and again", "two", "far apart", "a paragraph"],
)
def test_labels_of_charts_are_no_heads(gap: float, heads: tuple[str, ...], tmp_path: Path) -> None:
    document = read(tmp_path, 90, gap, *heads)
    assert not any("Error" in block.text for block in document.blocks)
    assert "left out: text set sideways (page 1)" in document.warnings


def test_labels_above_words_are_no_heads(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, 60, 60, 470, [prose("sluices", 7)])
        for number, head in enumerate(HEADS):
            turned(canvas, 150 + 30 * number, 300, head, 90)
        column(canvas, 60, 312, 470, [prose("locks", 7)])

    document = read_here(pdf(tmp_path / "page.pdf", draw))
    assert not any("SVHN" in block.text for block in document.blocks)
