"""Tables with level lines alone, as papers have them: heads in two levels, and a table that text runs around."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.base import Document
from ragft.corpus.readers import read_here
from tests.corpus.pdfs import HEIGHT, SERIF, at, column, pdf, prose, wrap

MASKED = (
    ("80%", "10%", "10%", "84.2", "95.4", "94.9"),
    ("100%", "0%", "0%", "84.3", "94.9", "94.0"),
    ("80%", "0%", "20%", "84.1", "95.2", "94.6"),
    ("80%", "20%", "0%", "84.4", "95.2", "94.7"),
    ("0%", "20%", "80%", "83.7", "94.8", "94.6"),
    ("0%", "0%", "100%", "83.6", "94.9", "94.6"),
)
"""Rates and results, as Table 8 of the paper on BERT has them."""


def texts(document: Document, kind: str) -> list[str]:
    return [block.text for block in document.blocks if block.kind == kind]


def row(canvas: Canvas, y: float, centres: Sequence[float], cells: Sequence[str], size: float) -> None:
    """Cells in the middle of their columns; an empty one is not set."""
    for centre, cell in zip(centres, cells, strict=True):
        if cell:
            at(canvas, centre - stringWidth(cell, SERIF, size) / 2, y, cell, size)


def rule(canvas: Canvas, left: float, right: float, y: float) -> None:
    canvas.line(left, HEIGHT - y, right, HEIGHT - y)


@pytest.mark.parametrize("x", [72.0, 312.0], ids=["left column", "right column"])
def test_rows_of_percentages_under_heads_in_two_levels(x: float, tmp_path: Path) -> None:
    size, centres = 8.0, [x + place for place in (16, 51, 86, 122, 156, 196)]

    def draw(canvas: Canvas) -> None:
        other = 312.0 if x == 72 else 72.0
        column(canvas, other, 60, 220, [prose("weirs", 20)])
        y = column(canvas, x, 60, 220, [prose("masks", 5)]) + 20
        rule(canvas, x, x + 220, y - 10)
        row(canvas, y, [x + 51, x + 159], ["Masking Rates", "Dev Set Results"], size)
        rule(canvas, x, x + 94, y + 3)
        rule(canvas, x + 98, x + 220, y + 3)
        row(canvas, y + 12, centres, ["MASK", "SAME", "RND", "MNLI", "NER", "Squad"], size)
        rule(canvas, x, x + 220, y + 16)
        for number, cells in enumerate(MASKED):
            row(canvas, y + 27 + 11 * number, centres, cells, size)
        rule(canvas, x, x + 220, y + 88)
        end = column(canvas, x, y + 104, 220, ["Table 8: Ablation over different masking strategies."], 9)
        column(canvas, x, end + 14, 220, [prose("models", 5)])

    document = read_here(pdf(tmp_path / "x.pdf", draw))
    heads = ("", "Masking Rates", "", "", "Dev Set Results"), ("MASK", "SAME", "RND", "MNLI", "NER", "Squad")
    assert texts(document, "table") == ["\n".join(" | ".join(cells) for cells in (*heads, *MASKED))]
    assert texts(document, "caption") == ["Table 8: Ablation over different masking strategies."]


GATES = (("Gate", "leaks", "hours"), ("Mitre", "14", "6.5"), ("Sector", "9", "2.5"), ("Drum gate", "3", "11.0"))


@pytest.mark.parametrize("right", [True, False], ids=["right of the text", "left of the text"])
def test_a_table_that_text_runs_around_is_read_apart(right: bool, tmp_path: Path) -> None:
    left = 340.0 if right else 72.0
    beside = wrap(prose("canals", 8), 250)
    caption = "Table 3: Leaks and hours of repair by kind of gate, counted in spring."

    def draw(canvas: Canvas) -> None:
        y = column(canvas, 72, 60, 460, [prose("harbours", 7)])
        for number, line in enumerate(beside):
            at(canvas, 72 if right else 282, y + 12 * number, line)
        top = column(canvas, left, y + 8, 195, [caption], 9) + 6
        rule(canvas, left, left + 180, top - 9)
        for number, cells in enumerate(GATES):
            down = top + 12 * number + (4 if number else 0)
            row(canvas, down, [left + 30, left + 95, left + 150], cells, 9)
        rule(canvas, left, left + 180, top + 4)
        rule(canvas, left, left + 180, top + 44)
        column(canvas, 72, y + 12 * len(beside), 460, [prose("weirs", 7)])

    document = read_here(pdf(tmp_path / "x.pdf", draw))
    assert texts(document, "table") == ["\n".join(" | ".join(cells) for cells in GATES)]
    assert texts(document, "caption") == [caption]
    text = " ".join(" ".join(texts(document, "paragraph")).split())
    assert all(prose(topic, count) in text for topic, count in (("harbours", 7), ("canals", 8), ("weirs", 7)))
