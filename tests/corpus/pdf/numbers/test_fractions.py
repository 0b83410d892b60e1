"""Fractions of formulas are read on one line; lines under words and in tables make none."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.readers import read_here
from tests.corpus.pdfs import HEIGHT, SERIF, at, column, pdf, prose

LEFT, LINE = 60.0, 300.0


def fraction(canvas: Canvas, x: float, over: str, under: str, size: float, y: float = LINE) -> float:
    """A fraction with its bar at the height of a minus sign of a line at `y`; returns where it ends."""
    wide = max(stringWidth(text, SERIF, size) for text in (over, under))
    axis = y - 2.8
    at(canvas, x + (wide - stringWidth(over, SERIF, size)) / 2, axis - 0.3 * size, over, size)
    at(canvas, x + (wide - stringWidth(under, SERIF, size)) / 2, axis + 0.9 * size, under, size)
    canvas.setLineWidth(0.5)
    canvas.line(x, HEIGHT - axis, x + wide, HEIGHT - axis)
    return x + wide


def read(path: Path, *pieces: str | tuple[str, str], size: float = 10) -> str:
    """The text of a page with a line of words and fractions."""

    def draw(canvas: Canvas) -> None:
        column(canvas, LEFT, 100, 450, [prose("gates")])
        x = LEFT
        for piece in pieces:
            if isinstance(piece, str):
                at(canvas, x, LINE, piece)
                x += stringWidth(piece, SERIF, 10) + 2
            else:
                x = fraction(canvas, x, *piece, size) + 2
        column(canvas, LEFT, LINE + 30, 450, [prose("locks")])

    return " ".join(block.text for block in read_here(pdf(path / "x.pdf", draw)).blocks)


@pytest.mark.parametrize("size", [7.0, 10.0])
@pytest.mark.parametrize(
    ("over", "under", "wanted"),
    [("a + b", "8", "(a + b)/8"), ("x", "y", "x/y"), ("f(x)", "2n", "f(x)/2n"), ("n", "k - 1", "n/(k - 1)")],
)
def test_a_fraction_is_read_on_its_line(over: str, under: str, wanted: str, size: float, tmp_path: Path) -> None:
    text = read(tmp_path, "Let t =", (over, under), "for each of the gates.", size=size)
    assert f"Let t = {wanted} for each of the gates." in text


def test_two_fractions_of_a_line(tmp_path: Path) -> None:
    assert "R = 1/b + n/d here." in read(tmp_path, "R =", ("1", "b"), "+", ("n", "d"), "here.")


def test_an_underlined_word_is_no_fraction(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for row in range(6):
            at(canvas, LEFT, 100 + 12 * row, f"gate {row}0 is open and gate {row}1 is shut in all of the winters")
            wide = stringWidth("gate 10", SERIF, 10)
            canvas.line(LEFT, HEIGHT - (102 + 12 * row), LEFT + wide, HEIGHT - (102 + 12 * row))

    text = " ".join(block.text for block in read_here(pdf(tmp_path / "x.pdf", draw)).blocks)
    assert "/" not in text


def test_a_line_below_the_head_of_columns_is_no_fraction(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, LEFT, 100, 450, [prose("gates")])
        at(canvas, LEFT, 206, "Model")
        for x, head in ((120, "Dev"), (200, "Test")):
            at(canvas, x + 16, 200, head)
            canvas.line(x, HEIGHT - 203, x + 46, HEIGHT - 203)
            at(canvas, x, 213, "EM")
            at(canvas, x + 30, 213, "F1")
        for row in range(3):
            for x, cell in zip((LEFT, 120, 150, 200, 230), ("Base", "27.3", "28.1", "26.0", f"2{row}.5"), strict=True):
                at(canvas, x, 230 + 12 * row, cell)

    text = "\n".join(block.text for block in read_here(pdf(tmp_path / "x.pdf", draw)).blocks)
    assert "/" not in text
    assert "Base | 27.3 | 28.1 | 26.0 | 20.5" in text


def test_very_many_bars_take_no_long_time(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for row in range(40):
            y = 40 + 18 * row
            for place in range(100):
                x = 30 + 5 * place
                canvas.line(x, HEIGHT - y, x + 4, HEIGHT - y)
                for text, height in (("a", y - 2), ("b", y + 6), ("=", y + 2)):
                    at(canvas, x, height, text, 4)

    file = pdf(tmp_path / "x.pdf", draw)
    began = time.process_time()
    read_here(file)
    assert time.process_time() - began < 10
