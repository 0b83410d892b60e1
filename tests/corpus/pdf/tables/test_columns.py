"""Columns of numbers that stand close together: each number is a cell of its own, and groups of thousands are none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.readers import read_here
from tests.corpus.pdfs import HEIGHT, SANS, at, column, pdf, prose


def rows(path: Path, *lines: Sequence[str], pitch: float, font: str = SANS, apart: bool = False) -> str:
    """What is read of lines of words, each set to the right of its column."""

    def draw(canvas: Canvas) -> None:
        column(canvas, 60, 100, 400, [prose("gates")])
        for number, line in enumerate(lines):
            y = 300 + 14 * number * (8 if apart else 1)
            for place, word in enumerate(line):
                at(canvas, 100 + pitch * place - stringWidth(word, font, 10), y, word, font=font)

    document = read_here(pdf(path / "x.pdf", draw))
    return "\n".join(block.text for block in document.blocks if any(map(str.isdigit, block.text)))


PAIRS = (("12", "34", "56"), ("78", "90", "12"), ("34", "56", "78"))


@pytest.mark.parametrize("pitch", [12.6, 13, 14, 17, 22, 25])
def test_numbers_of_narrow_columns_are_cells(pitch: float, tmp_path: Path) -> None:
    assert rows(tmp_path, *PAIRS, pitch=pitch) == "12 | 34 | 56\n78 | 90 | 12\n34 | 56 | 78"


def test_three_digits_a_column_are_no_groups_of_thousands(tmp_path: Path) -> None:
    lines = (
        ("Winter", "N", "M", "S"),
        ("1923", "12", "345", "678"),
        ("1924", "7", "890", "1"),
        ("1925", "99", "100", "101"),
    )
    read = rows(tmp_path, *lines, pitch=23)
    assert read == "Winter | N | M | S\n1923 | 12 | 345 | 678\n1924 | 7 | 890 | 1\n1925 | 99 | 100 | 101"


def test_a_column_with_one_number_that_is_no_group_parts_all(tmp_path: Path) -> None:
    assert rows(tmp_path, ("12", "345"), ("7", "89"), ("1", "234"), pitch=20.5) == "12 | 345\n7 | 89\n1 | 234"


def test_wide_gaps_of_other_lines_tell_where_a_narrow_one_parts(tmp_path: Path) -> None:
    lines = (("0.5", "0.7"), ("0.8123456", "0.9123456"), ("0.2", "0.1"))
    assert rows(tmp_path, *lines, pitch=52) == "0.5 | 0.7\n0.8123456 | 0.9123456\n0.2 | 0.1"


def test_groups_of_thousands_stay_together(tmp_path: Path) -> None:
    lines = (("1 234", "5 678"), ("9 012", "34 567"), ("890", "1 234"))
    assert rows(tmp_path, *lines, pitch=50) == "1 234 | 5 678\n9 012 | 34 567\n890 | 1 234"
    assert rows(tmp_path, *lines, pitch=70, font="Courier") == "1 234 | 5 678\n9 012 | 34 567\n890 | 1 234"


def test_numbers_of_a_single_line_or_of_lines_far_apart_are_no_columns(tmp_path: Path) -> None:
    assert rows(tmp_path, ("12", "34", "56"), pitch=17) == "12 34 56"
    assert " | " not in rows(tmp_path, *PAIRS, pitch=17, apart=True)


def test_numbers_one_below_the_other_in_two_lines_of_text_are_no_columns(tmp_path: Path) -> None:
    line = ["The", "gate", "of", "the", "year", "12", "34", "it", "was", "open", "for", "us"]
    text = rows(tmp_path, line, line, pitch=24)
    assert text.count("12 34") == 2


def test_a_list_of_numbers_with_commas_is_no_row(tmp_path: Path) -> None:
    line = ("12,", "34,", "56")
    assert " | " not in rows(tmp_path, line, line, line, pitch=20)


def test_digits_of_one_number_that_are_set_apart_evenly_stay_one(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, 60, 100, 400, [prose("gates")])
        for place, digit in enumerate("12345"):
            at(canvas, 100 + 7 * place, 300, digit, font=SANS)
        canvas.drawString(200, HEIGHT - 300, "bolts.")

    document = read_here(pdf(tmp_path / "x.pdf", draw))
    assert any("12345" in block.text for block in document.blocks)


def test_two_lines_with_names_on_both_sides_of_their_numbers_are_no_columns(tmp_path: Path) -> None:
    lines = ("N", "12", "34", "M"), ("N", "56", "78", "M"), ("N", "90", "12", "M")
    assert " | " not in rows(tmp_path, *lines[:2], pitch=20)
    assert " | " in rows(tmp_path, *lines, pitch=20)
