"""What is painted near a place is found without looking at all that is painted."""

from __future__ import annotations

import sys
from pathlib import Path

import pypdfium2
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.pdf.painted import grid
from ragft.corpus.pdf.painted.grid import Grid, Painted
from ragft.corpus.pdf.pdfium.binding import Box
from ragft.corpus.pdf.text.spans import read_spans
from tests.corpus.pdfs import HEIGHT, WIDTH, pdf

PAGE: Box = (0.0, 10.0, 100.0, 210.0)
spots = st.floats(-20, 230)
boxes = st.tuples(spots, spots, spots, spots).map(
    lambda box: (min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3]))
)
MANY: list[Box] = [(7.0 * i % 90, 31.0 * i % 200, 7.0 * i % 90 + i % 13, 31.0 * i % 200 + i % 7) for i in range(120)]
"""So many that they are looked for in the cells of the grid; of fewer, all are looked at."""


@given(st.sampled_from([[], MANY]), st.lists(boxes), boxes, st.integers(0, 120))
def test_the_grid_finds_what_a_search_of_everything_finds(
    before: list[Box], painted: list[Box], box: Box, place: int
) -> None:
    found, painted = Grid(PAGE), before + painted
    for one in painted:
        found.add(Painted(one, None, True, False))
    left, bottom, right, top = box
    meeting = [one for one in painted[place:] if one[0] < right and left < one[2] and one[1] < top and bottom < one[3]]
    assert [item.box for item in found.meeting(box, place)] == meeting
    holding = [one for one in painted if one[0] <= left <= one[2] and one[1] <= bottom <= one[3]]
    assert sorted(item.box for item in found.at(left, bottom)) == sorted(holding)
    below = [one for one in painted[:place] if one[0] <= left <= one[2] and one[1] <= bottom <= one[3]]
    top_one = found.top_at(left, bottom, place)
    assert (top_one.box if top_one else None) == (below[-1] if below else None)


def test_places_that_are_no_numbers_are_on_the_page() -> None:
    found = Grid(PAGE)
    found.add(Painted((0.0, 10.0, float("inf"), float("inf")), None, True, False))
    assert [item.box[0] for item in found.meeting((50.0, float("nan"), 60.0, 300.0), 0)] == []
    assert found.top_at(50.0, 1e30, None) is not None


def spreadsheet(path: Path, rows: int, columns: int) -> Path:
    """A filled rectangle for each cell, its text straight after it: white on blue."""

    def draw(canvas: Canvas) -> None:
        wide, high = WIDTH / columns, HEIGHT / rows
        for row in range(rows):
            for column in range(columns):
                canvas.setFillColorRGB(0, 0, 0.6)
                canvas.rect(column * wide, row * high, wide, high, stroke=0, fill=1)
                canvas.setFillGray(1)
                canvas.setFont("Times-Roman", 6)
                canvas.drawString(column * wide + 1, row * high + 2, f"{row % 10}{column % 10}")

    return pdf(path, draw)


def boxes_compared(path: Path) -> tuple[int, int]:
    """How many words are read, and how often a box is held against another for it."""
    functions = {function.__code__ for function in (grid._holds, grid.meets)}
    compared = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal compared
        compared += event == "call" and frame.f_code in functions  # type: ignore[attr-defined]

    document = pypdfium2.PdfDocument(path)
    sys.setprofile(count)
    try:
        words = sum(len(span.text.split()) for span in read_spans(document[0]).spans)
    finally:
        sys.setprofile(None)
        document.close()
    return words, compared


def test_four_times_the_cells_of_a_spreadsheet_are_about_four_times_the_work(tmp_path: Path) -> None:
    few_words, few = boxes_compared(spreadsheet(tmp_path / "few.pdf", 40, 10))
    many_words, many = boxes_compared(spreadsheet(tmp_path / "many.pdf", 80, 20))
    assert (few_words, many_words) == (400, 1600)
    assert many < 6 * few
