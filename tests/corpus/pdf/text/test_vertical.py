"""Chinese and Japanese in columns: a number turned within one is read, and what is out of order is noted."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.pdf.base import TextSpan
from ragft.corpus.pdf.text.vertical import is_out_of_order
from ragft.corpus.readers import read_here
from tests.corpus.pdfs import pdf

SIZE = 14


def test_a_number_turned_within_columns_is_read_and_the_order_noted(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3", isVertical=True))
        for number in range(3):
            canvas.setFont("HeiseiMin-W3", SIZE)
            canvas.drawString(400 - 24 * number, 700, "吾輩は猫である。名前はまだ無い。")
        canvas.saveState()
        canvas.translate(396, 470)
        canvas.rotate(-90)
        canvas.setFont("Helvetica", SIZE)
        canvas.drawString(0, 0, "320")
        canvas.restoreState()

    document = read_here(pdf(tmp_path / "cat.pdf", draw))
    assert "320" in " ".join(block.text for block in document.blocks)
    assert document.warnings == ("page 1: vertical text, not all of which is read in order",)


def stack(text: str, down: float, aside: float = 0.0) -> list[TextSpan]:
    """Single characters, each `down` points below the one before and `aside` points to its right."""
    places = [(300 + aside * row, down * row) for row in range(len(text))]
    return [TextSpan(char, x, y, x + SIZE, y + SIZE, SIZE) for char, (x, y) in zip(text, places, strict=True)]


@pytest.mark.parametrize("down", [15, 18])
def test_single_characters_one_below_the_other_are_out_of_order(down: float) -> None:
    assert is_out_of_order(stack("名前は無", down))


@pytest.mark.parametrize(
    "words",
    [stack("名前は無", 20), stack("名前は無", 15, aside=5), stack("名前は", 15), stack("ABCD", 15)],
    ids=["far apart", "slanted", "three", "letters"],
)
def test_other_characters_make_no_column(words: list[TextSpan]) -> None:
    assert not is_out_of_order(words)
