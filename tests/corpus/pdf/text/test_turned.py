"""Text at an angle: read line by line behind the upright text, which it neither interrupts nor heads."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.base import Document
from ragft.corpus.pdf.base import TextSpan
from ragft.corpus.pdf.text.spans import read_spans
from ragft.corpus.readers import read_here
from tests.corpus.pdfs import HEIGHT, WIDTH, at, column, pdf, prose

NOTE = ("The north gate let 320 litres", "through in spring, the south", "gate no more than 57.")
Run = tuple[str, float, float]
"""Text, its size and its rise in points."""


def text_of(document: Document) -> str:
    return " ".join(block.text for block in document.blocks).replace("\n", " ")


def at_angle(canvas: Canvas, degrees: float, *lines: str, size: float = 12, grey: float = 0) -> None:
    canvas.saveState()
    canvas.translate(WIDTH / 2, HEIGHT / 2 - 60)
    canvas.rotate(degrees)
    canvas.setFillGray(grey)
    canvas.setFont("Helvetica", size)
    for number, line in enumerate(lines):
        canvas.drawCentredString(0, -1.3 * size * number, line)
    canvas.restoreState()


def page(canvas: Canvas, *topics: str, y: float = 80) -> None:
    column(canvas, 60, y, 470, [prose(topic, 7) for topic in topics])


@pytest.mark.parametrize("degrees", [5, 12, 30, 45, 60, 80, 120, 135, 210, -30, -45, -60])
def test_slanted_lines_are_read_in_order(degrees: float, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, 60, 60, "Sluices of the North", 18)
        page(canvas, "sluices", y=100)
        at_angle(canvas, degrees, *NOTE)

    document = read_here(pdf(tmp_path / "page.pdf", draw))
    assert document.title == "Sluices of the North"
    assert text_of(document) == f"{prose('sluices', 7)} {' '.join(NOTE)}"


@pytest.mark.parametrize("degrees", [30, 45, 60, -45])
def test_a_watermark_does_not_interrupt_the_text_it_crosses(degrees: float, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        at_angle(canvas, degrees, "DRAFT", size=140, grey=0.8)
        at(canvas, 60, 60, "Sluices of the North", 18)
        page(canvas, *(f"gate {number}" for number in range(9)), y=100)

    document = read_here(pdf(tmp_path / "page.pdf", draw))
    assert document.title == "Sluices of the North"
    assert text_of(document) == " ".join(prose(f"gate {number}", 7) for number in range(9)) + " DRAFT"
    assert "DRAFT" not in {block.section for block in document.blocks}


def test_a_watermark_of_every_page_is_not_read(tmp_path: Path) -> None:
    def draw(canvas: Canvas, topic: str) -> None:
        page(canvas, topic)
        at_angle(canvas, 45, "DRAFT", size=140, grey=0.8)

    document = read_here(
        pdf(tmp_path / "x.pdf", lambda canvas: draw(canvas, "ebbs"), lambda canvas: draw(canvas, "floods"))
    )
    assert text_of(document) == f"{prose('ebbs', 7)} {prose('floods', 7)}"


def test_a_slanted_label_that_comes_again_is_read_each_time(tmp_path: Path) -> None:
    def draw(canvas: Canvas, topic: str) -> None:
        page(canvas, topic)
        at_angle(canvas, 45, "north gate", size=8)

    document = read_here(
        pdf(tmp_path / "x.pdf", lambda canvas: draw(canvas, "ebbs"), lambda canvas: draw(canvas, "floods"))
    )
    assert text_of(document).count("north gate") == 2


def test_slanted_labels_stay_apart(tmp_path: Path) -> None:
    names = ("Ebb", "Flood", "Neap", "Spring", "Slack")

    def draw(canvas: Canvas) -> None:
        page(canvas, "tides")
        for number, name in enumerate(names):
            canvas.saveState()
            canvas.translate(200 + 8 * number, 300)
            canvas.rotate(60)
            canvas.setFont("Helvetica", 6)
            canvas.drawRightString(0, 0, name)
            canvas.restoreState()

    words = text_of(read_here(pdf(tmp_path / "page.pdf", draw))).split()
    assert set(names) <= set(words)


def test_a_slanted_label_among_the_references_is_read(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        entries = [
            f"Author, A. {year}. On the sluices of {year}. Journal of Gates, 3:1-9." for year in range(1990, 1999)
        ]
        column(canvas, 60, 80, 470, ["# Gates", prose("gates", 7), prose("locks", 7), "# References", *entries])
        at_angle(canvas, 45, "north gate", size=8)

    text = text_of(read_here(pdf(tmp_path / "page.pdf", draw)))
    assert "north gate" in text
    assert "Journal" not in text


MARKS: list[tuple[tuple[Run, ...], str]] = [
    ((("It costs $320", 12, 0), ("1", 8, 5), (" in all, they say.", 12, 0)), "It costs $320 in all, they say."),
    (
        (("It fell to 10", 12, 0), ("-4", 8, 5), (" in the end, they say.", 12, 0)),
        "It fell to 10^−4 in the end, they say.",
    ),
    ((("Each has 2048", 12, 0), ("3", 12, 5), (" cells, they say.", 12, 0)), "Each has 2048^3 cells, they say."),
]


@pytest.mark.parametrize("degrees", [30, 45, 60, 90, 180, 270])
@pytest.mark.parametrize(("runs", "wanted"), MARKS, ids=[wanted for _, wanted in MARKS])
def test_raised_digits_join_no_number_at_any_angle(
    runs: tuple[Run, ...], wanted: str, degrees: float, tmp_path: Path
) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.translate(WIDTH / 2, HEIGHT / 2)
        canvas.rotate(degrees)
        for number in range(8):
            text = canvas.beginText(-150, 100 - 24 * number)
            for words, size, rise in runs:
                text.setFont("Helvetica", size)
                text.setRise(rise)
                text.textOut(words)
            canvas.drawText(text)

    text = text_of(read_here(pdf(tmp_path / "page.pdf", draw)))
    assert text.count(wanted) == 8


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_raised_digits_of_a_page_turned_by_its_own_rotation(degrees: int, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(degrees)
        canvas.translate(*(WIDTH / 2, HEIGHT / 2) if degrees == 180 else (HEIGHT / 2, WIDTH / 2))
        canvas.rotate(degrees)
        for number in range(8):
            text = canvas.beginText(-250, 150 - 24 * number)
            for words, size, rise in MARKS[0][0]:
                text.setFont("Times-Roman", size)
                text.setRise(rise)
                text.textOut(words)
            canvas.drawText(text)

    assert text_of(read_here(pdf(tmp_path / "page.pdf", draw))).count(MARKS[0][1]) == 8


def test_columns_of_japanese_are_read_from_right_to_left(tmp_path: Path) -> None:
    columns = ("吾輩は猫である。名前はまだ無い。", "どこで生れたかとんと見当がつかぬ。", "何でも薄暗い所で泣いていた。")

    def draw(canvas: Canvas) -> None:
        pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3", isVertical=True))
        canvas.setFont("HeiseiMin-W3", 14)
        for number, text in enumerate(columns):
            canvas.drawString(400 - 24 * number, 700, text)

    document = read_here(pdf(tmp_path / "cat.pdf", draw))
    assert "".join(text_of(document).split()) == "".join(columns)


def test_a_column_of_digits_and_letters_is_no_vertical_text(tmp_path: Path) -> None:
    """The parts of a fraction: only Chinese and Japanese run downwards with upright characters."""

    def draw(canvas: Canvas) -> None:
        page(canvas, "shares")
        for number, text in enumerate("1m"):
            at(canvas, 300, 400 + 9 * number, text, 8)

    assert {span.turn for span in spans_of(pdf(tmp_path / "page.pdf", draw))} == {0}


def spans_of(path: Path) -> list[TextSpan]:
    with pypdfium2.PdfDocument(path) as document:
        return read_spans(document[0]).spans
