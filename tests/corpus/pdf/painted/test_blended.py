"""Text in the colour of what it is painted on is not read: a gradient, a pattern, a curved shape, a white picture."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.colors import Color, black
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.readers import read_here
from tests.corpus.pdfs import HEIGHT, Draw, at, column, pdf, prose

LEFT, Y = 60, 400
BLUE, RED = Color(0.2, 0.2, 0.8), Color(0.8, 0.1, 0.1)
BOX = (LEFT - 5, HEIGHT - Y - 5, 300, 18)


def gradient(canvas: Canvas, start: Color, end: Color) -> None:
    left, low, width, height = BOX
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(*BOX)
    canvas.clipPath(path, stroke=0, fill=0)
    canvas.linearGradient(left, low, left + width, low + height, (start, end))
    canvas.restoreState()


def rounded(canvas: Canvas, colour: Color) -> None:
    canvas.setFillColor(colour)
    canvas.roundRect(*BOX, 6, fill=1, stroke=0)


def stroke(canvas: Canvas, colour: Color) -> None:
    canvas.setStrokeColor(colour)
    canvas.setLineWidth(18)
    canvas.line(LEFT - 5, HEIGHT - Y + 3, LEFT + 300, HEIGHT - Y + 3)


def picture(canvas: Canvas, grey: int) -> None:
    canvas.drawImage(ImageReader(Image.new("L", (40, 20), grey)), *BOX)


UNSEEN: dict[str, tuple[Draw, Color]] = {
    "gradient": (lambda canvas: gradient(canvas, BLUE, BLUE), BLUE),
    "gradient of nearly the colour": (lambda canvas: gradient(canvas, BLUE, Color(0.2, 0.2, 0.81)), BLUE),
    "white gradient": (lambda canvas: gradient(canvas, Color(1, 1, 1), Color(1, 1, 1)), Color(1, 1, 1)),
    "rounded box": (lambda canvas: rounded(canvas, BLUE), BLUE),
    "half transparent box": (lambda canvas: rounded(canvas, Color(0, 0, 0, 0.5)), Color(0.5, 0.5, 0.5)),
    "wide stroke": (lambda canvas: stroke(canvas, RED), RED),
    "white picture": (lambda canvas: picture(canvas, 255), Color(1, 1, 1)),
}
SEEN: dict[str, tuple[Draw, Color]] = {
    "on a gradient of others": (lambda canvas: gradient(canvas, RED, Color(1, 1, 0)), BLUE),
    "black on a gradient": (lambda canvas: gradient(canvas, BLUE, BLUE), black),
    "on a rounded box of another": (lambda canvas: rounded(canvas, RED), BLUE),
    "white on a rounded box": (lambda canvas: rounded(canvas, BLUE), Color(1, 1, 1)),
    "white on a dark picture": (lambda canvas: picture(canvas, 40), Color(1, 1, 1)),
}


def read(folder: Path, ground: Draw, colour: Color) -> str:
    def draw(canvas: Canvas) -> None:
        column(canvas, LEFT, 100, 470, [prose("gates", 7)])
        ground(canvas)
        canvas.setFillColor(colour)
        at(canvas, LEFT, Y, "SECRET words 4711")

    document = read_here(pdf(folder / "page.pdf", draw))
    text = " ".join([document.title, *(block.text for block in document.blocks)])
    assert prose("gates", 7) in text
    return text


@pytest.mark.parametrize("name", UNSEEN)
def test_text_in_the_colour_of_what_it_is_painted_on(name: str, tmp_path: Path) -> None:
    text = read(tmp_path, *UNSEEN[name])
    assert "SECRET" not in text and "4711" not in text


@pytest.mark.parametrize("name", SEEN)
def test_text_that_stands_out_is_read(name: str, tmp_path: Path) -> None:
    assert "SECRET words 4711" in read(tmp_path, *SEEN[name])
