"""A number that was replaced by covering it and writing another over it is read as it is seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.lib.colors import black, white
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.readers import read_here
from tests.corpus.pdfs import HEIGHT, SERIF, at, pdf, prose

LEFT, Y = 72, 300
LINE = "It costs 320 euros in all."


def edited(path: Path, old: str, new: str, line: str = LINE) -> str:
    """What is read of the line where `new` is written over `old`."""
    start = line.index(old)

    def draw(canvas: Canvas) -> None:
        at(canvas, LEFT, 100, "Report on the Gates", 18)
        at(canvas, LEFT, 140, prose("gates", 1))
        at(canvas, LEFT, Y, line)
        left = LEFT + stringWidth(line[:start], SERIF, 10)
        canvas.setFillColor(white)
        canvas.rect(left - 0.2, HEIGHT - Y - 3, stringWidth(old, SERIF, 10) + 0.3, 11, stroke=0, fill=1)
        canvas.setFillColor(black)
        at(canvas, left, Y, new)

    return read_here(pdf(path, draw)).blocks[-1].text


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("3", "8", "It costs 820 euros in all."),
        ("2", "8", "It costs 380 euros in all."),
        ("0", "8", "It costs 328 euros in all."),
        ("20", "57", "It costs 357 euros in all."),
        ("320", "457", "It costs 457 euros in all."),
        ("costs", "saves", "It saves 320 euros in all."),
        ("0", "", "It costs 32 euros in all."),
    ],
)
def test_what_is_written_over_covered_words_is_read_in_their_place(
    old: str, new: str, wanted: str, tmp_path: Path
) -> None:
    assert edited(tmp_path / "edited.pdf", old, new) == wanted


def in_pieces(path: Path, middle: str, cover: bool) -> str:
    """What is read of a line in three text objects, of which the one in the middle is covered, or white."""

    def draw(canvas: Canvas) -> None:
        at(canvas, LEFT, 100, "Report on the Gates", 18)
        at(canvas, LEFT, 140, prose("gates", 1))
        left = LEFT
        for number, piece in enumerate(("It costs 1", middle, "5 euros in all.")):
            canvas.setFillColor(white if number == 1 and not cover else black)
            at(canvas, left, Y, piece)
            width = stringWidth(piece, SERIF, 10)
            canvas.setFillColor(white)
            if number == 1 and cover:
                canvas.rect(left - 0.1, HEIGHT - Y - 3, width + 0.1, 11, stroke=0, fill=1)
            canvas.setFillColor(black)
            left += width

    return read_here(pdf(path, draw)).blocks[-1].text


@pytest.mark.parametrize("cover", [False, True])
def test_a_digit_that_is_not_seen_within_a_number_is_not_read(cover: bool, tmp_path: Path) -> None:
    assert in_pieces(tmp_path / "page.pdf", "9", cover) == "It costs 1 5 euros in all."


def test_a_sign_under_a_narrow_cover_is_not_read(tmp_path: Path) -> None:
    assert edited(tmp_path / "edited.pdf", "-", "", "It is -15 degrees.") == "It is 15 degrees."
