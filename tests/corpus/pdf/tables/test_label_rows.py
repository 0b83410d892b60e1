"""Labels and their values are rows of a table; two columns of text are read one after the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.readers import read_here
from tests.corpus.pdfs import BOLD, at, column, pdf, prose, wrap

MONTHS = ("April", "August", "March", "October", "June")
PAIRS = (
    ("Name of the owner of the lock", "Hill & Daughters"),
    ("Greatest depth of the water", "12 m"),
    ("Temperature of the canal in May", "15 °C"),
    ("Number of gates that were fitted", "3"),
    ("Result of the last inspection", "passed"),
)


def test_values_stay_beside_their_labels_below_a_heading(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, 60, 60, "Lock inspection", 16, BOLD)
        for number, (label, value) in enumerate(PAIRS):
            at(canvas, 60, 110 + 20 * number, label, 11)
            at(canvas, 330, 110 + 20 * number, value, 11)

    text = "\n".join(block.text for block in read_here(pdf(tmp_path / "x.pdf", draw)).blocks)
    assert all(f"{label} | {value}" in text for label, value in PAIRS)


def test_amounts_stay_beside_labels_that_come_again_on_the_next_page(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for number in range(40):
            at(canvas, 60, 60 + 16 * number, f"Repairs of the long quay, bill {number % 9}")
            at(canvas, 480, 60 + 16 * number, f"{number}71.00")

    text = "\n".join(block.text for block in read_here(pdf(tmp_path / "x.pdf", draw, draw)).blocks)
    assert all(text.count(f"bill {number % 9} | {number}71.00") == 2 for number in range(40))


BILLS = tuple((f"Bill no. 2031-04{number}", f"{number}3.50") for number in range(41, 46))


@pytest.mark.parametrize("middle", [(), ("1 pcs",), ("EUR", "1 250,00")], ids=["two", "three", "four"])
@pytest.mark.parametrize("head", [True, False], ids=["head", "no head"])
def test_labels_of_one_width_stay_beside_their_amounts(middle: Sequence[str], head: bool, tmp_path: Path) -> None:
    rows = [(label, *middle, amount) for label, amount in BILLS]

    def draw(canvas: Canvas) -> None:
        at(canvas, 60, 60, "Unpaid bills", 11)
        for number, row in enumerate([("Bill", *("Sum" for _ in middle), "Amount"), *rows] if head else rows):
            for place, cell in enumerate(row):
                at(canvas, 60 if not place else 520 - 90 * (len(row) - 1 - place), 100 + 20 * number, cell, 11)

    text = "\n".join(block.text for block in read_here(pdf(tmp_path / "x.pdf", draw)).blocks)
    assert all(" | ".join(row) in text for row in rows)


def test_a_list_over_several_pages_is_read_row_by_row_and_page_by_page(tmp_path: Path) -> None:
    def page(first: int) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            for number in range(first, first + 20):
                at(canvas, 60, 20 * (number - first) + 100, f"{number} Hinge B{number % 20}", 11)
                at(canvas, 380, 20 * (number - first) + 100, f"{number} Stk", 11)
                at(canvas, 480, 20 * (number - first) + 100, f"{number},50", 11)
            at(canvas, 60, 560, "Sum", 11)
            at(canvas, 480, 560, f"{first}99,00", 11)

        return draw

    blocks = read_here(pdf(tmp_path / "x.pdf", page(100), page(200))).blocks
    text = "\n".join(block.text for block in blocks)
    rows = [f"{number} Hinge B{number % 20} | {number} Stk | {number},50" for number in (*range(100, 120), 219)]
    assert all(row in text for row in rows)
    assert re.search(r"Sum \|[ |]*10099,00\n200 Hinge", text)
    assert [block.page for block in blocks] == sorted(block.page or 0 for block in blocks)


def test_labels_stay_beside_words_of_more_than_half_their_length(tmp_path: Path) -> None:
    rows = [(f"Permit no. 2031-04{number}", f"paid in {month}") for number, month in enumerate(MONTHS, start=41)]

    def draw(canvas: Canvas) -> None:
        for number, (label, state) in enumerate(rows):
            at(canvas, 60, 100 + 20 * number, label, 11)
            at(canvas, 420, 100 + 20 * number, state, 11)

    text = "\n".join(block.text for block in read_here(pdf(tmp_path / "x.pdf", draw)).blocks)
    assert all(f"{label} | {state}" in text for label, state in rows)


def test_ragged_text_beside_a_column_of_short_lines_is_read_column_by_column(tmp_path: Path) -> None:
    words = wrap(prose("gates", 12), 230)[:12]

    def draw(canvas: Canvas) -> None:
        for number, line in enumerate(words):
            at(canvas, 60, 110 + 14 * number, line)
            at(canvas, 330, 110 + 14 * number, f"Keeper of the lock {number}")

    text = " ".join(block.text for block in read_here(pdf(tmp_path / "x.pdf", draw)).blocks)
    assert " ".join(words[:3]) in text.replace("\n", " ")


def test_columns_of_text_on_shared_lines_are_read_one_after_the_other(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, 60, 110, 230, [prose("gates", 10)])
        column(canvas, 310, 110, 230, [prose("locks", 10)])

    text = "\n".join(block.text for block in read_here(pdf(tmp_path / "x.pdf", draw)).blocks)
    assert "|" not in text
    assert text.rindex("gates") < text.index("locks")


def test_two_rows_with_dashes_belong_to_the_table_below(tmp_path: Path) -> None:
    rows = [
        ("Gate (maker, year of building)", "leaks", "hours", "crew"),
        ("Drum gate (Arden & Sons, 1911)", "-", "-", "4"),
        ("Sector gate (Hill & Daughters, 1922)", "-", "-", "2"),
        ("Mitre gate (Brook, 1934)", "14.5", "31.0", "3"),
        ("Lift gate (Brook, 1951)", "12.0", "27.5", "-"),
    ]

    def draw(canvas: Canvas) -> None:
        column(canvas, 72, 60, 450, [prose("gates")])
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                wide = 14 if number in (0, 3, 4) else 0  # only dashes and short numbers leave the gutter free
                at(canvas, 80 if not place else 298 + 46 * (place - 1) - wide, 400 + 14 * number, cell)
        at(canvas, 72, 480, "Table 1: Leaks, hours of repair and people in the crew by kind of gate, maker and year.")
        column(canvas, 72, 500, 210, [prose("locks", 12)])
        column(canvas, 312, 500, 210, [prose("crews", 12)])

    text = "\n".join(block.text for block in read_here(pdf(tmp_path / "x.pdf", draw)).blocks)
    assert "\n".join(" | ".join(row) for row in rows) in text


def test_the_last_rows_of_a_wide_table_stay_with_it_where_no_cell_reaches_over_the_gutter(tmp_path: Path) -> None:
    rows = [
        ("Gate", "maker", "place", "leaks", "hours"),
        ("Drum gate (Arden & Sons, 1911)", "Arden", "upper end of the lock", "14.5", "31.0"),
        ("Sector gate (Hill & Daughters, 1922)", "Hill", "lower end of the lock", "12.0", "-"),
        ("Ours, with one leaf (in spring and summer)", "Brook", "weir", "9.5", "22.5"),
        ("Ours, with two leaves (in spring and summer)", "Brook", "weir", "8.0", "-"),
    ]

    def draw(canvas: Canvas) -> None:
        column(canvas, 55, 60, 480, [prose("gates")])
        for number, row in enumerate(rows):
            for x, cell in zip((55, 235, 320 if number > 2 else 280, 440, 500), row, strict=True):
                at(canvas, x, 400 + 14 * number, cell, 8)
        column(canvas, 55, 490, 235, [prose("locks", 12)])
        column(canvas, 312, 490, 235, [prose("crews", 12)])

    text = "\n".join(block.text for block in read_here(pdf(tmp_path / "x.pdf", draw)).blocks)
    assert "\n".join(" | ".join(row) for row in rows) in text
