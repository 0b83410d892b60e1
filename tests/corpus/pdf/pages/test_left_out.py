"""Notes on what a reader leaves out of a PDF on purpose."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.pdf.pages.left_out import LeftOut, page_ranges
from ragft.corpus.readers import read_here
from tests.corpus.pdfs import HEIGHT, at, pdf, prose, wrap

PAGES = 3


@pytest.mark.parametrize(("numbers", "text"), [([3], "page 3"), ([1, 2, 3, 7], "pages 1-3, 7"), ([5, 4], "pages 4-5")])
def test_page_ranges(numbers: list[int], text: str) -> None:
    assert page_ranges(numbers) == text


def test_one_line_names_all_of_it() -> None:
    left_out = LeftOut()
    left_out.compare("running heads", ["ab", "abc", "d"], ["a", "b", "d"])
    left_out.compare("watermarks", ["a"], ["a"])
    left_out.add("line numbers", [2])
    assert left_out.notes() == ["left out: running heads (pages 1-2), line numbers (page 2)"]


def test_many_pages_are_counted() -> None:
    left_out = LeftOut()
    left_out.add("running heads", range(1, 80, 2))
    assert left_out.notes() == ["left out: running heads (40 pages)"]


def test_page_numbers_alone_are_not_worth_a_note() -> None:
    left_out = LeftOut()
    assert left_out.notes() == []
    left_out.add("page numbers", [1, 2])
    assert left_out.notes() == []
    left_out.add("watermarks", [1])
    assert left_out.notes() == ["left out: page numbers (pages 1-2), watermarks (page 1)"]


def running_head(canvas: Canvas, number: int) -> None:
    if number > 1:
        at(canvas, 60, 30, "Reports of the Gate Society", 9)


def line_numbers(canvas: Canvas, number: int) -> None:
    for row in range(30):
        at(canvas, 30, 90 + 12 * row, str(30 * (number - 1) + row + 1), 8)


def page_number(canvas: Canvas, number: int) -> None:
    at(canvas, 300, HEIGHT - 30, str(number), 9)


def watermark(canvas: Canvas, number: int) -> None:
    canvas.saveState()
    canvas.translate(120, 200)
    canvas.rotate(45)
    canvas.setFont("Helvetica", 60)
    canvas.drawString(0, 0, "Draft of the board")
    canvas.restoreState()


def margin(canvas: Canvas, number: int) -> None:
    canvas.saveState()
    canvas.translate(25, 250)
    canvas.rotate(90)
    canvas.setFont("Helvetica", 9)
    canvas.drawString(0, 0, "Copy for the harbour board")
    canvas.restoreState()


def contents(canvas: Canvas, number: int) -> None:
    if number == 1:
        for row in range(4):
            at(canvas, 60, 600 + 14 * row, f"Chapter {row + 1} on gates {'. ' * 40} {1 + row // 2}")


@pytest.mark.parametrize(
    ("extra", "note"),
    [
        (running_head, ["left out: running heads and feet (pages 2-3)"]),
        (line_numbers, ["left out: line numbers (pages 1-3)"]),
        (watermark, ["left out: watermarks (pages 1-3)"]),
        (margin, ["left out: text set sideways (pages 1-3)"]),
        (contents, ["left out: table of contents (page 1)"]),
        (page_number, []),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_left_out_is_noted(extra: Callable[[Canvas, int], None], note: list[str], tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        for row, line in enumerate(wrap(prose(f"subject{number}", 60), 440)[:30]):
            at(canvas, 60, 90 + 12 * row, line)
        extra(canvas, number)

    pages = [partial(draw, number=number) for number in range(1, PAGES + 1)]
    assert list(read_here(pdf(tmp_path / "paper.pdf", *pages)).warnings) == note


def test_what_is_all_of_the_text_is_read_and_not_noted(tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        running_head(canvas, 2)

    pages = [partial(draw, number=number) for number in range(1, PAGES + 1)]
    document = read_here(pdf(tmp_path / "paper.pdf", *pages))
    assert "Reports of the Gate Society" in document.blocks[0].text
    assert document.warnings == ()
