"""Floats set side by side are read apart, each with its caption; a sentence about a table is no caption."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.pdf.base import TextSpan
from ragft.corpus.pdf.pages.captions import CAPTION, floats_apart
from ragft.corpus.readers import read_here
from tests.corpus.pdfs import at, column, pdf, prose

LEFT = ("Table 1: Leaks by kind of gate, counted", "from spring to autumn.")
RIGHT = ("Table 2: Hours of repair by kind of gate,", "all crews together.")
TALL = (("Gate", "2019", "2020"), ("Mitre", "14", "11"), ("Sector", "9", "7"), ("Drum", "3", "2"))
WIDE = (("Gate", "spring", "summer"), ("Mitre", "6.5", "8.0"), ("Sector", "2.5", "4.0"), ("Drum", "1.5", "1.0"))


def draw(canvas: Canvas, *, lower: float, text: bool) -> None:
    """Two tables side by side, the right one `lower` points below; `text`: between lines as wide as the page."""
    y = column(canvas, 72, 60, 450, [prose("lock gates")]) + 18 if text else 60
    for x, caption, table, down in ((72, LEFT, TALL, 0.0), (312, RIGHT, WIDE, lower)):
        for number, line in enumerate(caption):
            at(canvas, x, y + down + 11 * number, line)
        for number, row in enumerate(table):
            for place, cell in enumerate(row):
                at(canvas, x + 10 + 62 * place, y + 40 + 12 * number + down, cell)
    if text:
        column(canvas, 72, y + 120, 450, [prose("crews")])


@pytest.mark.parametrize("lower", [0.0, 11.0], ids=["level", "lower"])
@pytest.mark.parametrize("text", [True, False], ids=["between text", "alone"])
def test_tables_side_by_side_are_read_one_after_the_other(lower: float, text: bool, tmp_path: Path) -> None:
    document = read_here(pdf(tmp_path / "x.pdf", partial(draw, lower=lower, text=text)))
    blocks = [(block.kind, block.text) for block in document.blocks]
    assert [text for kind, text in blocks if kind == "caption"] == [" ".join(LEFT), " ".join(RIGHT)]
    tables = ["\n".join(" | ".join(row) for row in table) for table in (TALL, WIDE)]
    assert [text for kind, text in blocks if kind == "table"] == tables
    kinds = [kind for kind, _ in blocks if kind in {"caption", "table"}]
    assert kinds == ["caption", "table", "caption", "table"]


def test_three_figures_in_a_row_keep_their_captions(tmp_path: Path) -> None:
    captions = [f"Figure {number}: The gate from side {number}" for number in (1, 2, 3)]

    def three(canvas: Canvas) -> None:
        column(canvas, 60, 60, 480, [prose("gates")])
        for number, caption in enumerate(captions):
            at(canvas, 60 + 165 * number, 400, caption)
            at(canvas, 60 + 165 * number, 411, f"as it was in spring {number}.")
        column(canvas, 60, 460, 480, [prose("locks")])

    blocks = read_here(pdf(tmp_path / "x.pdf", three)).blocks
    wanted = [f"{caption} as it was in spring {number}." for number, caption in enumerate(captions)]
    assert [block.text for block in blocks if block.kind == "caption"] == wanted


def test_a_row_of_cells_that_name_figures_stays_one_row(tmp_path: Path) -> None:
    rows = (("View", "Figure 1", "Figure 2"), ("Height", "12", "14"), ("Width", "9", "8"), ("Depth", "3", "4"))

    def table(canvas: Canvas) -> None:
        column(canvas, 60, 60, 480, [prose("gates")])
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                at(canvas, 60 + 120 * place, 400 + 12 * number, cell)

    text = "\n".join(block.text for block in read_here(pdf(tmp_path / "x.pdf", table)).blocks)
    assert "\n".join(" | ".join(row) for row in rows) in text


@pytest.mark.parametrize(
    ("text", "caption"),
    [
        ("Table 2: Leaks by kind of gate.", True),
        ("Figure 3 Overview of the lock", True),
        ("TABLE II RESULTS", True),
        ("Fig. 2a. Details", True),
        ("Table 1", True),
        ("Table 2 shows that gates leak.", False),
        ("Figure 3 and Figure 4 compare both.", False),
    ],
)
def test_a_sentence_that_begins_with_a_table_is_no_caption(text: str, caption: bool) -> None:
    assert bool(CAPTION.match(text)) == caption


def test_very_many_captions_side_by_side_take_no_long_time() -> None:
    rows = [
        [TextSpan(f"Figure {row}: The gate", x, 60 * row, x + 90, 60 * row + 10, 10) for x in (60, 300)]
        for row in range(3_000)
    ]
    began = time.process_time()
    assert sum(map(len, floats_apart(rows))) == len(rows)
    assert time.process_time() - began < 2
