"""Labels and their values are rows of a table; two columns of text are read one after the other."""

from __future__ import annotations

from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.readers import read_here
from tests.corpus.pdfs import BOLD, at, column, pdf, prose, wrap

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
