"""Tables of contents, and lists with dots that are none."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.readers import read_here
from tests.corpus.pdfs import at, column, pdf, prose


def read(tmp_path: Path, numbers: Sequence[int], *, pages: int, sentences: int = 12) -> tuple[str, str]:
    """The text and the notes of a file whose first page lists these numbers behind dots."""

    def draw(canvas: Canvas, number: int) -> None:
        column(canvas, 60, 100, 470, [prose(f"subject{number}", sentences)])
        for row, listed in enumerate(numbers if number == 1 else ()):
            at(canvas, 60, 500 + 14 * row, f"Entry {'abcdefgh'[row]} of the list {'. ' * 30} {listed}")

    document = read_here(pdf(tmp_path / "x.pdf", *[partial(draw, number=page + 1) for page in range(pages)]))
    return " ".join(block.text for block in document.blocks), " ".join(document.warnings)


def test_a_table_of_contents_is_left_out_and_noted(tmp_path: Path) -> None:
    text, notes = read(tmp_path, [1, 1, 2, 3, 3], pages=3)
    assert "of the list" not in text
    assert notes == "left out: table of contents (page 1)"


@pytest.mark.parametrize(
    ("numbers", "pages", "sentences"),
    [
        pytest.param([12, 40, 55, 320], 3, 12, id="amounts-that-rise"),
        pytest.param([3, 1, 2, 1, 3, 1], 3, 12, id="amounts-that-go-up-and-down"),
        pytest.param([1, 1, 1, 1], 1, 12, id="a-single-page"),
        pytest.param([1, 2], 3, 12, id="two-lines"),
        pytest.param([1, 1, 1, 1, 1, 2, 2, 2], 2, 0, id="nothing-else"),
    ],
)
def test_a_list_with_dots_is_read(numbers: Sequence[int], pages: int, sentences: int, tmp_path: Path) -> None:
    text, notes = read(tmp_path, numbers, pages=pages, sentences=sentences)
    assert text.count("of the list") == len(numbers)
    assert "contents" not in notes
