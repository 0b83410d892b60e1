"""Tables of a page keep their empty cells, so that no value stands under another head."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.readers import read_here
from tests.corpus.pdfs import HEIGHT, at, pdf

LEFTS = (100, 220, 300, 380)
HEAD = ("Gate", "2019", "2020", "2021")
Rows = tuple[tuple[str, ...], ...]


def table(folder: Path, rows: Rows, *, ruled: bool = False, right: bool = False) -> list[str]:
    def draw(canvas: Canvas) -> None:
        at(canvas, 60, 60, "The gates of the river and what they cost in three years of rain", 16)
        for line in range(4):
            at(
                canvas,
                60,
                100 + 12 * line,
                "The reservoir was full in most winters, and the crew wrote down all it saw.",
            )
        for number, row in enumerate(rows):
            for text, x in zip(row, LEFTS, strict=False):
                if right and x > LEFTS[0]:
                    canvas.drawRightString(x + 30, HEIGHT - (200 + 16 * number), text)
                else:
                    at(canvas, x, 200 + 16 * number, text)
        if ruled:
            canvas.grid([90, 210, 290, 370, 450], [HEIGHT - (188 + 16 * number) for number in range(len(rows) + 1)])

    found = read_here(pdf(folder / "x.pdf", draw)).blocks
    return "\n".join(block.text for block in found if block.kind == "table").split("\n")


@pytest.mark.parametrize("ruled", [False, True])
@pytest.mark.parametrize("right", [False, True])
def test_an_empty_cell_stays_one(tmp_path: Path, ruled: bool, right: bool) -> None:
    rows = (
        HEAD,
        ("Harrow", "320", "", "450"),
        ("Marlowe", "57", "8", "12"),
        ("Oxley", "", "", "9"),
        ("Weir", "4", "7", ""),
    )
    assert table(tmp_path, rows, ruled=ruled, right=right) == [
        "Gate | 2019 | 2020 | 2021",
        "Harrow | 320 |  | 450",
        "Marlowe | 57 | 8 | 12",
        "Oxley |  |  | 9",
        "Weir | 4 | 7",
    ]


def test_the_heads_alone_may_be_full(tmp_path: Path) -> None:
    assert table(tmp_path, (HEAD, ("Harrow", "320", "", "450"), ("", "1", "2", "3")))[1:] == [
        "Harrow | 320 |  | 450",
        " | 1 | 2 | 3",
    ]


def test_a_cell_that_stands_in_two_columns_leaves_its_row_as_it_is(tmp_path: Path) -> None:
    rows = (("Gate", "open in all of the winters"), HEAD, ("Harrow", "320", "33", "450"))
    assert table(tmp_path, rows) == [
        "Gate | open in all of the winters",
        "Gate | 2019 | 2020 | 2021",
        "Harrow | 320 | 33 | 450",
    ]


def test_a_single_full_row_among_shorter_ones_makes_no_columns(tmp_path: Path) -> None:
    rows = (("Accuracy", "57"), ("12", "", "33", "45"), ("1", "2", "3", "4"), ("8", "", "", "9"))
    assert table(tmp_path, rows) == ["Accuracy | 57", "12 | 33 | 45", "1 | 2 | 3 | 4", "8 | 9"]
