"""Fractions and signs of minus that are drawn: no number in the text differs from the one a reader sees."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.readers import read_here
from tests.corpus.pdfs import HEIGHT, Draw, at, column, pdf, prose

LEFT, Y, SIZE = 60, 400, 10
FONT = "Times-Roman"
TEX = 3.94, 3.45
"""Points by which TeX raises the upper and lowers the lower number of a fraction in text of 10 points."""


def words_of(path: Path, draw: Draw) -> str:
    def page(canvas: Canvas) -> None:
        column(canvas, LEFT, 100, 470, [prose("sluices", 8)])
        draw(canvas)

    document = read_here(pdf(path / "page.pdf", page))
    return " ".join([document.title, *(block.text for block in document.blocks)])


def stacked(
    canvas: Canvas,
    before: str,
    upper: str,
    lower: str,
    after: str,
    *,
    bar: bool = True,
    small: float = 7,
    shifts: tuple[float, float] = TEX,
    gap: float = 1.2,
) -> None:
    at(canvas, LEFT, Y, before)
    left = LEFT + stringWidth(before, FONT, SIZE) + gap
    widths = [stringWidth(text, FONT, small) for text in (upper, lower)]
    wide = max(widths)
    at(canvas, left + (wide - widths[0]) / 2, Y - shifts[0], upper, small)
    if bar:
        canvas.setLineWidth(0.4)
        canvas.line(left, HEIGHT - Y + 2.5, left + wide, HEIGHT - Y + 2.5)
    at(canvas, left + (wide - widths[1]) / 2, Y + shifts[1], lower, small)
    at(canvas, left + wide + gap + (2.5 if after[:1].isalnum() else 0), Y, after)


@pytest.mark.parametrize("bar", [True, False])
@pytest.mark.parametrize(
    ("before", "upper", "lower", "wanted"),
    [
        ("It is ", "1", "2", "It is 1/2 inches wide."),
        ("It is 3", "1", "2", "It is 3 1/2 inches wide."),
        ("It is 3", "3", "4", "It is 3 3/4 inches wide."),
        ("It is 12", "5", "8", "It is 12 5/8 inches wide."),
        ("It is ", "22", "7", "It is 22/7 inches wide."),
    ],
)
def test_a_fraction_as_tex_sets_it(before: str, upper: str, lower: str, wanted: str, bar: bool, tmp_path: Path) -> None:
    assert wanted in words_of(tmp_path, lambda c: stacked(c, before, upper, lower, "inches wide.", bar=bar))


def test_a_fraction_before_a_full_stop(tmp_path: Path) -> None:
    assert "It is 3 1/2." in words_of(tmp_path, lambda c: stacked(c, "It is 3", "1", "2", "."))


def test_a_fraction_of_numbers_as_large_as_the_line(tmp_path: Path) -> None:
    text = words_of(tmp_path, lambda c: stacked(c, "It is 3", "3", "4", "inches wide.", small=SIZE, shifts=(7, 7)))
    assert "It is 3 3/4 inches wide." in text


def test_a_fraction_behind_a_letter(tmp_path: Path) -> None:
    assert "It is x 1/2 here." in words_of(tmp_path, lambda c: stacked(c, "It is x", "1", "2", "here."))


@pytest.mark.parametrize(
    ("before", "upper", "lower", "after"),
    [
        ("It is x", "2", "1", "here."),
        ("It is A", "T", "k", "here."),
        ("It is (", "5", "2", ") here."),
        ("It is (x)", "2", "1", "here."),
    ],
)
def test_an_index_below_an_exponent_is_no_fraction(
    before: str, upper: str, lower: str, after: str, tmp_path: Path
) -> None:
    text = words_of(tmp_path, lambda c: stacked(c, before, upper, lower, after, bar=False, gap=0.2))
    assert f"{upper}/{lower}" not in text
    assert "here." in text


def test_the_numbers_of_an_isotope_are_no_fraction(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, LEFT, Y, "It is")
        at(canvas, 85, Y - 4, "14", 7)
        at(canvas, 85, Y + 2, "7", 7)
        at(canvas, 92.2, Y, "N here.")

    assert "14/7" not in words_of(tmp_path, draw)


@pytest.mark.parametrize("lines", [True, False])
def test_the_numbers_of_a_table_are_no_fractions(lines: bool, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for column_of in range(3):
            for row in range(4):
                at(canvas, 100 + 60 * column_of, Y + 12 * row, f"{row + 3}{column_of}")
                if lines:
                    canvas.line(
                        99 + 60 * column_of, HEIGHT - Y - 12 * row - 3, 111 + 60 * column_of, HEIGHT - Y - 12 * row - 3
                    )

    text = words_of(tmp_path, draw)
    assert "/" not in text
    assert all(f"{row + 3}{column_of}" in text for row in range(4) for column_of in range(3))


def drawn_minus(
    canvas: Canvas, before: str, *, left: float = 2.5, gap: float = 0.8, wide: float = 5.0, up: float = 3.4
) -> None:
    """A line that begins `left` points behind a text and ends `gap` points before a number."""
    at(canvas, LEFT, Y, before)
    left += LEFT + stringWidth(before, FONT, SIZE)
    canvas.setLineWidth(0.5)
    canvas.line(left, HEIGHT - Y + up, left + wide, HEIGHT - Y + up)
    at(canvas, left + wide + gap, Y, "5 degrees in the winter.")


def test_a_drawn_minus_is_read(tmp_path: Path) -> None:
    assert "It fell to −5 degrees in the winter." in words_of(tmp_path, lambda c: drawn_minus(c, "It fell to"))


@pytest.mark.parametrize(("gap", "seen"), [(2.5, "It is 7 − 5 degrees"), (0.8, "It is 7 −5 degrees")])
def test_a_minus_drawn_between_two_numbers_joins_neither(gap: float, seen: str, tmp_path: Path) -> None:
    assert seen in words_of(tmp_path, lambda c: drawn_minus(c, "It is 7", gap=gap, left=2.5 if gap > 1 else 4.0))


@pytest.mark.parametrize("how", [{"gap": 3.5}, {"up": -1.5}, {"wide": 16.0}])
def test_marks_of_axes_and_underlines_are_no_minus(how: dict[str, float], tmp_path: Path) -> None:
    text = words_of(tmp_path, lambda c: drawn_minus(c, "It fell to", **how))
    assert "−" not in text
    assert "5 degrees in the winter." in text
