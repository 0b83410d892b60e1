"""Documents set in one size of type: what is no title is not taken for one, and stays in the text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.base import Document
from ragft.corpus.readers import read_here
from tests.corpus.pdfs import SANS, WIDTH, at, pdf

TYPED = "Courier"
TEXT = (
    "The board asked for these figures at its last meeting. They are taken from the books",
    "of the third quarter and were checked by the auditor, who found no fault with them.",
)
GAP = ("", *TEXT)
RENT = ("Rent        3,200", "Food        1,450", "Travel        980")
LINE = 12


def typed(tmp_path: Path, *lines: str) -> Document:
    def draw(canvas: Canvas) -> None:
        for row, text in enumerate(lines):
            at(canvas, 60, 80 + LINE * row, text, 10, TYPED)

    return read_here(pdf(tmp_path / "scan_0417.pdf", draw))


def tabled(
    tmp_path: Path, rows: Sequence[Sequence[str]], *, above: Sequence[str] = (), head: str = "Helvetica"
) -> Document:
    def draw(canvas: Canvas) -> None:
        for row, text in enumerate(above):
            at(canvas, 60, 80 + LINE * row, text, 10, SANS)
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                at(canvas, 60 + 140 * column, 120 + LINE * row, text, 10, SANS if row else head)
        for row, text in enumerate(TEXT):
            at(canvas, 60, 220 + LINE * row, text, 10, SANS)

    return read_here(pdf(tmp_path / "scan_0417.pdf", draw))


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param((*RENT, "", *TEXT), id="table"),
        pytest.param(("Olive oil           12.99", "", "Thank you for your visit to our shop"), id="receipt"),
        pytest.param((*TEXT, "", "A last remark without a full stop", "", *TEXT), id="text"),
        pytest.param((TEXT[0], TEXT[1], TEXT[0], TEXT[1][:-1]), id="text-of-four-lines"),
        pytest.param(("- bring the rope", "- bring the paint", "", *TEXT), id="list"),
        pytest.param(("and those of the rest of the year", "", *TEXT), id="end-of-a-sentence"),
        pytest.param(("Gate shut. Lock open", "", *TEXT), id="two-sentences"),
        pytest.param(("1. Scope of the terms", "", *TEXT), id="section"),
        pytest.param(("To: the harbour board", "", *TEXT), id="letter-head"),
        pytest.param(("Customer: Harbour board of Oxley", "Amount due: 1450 euros", "", *TEXT), id="pairs"),
        pytest.param(
            ("Harbour Club of Oxley", "Quay Street", "", "Dear members of the club,", "", *TEXT), id="address"
        ),
    ],
)
def test_the_file_gives_the_title_where_nothing_can_be_one(lines: Sequence[str], tmp_path: Path) -> None:
    document = typed(tmp_path, *lines)
    assert document.title == "scan 0417"
    read = " ".join(block.text for block in document.blocks).replace("|", " ").split()
    assert read == " ".join(lines).split()


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (("Quarterly result of the club", "", *RENT, "", *TEXT), "Quarterly result of the club"),
        (("Quarterly result of the club", *RENT, "", *TEXT), "Quarterly result of the club"),
        (("To: the harbour board", "From: the treasurer", "", "Quarterly result", "", *RENT), "Quarterly result"),
        (("QUARTERLY RESULT", "", *TEXT), "QUARTERLY RESULT"),
        (("Floods: a study of three rivers", "", *TEXT), "Floods: a study of three rivers"),
        (("Minutes of the meeting of 3 May 2021", "", *TEXT), "Minutes of the meeting of 3 May 2021"),
        (
            ("What the keepers of the locks along the canal remember of the floods of that year", "in spring", *GAP),
            "What the keepers of the locks along the canal remember of the floods of that year in spring",
        ),
    ],
)
def test_a_plain_title(lines: Sequence[str], title: str, tmp_path: Path) -> None:
    assert typed(tmp_path, *lines).title == title


def test_a_plain_title_in_the_middle_of_its_lines(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for row, text in enumerate(("What the Keepers Remember", "of the Floods")):
            at(canvas, (WIDTH - canvas.stringWidth(text, TYPED, 10)) / 2, 80 + LINE * row, text, 10, TYPED)
        for row, text in enumerate(TEXT):
            at(canvas, 60, 130 + LINE * row, text, 10, TYPED)

    assert read_here(pdf(tmp_path / "x.pdf", draw)).title == "What the Keepers Remember of the Floods"


@pytest.mark.parametrize("head", ["Helvetica", "Helvetica-Bold"])
def test_a_table_in_one_size_is_text(head: str, tmp_path: Path) -> None:
    rows = [("Item", "Price"), ("Valve of the north gate", "320"), ("Bolt of the south gate", "57")]
    document = tabled(tmp_path, rows, head=head)
    assert document.title == "scan 0417"
    text = " ".join(block.text for block in document.blocks)
    assert all(cell in text for row in rows for cell in row)


def test_a_title_above_a_table_in_one_size(tmp_path: Path) -> None:
    rows = [("Item", "Price"), ("Valve of the north gate", "320"), ("Bolt of the south gate", "57")]
    assert tabled(tmp_path, rows, above=["Stock of the yard"]).title == "Stock of the yard"


def test_who_was_present_stays_in_the_text(tmp_path: Path) -> None:
    lines = ("Minutes of the meeting of 3 May 2021", "", "Present: Ann Other, Per Son, Chen Wei", "", *TEXT)
    document = typed(tmp_path, *lines)
    assert document.authors == ()
    assert document.blocks[0].text == "Present: Ann Other, Per Son, Chen Wei"


@pytest.mark.parametrize("label", ["By:", "Authors:", "Written by:"])
def test_names_behind_a_label_for_authors_are_those_of_authors(label: str, tmp_path: Path) -> None:
    lines = ("Minutes of the meeting of 3 May 2021", "", f"{label} Ann Other, Per Son, Chen Wei", "", *TEXT)
    assert "Chen Wei" in typed(tmp_path, *lines).authors


def test_what_is_larger_than_the_text_may_end_as_it_likes(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, 60, 60, "To the members of the club:", 12, TYPED)
        for row, text in enumerate(TEXT):
            at(canvas, 60, 90 + LINE * row, text, 10, TYPED)

    assert read_here(pdf(tmp_path / "x.pdf", draw)).title == "To the members of the club:"


def test_half_a_line_more_parts_a_title_from_the_text(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, 60, 80, "Result of the quarter", 10, TYPED)
        for row, text in enumerate([*TEXT, *TEXT]):
            at(canvas, 60, 100 + LINE * row, text, 10, TYPED)

    assert read_here(pdf(tmp_path / "x.pdf", draw)).title == "Result of the quarter"


def test_rows_of_a_table_in_larger_type_are_no_title(tmp_path: Path) -> None:
    rows = (("Pos", "Item", "Qty", "Price"), ("1", "Hinge", "100", "0,12"), ("2", "Latch", "50", "3,05"))

    def draw(canvas: Canvas) -> None:
        for row, text in enumerate(TEXT):
            at(canvas, 60, 60 + LINE * row, text, 9, SANS)
        for row, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                at(canvas, 60 + 130 * place, 120 + 24 * row, cell, 12, SANS)
        at(canvas, 190, 153, "of zinc, small", 11, SANS)  # between two rows, the second line of a cell
        for row, text in enumerate(TEXT):
            at(canvas, 60, 240 + LINE * row, text, 9, SANS)

    document = read_here(pdf(tmp_path / "scan_0417.pdf", draw))
    assert document.title == "scan 0417"
    text = " ".join(block.text for block in document.blocks).replace("|", " ").split()
    assert {"Pos", "Hinge", "0,12", "Latch", "3,05", "zinc,"} <= set(text)


def test_a_title_stays_above_rows_of_its_own_size(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, 60, 60, "Stock of the yard", 14, SANS)
        for row, cells in enumerate((("Hinge", "100", "0,12"), ("Latch", "50", "3,05"))):
            for place, cell in enumerate(cells):
                at(canvas, 60 + 130 * place, 80 + 20 * row, cell, 14, SANS)
        for row in range(9):
            at(canvas, 60, 160 + LINE * row, TEXT[row % 2], 9, SANS)

    assert read_here(pdf(tmp_path / "x.pdf", draw)).title == "Stock of the yard"


@pytest.mark.parametrize(
    ("lines", "stays"),
    [
        (("To: the harbour board", "From: the treasurer", "", "Quarterly result", "", *RENT), True),
        (("Quarterly result", *RENT, "", *TEXT), True),
        (("Quarterly result", "", *RENT, "", *TEXT), False),
    ],
    ids=["below other lines", "right above the text", "first and apart"],
)
def test_a_plain_title_stays_in_the_text_unless_it_is_first_and_apart(
    lines: Sequence[str], stays: bool, tmp_path: Path
) -> None:
    document = typed(tmp_path, *lines)
    assert document.title == "Quarterly result"
    assert ("Quarterly result" in " ".join(block.text for block in document.blocks)) == stays


def test_the_head_of_the_first_slide_is_title_and_heading(tmp_path: Path) -> None:
    def slide(number: int) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            at(canvas, 60, 80, f"Month M{number}", 24, "Helvetica-Bold")
            at(canvas, 60, 140, f"Gates opened {number} times", 16, SANS)

        return draw

    document = read_here(pdf(tmp_path / "x.pdf", *map(slide, range(1, 4))))
    assert document.title == "Month M1"
    assert [block.text for block in document.blocks if block.kind == "heading"] == [f"Month M{n}" for n in (1, 2, 3)]
