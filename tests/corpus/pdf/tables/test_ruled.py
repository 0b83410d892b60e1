"""Tables with drawn lines: the lines tell which words are one cell, and which cells are empty."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.base import Document
from ragft.corpus.readers import read_here
from tests.corpus.pdfs import BOLD, HEIGHT, Draw, at, column, pdf, prose

TOP, PITCH = 300, 12
Cell = str | tuple[str, ...]
"""One line of text, or several."""
Lines = Callable[[Canvas, Sequence[float], Sequence[float]], None]
"""Draws a grid with these places of its upright and its level lines."""


def as_grid(canvas: Canvas, xs: Sequence[float], ys: Sequence[float]) -> None:
    canvas.grid(list(xs), list(ys))


def as_one_path(canvas: Canvas, xs: Sequence[float], ys: Sequence[float]) -> None:
    path = canvas.beginPath()
    for x in xs:
        path.moveTo(x, ys[0])
        path.lineTo(x, ys[-1])
    for y in ys:
        path.moveTo(xs[0], y)
        path.lineTo(xs[-1], y)
    canvas.drawPath(path)


def as_outlines(canvas: Canvas, xs: Sequence[float], ys: Sequence[float]) -> None:
    canvas.setFillGray(1)
    for left, right in itertools.pairwise(xs):
        for high, low in itertools.pairwise(ys):
            canvas.rect(left, low, right - left, high - low, fill=1)
    canvas.setFillGray(0)


def as_thin_boxes(canvas: Canvas, xs: Sequence[float], ys: Sequence[float]) -> None:
    """Each edge of each cell filled as a box, with a gap at the corners."""
    for x in xs:
        for high, low in itertools.pairwise(ys):
            canvas.rect(x, low + 0.5, 0.7, high - low - 1, stroke=0, fill=1)
    for y in ys:
        for left, right in itertools.pairwise(xs):
            canvas.rect(left + 0.5, y, right - left - 1, 0.7, stroke=0, fill=1)


def table(rows: Sequence[Sequence[Cell]], widths: Sequence[float], lines: Lines = as_grid, *, left: float = 60) -> Draw:
    """A table below a paragraph; the text of each cell begins 3 points behind its edge."""

    def draw(canvas: Canvas) -> None:
        column(canvas, 60, 100, 450, [prose("gates")])
        xs = [left + sum(widths[:count]) for count in range(len(widths) + 1)]
        heights = [4 + PITCH * max(len(cell) if isinstance(cell, tuple) else 1 for cell in row) for row in rows]
        ys = [TOP + sum(heights[:count]) for count in range(len(rows) + 1)]
        lines(canvas, xs, [HEIGHT - y for y in ys])
        for row, y in zip(rows, ys, strict=False):
            for cell, x in zip(row, xs, strict=False):
                for number, line in enumerate(cell if isinstance(cell, tuple) else (cell,)):
                    at(canvas, x + 3, y + PITCH * (number + 1) - 1, line)

    return draw


def tables(document: Document) -> list[str]:
    return [block.text for block in document.blocks if block.kind == "table"]


NARROW = (
    ("Region", "2021", "2022", "2023"),
    ("North", "12", "14", "9"),
    ("South", "", "7", "1"),
    ("East", "3", "", "2"),
)
READ = "Region | 2021 | 2022 | 2023\nNorth | 12 | 14 | 9\nSouth |  | 7 | 1\nEast | 3 |  | 2"


@pytest.mark.parametrize("lines", [as_grid, as_one_path, as_outlines, as_thin_boxes])
def test_cells_that_stand_close_together(lines: Lines, tmp_path: Path) -> None:
    document = read_here(pdf(tmp_path / "x.pdf", table(NARROW, (36, 26, 26, 26), lines)))
    assert tables(document) == [READ]


def test_cells_on_a_page_that_is_turned(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(90)
        canvas.translate(600, 0)
        canvas.rotate(90)
        canvas.translate(0, 600 - HEIGHT)
        table(NARROW, (36, 26, 26, 26))(canvas)

    assert tables(read_here(pdf(tmp_path / "x.pdf", draw))) == [READ]


DUTIES = (
    ("Name", "Since", "Duties"),
    (("Ada", "Brenner"), "2011", ("Leads the pilots, and answers for the bud-", "get of 450 000 euros in all.")),
    ("Lin Wei", "2019", "Accounts; payroll of 38 people"),
)


def test_a_cell_of_several_lines_is_one(tmp_path: Path) -> None:
    document = read_here(pdf(tmp_path / "x.pdf", table(DUTIES, (45, 30, 190))))
    assert tables(document) == [
        "Name | Since | Duties\n"
        "Ada Brenner | 2011 | Leads the pilots, and answers for the budget of 450 000 euros in all.\n"
        "Lin Wei | 2019 | Accounts; payroll of 38 people"
    ]


def test_rows_without_a_line_between_them_stay_rows(tmp_path: Path) -> None:
    rows = (("Model", "dev", "test"), (("Base", "Large", "Huge"), ("27.3", "28.4", "30.1"), ("26.0", "27.7", "29.9")))
    document = read_here(pdf(tmp_path / "x.pdf", table(rows, (60, 40, 40))))
    assert tables(document) == ["Model | dev | test\nBase | 27.3 | 26.0\nLarge | 28.4 | 27.7\nHuge | 30.1 | 29.9"]


def test_two_numbers_in_a_cell_do_not_become_one(tmp_path: Path) -> None:
    rows = (("Gate", "Tons"), ("Harrow", ("1 234", "567")), ("Weir", "8"))
    text = "\n".join(tables(read_here(pdf(tmp_path / "x.pdf", table(rows, (60, 60))))))
    assert "1 234" in text
    assert "1 234 567" not in text


def test_a_wide_table_is_not_read_by_columns(tmp_path: Path) -> None:
    texts = ("Close the gates at 2.5 m and move all ships", "Talk to both of the unions before June")
    duties = [(name, f"{texts[n % 2]} {n}", f"{texts[1 - n % 2]} {n}") for n, name in enumerate("ABCDEFGH")]
    document = read_here(pdf(tmp_path / "x.pdf", table((("Risk", "First", "Then"), *duties), (40, 215, 215))))
    assert tables(document) == ["\n".join(" | ".join(row) for row in (("Risk", "First", "Then"), *duties))]


def test_a_merged_head_stands_over_its_columns(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rect(60, HEIGHT - 348, 120, 48)
        for x in (100, 140):
            canvas.line(x, HEIGHT - (300 if x == 100 else 316), x, HEIGHT - 348)
        canvas.line(100, HEIGHT - 316, 180, HEIGHT - 316)
        canvas.line(60, HEIGHT - 332, 180, HEIGHT - 332)
        for x, y, text in (
            (63, 320, "Dock"), (103, 312, "Depth (m)"), (103, 328, "min"), (143, 328, "max"),
            (63, 344, "East"), (103, 344, "5.5"), (143, 344, "7.1"),
        ):  # fmt: skip
            at(canvas, x, y, text)

    assert tables(read_here(pdf(tmp_path / "x.pdf", draw))) == ["Dock | Depth (m)\n | min | max\nEast | 5.5 | 7.1"]


def test_columns_without_a_full_row(tmp_path: Path) -> None:
    rows = (("", "2021", "2022", "2023"), ("North", "12", "", "9"), ("South", "3", "7", ""))
    document = read_here(pdf(tmp_path / "x.pdf", table(rows, (36, 26, 26, 26))))
    assert tables(document) == [" | 2021 | 2022 | 2023\nNorth | 12 |  | 9\nSouth | 3 | 7"]


def test_tables_beside_one_another_are_read_one_after_the_other(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        table((("Item", "kg"), ("Flour", "12"), ("Salt", "3")), (40, 30))(canvas)
        table((("Item", "EUR"), ("Boat", "900"), ("Oar", "45")), (40, 30), left=150)(canvas)
        at(canvas, 240, 312, "12 ships")

    text = "\n".join(tables(read_here(pdf(tmp_path / "x.pdf", draw))))
    assert "Item | kg\nFlour | 12\nSalt | 3\nItem | EUR\nBoat | 900\nOar | 45" in text


def test_the_heading_above_a_table_is_one(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        table(NARROW, (36, 26, 26, 26))(canvas)
        at(canvas, 60, 60, "The harbour and its ships", 16, BOLD)
        at(canvas, 60, TOP - 8, "Ships by region", 12, BOLD)

    document = read_here(pdf(tmp_path / "x.pdf", draw))
    assert [(block.kind, block.section) for block in document.blocks[-2:]] == [
        ("heading", "Ships by region"),
        ("table", "Ships by region"),
    ]


def test_numbers_in_even_steps_are_kept_in_a_table(tmp_path: Path) -> None:
    rows = (("Rank", "Name"), ("30", ""), ("20", ""), ("10", ""), ("0", "Weir"))
    document = read_here(pdf(tmp_path / "x.pdf", table(rows, (36, 40))))
    assert tables(document) == ["Rank | Name\n30\n20\n10\n0 | Weir"]


def test_two_columns_of_text_in_a_frame_are_no_table(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rect(50, HEIGHT - 400, 500, 340)
        canvas.line(50, HEIGHT - 90, 550, HEIGHT - 90)
        canvas.line(300, HEIGHT - 90, 300, HEIGHT - 370)
        canvas.line(50, HEIGHT - 370, 550, HEIGHT - 370)
        at(canvas, 60, 80, "The town paper")
        column(canvas, 60, 110, 230, [prose("locks")])
        column(canvas, 310, 110, 230, [prose("weirs")])
        at(canvas, 60, 390, "Printed in the old mill")

    text = " ".join(block.text for block in read_here(pdf(tmp_path / "x.pdf", draw)).blocks)
    assert prose("locks") in text
    assert prose("weirs") in text
    assert "|" not in text


def test_the_lines_of_a_chart_cut_no_words(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, 60, 100, 450, [prose("gates")])
        canvas.grid([100 + 20 * n for n in range(16)], [HEIGHT - 300 - 20 * n for n in range(11)])
        at(canvas, 130, 345, "Ours is the best of all")
        at(canvas, 240, 405, "Theirs")

    document = read_here(pdf(tmp_path / "x.pdf", draw))
    assert "Ours is the best of all" in "\n".join(block.text for block in document.blocks)


def test_a_page_of_very_many_lines_takes_no_long_time(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for row in range(75):
            for place in range(20):
                canvas.rect(30 + 27 * place, HEIGHT - 30 - 10 * row, 27, 10)
                at(canvas, 32 + 27 * place, 28 + 10 * row, f"{row * place}", 7)

    file = pdf(tmp_path / "x.pdf", draw)
    began = time.process_time()
    [text] = tables(read_here(file))
    assert time.process_time() - began < 10
    assert text.split("\n")[70] == " | ".join(str(70 * place) for place in range(20))
