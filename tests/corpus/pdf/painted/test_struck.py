"""Words that a line is drawn through are not read; lines under, over and beside words leave them alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.base import Document
from ragft.corpus.readers import read_here
from tests.corpus.pdfs import HEIGHT, at, column, pdf, prose

LEFT, Y, SIZE, FONT = 60, 400, 10, "Times-Roman"


def read(path: Path, up: float, *, beyond: float = 0.3, words: str = "320", width: float = 0.6) -> Document:
    """The document with a line that is drawn `up` points above the foot of `words`, and goes on `beyond` them."""

    def draw(canvas: Canvas) -> None:
        column(canvas, LEFT, 100, 470, [prose("gates", 7)])
        at(canvas, LEFT, Y, f"The price of it is {words} 450 bolts in all.")
        left = LEFT + stringWidth("The price of it is ", FONT, SIZE)
        right = left + stringWidth(words, FONT, SIZE)
        canvas.setLineWidth(width)
        canvas.line(left - beyond, HEIGHT - Y + up, right + beyond, HEIGHT - Y + up)

    return read_here(pdf(path / "page.pdf", draw))


def words_of(document: Document) -> str:
    """The words of a document; those on both sides of a struck one stand as far apart as cells do."""
    return " ".join([document.title, *(block.text for block in document.blocks)]).replace(" | ", " ")


@pytest.mark.parametrize("width", [0.3, 0.6, 1, 1.2])
@pytest.mark.parametrize("words", ["320", "some 320"])
def test_struck_words_are_left_out_and_noted(words: str, width: float, tmp_path: Path) -> None:
    document = read(tmp_path, 2.6, words=words, width=width)
    assert "The price of it is 450 bolts in all." in words_of(document)
    assert document.warnings == (f"struck text is left out ({len(words.replace(' ', ''))} characters)",)


@pytest.mark.parametrize(
    ("word", "struck", "wanted"),
    [
        ("320450", "450", "320"),
        ("320450", "320", "450"),
        ("$320", "320", "$"),
        ("32,045", "045", "32,"),
        ("a-7", "7", "a-"),
    ],
)
def test_the_struck_part_of_a_word_is_left_out(word: str, struck: str, wanted: str, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, LEFT, 100, 470, [prose("gates", 7)])
        at(canvas, LEFT, Y, f"The price of it is {word} in all.")
        left = LEFT + stringWidth(f"The price of it is {word[: word.index(struck)]}", FONT, SIZE)
        canvas.line(left, HEIGHT - Y + 2.4, left + stringWidth(struck, FONT, SIZE), HEIGHT - Y + 2.4)

    document = read_here(pdf(tmp_path / "page.pdf", draw))
    assert f"The price of it is {wanted} in all." in words_of(document)
    assert document.warnings == (f"struck text is left out ({len(struck)} characters)",)


@pytest.mark.parametrize(("up", "beyond"), [(-1.5, 0.3), (0.1, 0.3), (7.5, 0.3), (2.6, 90)])
def test_lines_under_and_over_words_and_those_of_a_grid_strike_nothing(
    up: float, beyond: float, tmp_path: Path
) -> None:
    document = read(tmp_path, up, beyond=beyond)
    assert "The price of it is 320 450 bolts in all." in words_of(document)
    assert document.warnings == ()


@pytest.mark.parametrize("dash", [15, 17])
def test_a_dash_of_a_dashed_line_strikes_nothing(dash: float, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, LEFT, 100, 470, [prose("gates", 7)])
        at(canvas, LEFT, Y, "The price of it is 320 450 bolts in all.")
        left = LEFT + stringWidth("The price of it is ", FONT, SIZE) - 0.5
        for step in range(-2, 12):
            canvas.line(left + step * (dash + 5), HEIGHT - Y + 2.6, left + step * (dash + 5) + dash, HEIGHT - Y + 2.6)

    document = read_here(pdf(tmp_path / "page.pdf", draw))
    assert "The price of it is 320 450 bolts in all." in words_of(document)
    assert document.warnings == ()


def test_words_struck_one_by_one_are_left_out(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, LEFT, 100, 470, [prose("gates", 7)])
        at(canvas, LEFT, Y, "The price of it is some 320 450 bolts in all.")
        for before, word in (("The price of it is ", "some"), ("The price of it is some ", "320")):
            left = LEFT + stringWidth(before, FONT, SIZE)
            canvas.line(left, HEIGHT - Y + 2.6, left + stringWidth(word, FONT, SIZE), HEIGHT - Y + 2.6)

    assert "The price of it is 450 bolts in all." in words_of(read_here(pdf(tmp_path / "page.pdf", draw)))
