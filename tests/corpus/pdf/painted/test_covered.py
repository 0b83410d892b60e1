"""What something painted later hides is not read: pictures, curved shapes, wide strokes, and edges through a word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.base import Document
from ragft.corpus.readers import read_here
from tests.corpus.pdfs import HEIGHT, WIDTH, Draw, at, column, one_page, pdf, prose, stream

LEFT, Y = 60, 400
SECRET = "SECRET words 4711"


def words_of(document: Document) -> str:
    return " ".join([document.title, *(block.text for block in document.blocks)])


def picture(canvas: Canvas, grey: int, alpha: int = 255, *, page: bool = False) -> None:
    image = Image.new("RGBA", (40, 20), (grey, grey, grey, alpha))
    place = (0, 0, WIDTH, HEIGHT) if page else (LEFT - 5, HEIGHT - Y - 5, 300, 18)
    canvas.drawImage(ImageReader(image), *place, mask="auto")


def jpeg(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(Image.new("RGB", (40, 20), (90, 20, 20))), LEFT - 5, HEIGHT - Y - 5, 300, 18)


def rounded(canvas: Canvas) -> None:
    canvas.roundRect(LEFT - 5, HEIGHT - Y - 5, 300, 18, 6, fill=1, stroke=0)


def polygon(canvas: Canvas) -> None:
    path = canvas.beginPath()
    path.moveTo(LEFT - 20, HEIGHT - Y + 5)
    for x, y in (
        (LEFT, HEIGHT - Y + 20),
        (LEFT + 280, HEIGHT - Y + 20),
        (LEFT + 300, HEIGHT - Y - 9),
        (LEFT, HEIGHT - Y - 9),
    ):
        path.lineTo(x, y)
    path.close()
    canvas.drawPath(path, fill=1, stroke=0)


def wide_stroke(canvas: Canvas) -> None:
    canvas.setLineWidth(16)
    canvas.line(LEFT - 5, HEIGHT - Y + 3, LEFT + 300, HEIGHT - Y + 3)


def slanted_stroke(canvas: Canvas) -> None:
    canvas.setLineWidth(22)
    canvas.line(LEFT - 5, HEIGHT - Y + 2, LEFT + 300, HEIGHT - Y + 6)


def words_on_top(canvas: Canvas) -> None:
    """A text edited by laying a picture and other words over it."""
    picture(canvas, 255)
    at(canvas, LEFT, Y, "PLAIN words instead")


COVERS: dict[str, Draw] = {
    "black picture": lambda canvas: picture(canvas, 0),
    "white picture": lambda canvas: picture(canvas, 255),
    "photograph": jpeg,
    "rounded box": rounded,
    "polygon": polygon,
    "wide stroke": wide_stroke,
    "slanted stroke": slanted_stroke,
    "picture with other words on it": words_on_top,
}


@pytest.mark.parametrize("name", COVERS)
def test_what_is_under_it_is_not_read(name: str, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, LEFT, 100, 470, [prose("gates", 7)])
        at(canvas, LEFT, Y, SECRET)
        COVERS[name](canvas)

    text = words_of(read_here(pdf(tmp_path / "page.pdf", draw)))
    assert prose("gates", 7) in text
    assert "SECRET" not in text and "4711" not in text
    assert ("PLAIN words instead" in text) == (name == "picture with other words on it")


def marker(canvas: Canvas) -> None:
    canvas.setFillColorRGB(1, 1, 0, 0.4)
    rounded(canvas)


def thin_stroke(canvas: Canvas) -> None:
    canvas.setLineWidth(1)
    canvas.line(LEFT - 5, HEIGHT - Y + 3, LEFT + 300, HEIGHT - Y + 3)


def ring(canvas: Canvas) -> None:
    """A filled shape whose box is all over the words, and whose ink is not."""
    path = canvas.beginPath()
    path.rect(LEFT - 30, HEIGHT - Y - 30, 400, 70)
    path.rect(LEFT - 20, HEIGHT - Y - 20, 380, 50)
    canvas.drawPath(path, fill=1, stroke=0, fillMode=0)


def triangle(canvas: Canvas) -> None:
    path = canvas.beginPath()
    path.moveTo(LEFT + 110, HEIGHT - Y - 20)
    path.lineTo(LEFT - 10, HEIGHT - Y + 60)
    path.lineTo(LEFT + 400, HEIGHT - Y + 60)
    path.close()
    canvas.drawPath(path, fill=1, stroke=0)


KEPT: dict[str, Draw] = {
    "translucent picture": lambda canvas: picture(canvas, 128, 90),
    "empty picture": lambda canvas: picture(canvas, 0, 0),
    "marker": marker,
    "thin stroke": thin_stroke,
    "ring": ring,
    "triangle beside it": triangle,
}


@pytest.mark.parametrize("name", KEPT)
def test_what_can_still_be_seen_is_read(name: str, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, LEFT, 100, 470, [prose("gates", 7)])
        at(canvas, LEFT, Y, "PLAIN words 4711")
        KEPT[name](canvas)

    assert "PLAIN words 4711" in words_of(read_here(pdf(tmp_path / "page.pdf", draw)))


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_page_that_is_turned(degrees: int, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(degrees)
        canvas.setPageSize((HEIGHT, WIDTH) if degrees % 180 else (WIDTH, HEIGHT))  # ReportLab swaps them back
        column(canvas, LEFT, 100, 470, [prose("gates", 7)])
        at(canvas, LEFT, Y, SECRET)
        at(canvas, LEFT, Y + 40, "PLAIN words 0815")
        rounded(canvas)
        canvas.setFillGray(0.5, 0.3)
        canvas.drawImage(ImageReader(Image.new("RGBA", (4, 4), (0, 0, 0, 60))), 0, 0, WIDTH, 400, mask="auto")

    text = words_of(read_here(pdf(tmp_path / "page.pdf", draw)))
    assert "SECRET" not in text
    assert "PLAIN words 0815" in text


def test_words_on_a_picture_over_the_whole_page_are_read(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        picture(canvas, 230, page=True)
        column(canvas, LEFT, 100, 470, [prose("gates", 7)])

    document = read_here(pdf(tmp_path / "page.pdf", draw))
    assert prose("gates", 7) in words_of(document)
    assert document.warnings == ()


def test_a_scan_laid_over_its_own_visible_words_is_read_and_noted(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, LEFT, 100, 470, [prose("gates", 7)])
        picture(canvas, 230, page=True)
        at(canvas, LEFT, 820, "Fetched from the archive")

    document = read_here(pdf(tmp_path / "page.pdf", draw))
    assert prose("gates", 7) in words_of(document)
    assert document.warnings == ("page 1: read as a scan, whose text lies under its picture",)


def test_a_word_of_which_a_half_is_cut_off(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, LEFT, 100, 470, [prose("gates", 7)])
        path = canvas.beginPath()
        path.rect(LEFT - 5, HEIGHT - Y - 5, 5 + canvas.stringWidth("It weighs 45", "Times-Roman", 10), 30)
        canvas.clipPath(path, stroke=0)
        at(canvas, LEFT, Y, "It weighs 4589 tonnes")

    text = words_of(read_here(pdf(tmp_path / "page.pdf", draw)))
    assert re.search(r"It weighs 45\b", text)
    assert "89" not in text and "tonnes" not in text


def test_a_word_of_which_a_half_is_covered(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, LEFT, 100, 470, [prose("gates", 7)])
        at(canvas, LEFT, Y, "It weighs 4589 tonnes")
        left = LEFT + canvas.stringWidth("It weighs 45", "Times-Roman", 10)
        canvas.roundRect(left, HEIGHT - Y - 5, 300, 18, 2, fill=1)

    text = words_of(read_here(pdf(tmp_path / "page.pdf", draw)))
    assert re.search(r"It weighs 45\b", text)
    assert "89" not in text and "tonnes" not in text


def test_a_clip_below_the_middle_of_a_line_leaves_points_in_numbers(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, LEFT, 100, 470, [prose("gates", 7)])
        path = canvas.beginPath()
        path.rect(LEFT - 5, HEIGHT - Y + 1.5, 300, 30)
        canvas.clipPath(path, stroke=0)
        at(canvas, LEFT, Y, "It weighs 45.89 tonnes")

    assert "45.89" in words_of(read_here(pdf(tmp_path / "page.pdf", draw)))


def test_words_cut_along_a_circle(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, LEFT, 100, 470, [prose("gates", 7)])
        path = canvas.beginPath()
        path.circle(LEFT + 100, HEIGHT - Y, 100)
        canvas.clipPath(path, stroke=0)
        at(canvas, LEFT + 90, Y, "PLAIN")
        at(canvas, LEFT + 2, Y - 90, "SECRET")

    text = words_of(read_here(pdf(tmp_path / "page.pdf", draw)))
    assert "PLAIN" in text
    assert "SECRET" not in text


def test_a_form_blended_over_words_does_not_hide_them(tmp_path: Path) -> None:
    font = b"/Font << /A << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
    form = stream(
        b"0 0 0 rg 40 490 400 40 re f",
        b"/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Group << /S /Transparency >>",
    )
    content = b"BT /A 12 Tf 50 700 Td (The gate is closed today.) Tj 0 -200 Td (PLAIN words) Tj ET /G gs /F Do"
    states = b"/ExtGState << /G << /ca 0.3 >> >> /XObject << /F 5 0 R >>"
    path = tmp_path / "form.pdf"
    path.write_bytes(one_page(content, font + states, b"/MediaBox [0 0 600 800]", form))
    assert "PLAIN words" in words_of(read_here(path))


def test_a_page_of_which_nearly_all_is_covered_is_noted(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, LEFT, 100, 470, [f"{SECRET} {prose('gates', 7)}"])
        canvas.rect(0, 0, WIDTH, HEIGHT - 50, fill=1)
        at(canvas, LEFT, 40, "The gate is closed today.")

    document = read_here(pdf(tmp_path / "page.pdf", draw))
    assert words_of(document).split() == ["The", "gate", "is", "closed", "today."] * 2
    assert document.warnings == ("page 1: nearly all text cannot be seen and was left out",)


def layer(canvas: Canvas, y: float, words: str) -> None:
    line = canvas.beginText(LEFT, HEIGHT - y)
    line.setFont("Times-Roman", 10)
    line.setTextRenderMode(3)
    line.textLine(words)
    canvas.drawText(line)


def test_a_scan_laid_over_a_white_ground_over_its_words_is_read(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for row in range(8):
            layer(canvas, 200 + 14 * row, f"The gate {row} is closed today.")
        canvas.setFillGray(1)
        canvas.rect(0, 0, WIDTH, HEIGHT, fill=1, stroke=0)
        picture(canvas, 230, page=True)

    text = words_of(read_here(pdf(tmp_path / "page.pdf", draw)))
    assert all(f"The gate {row} is closed today." in text for row in range(8))


def test_a_bar_over_a_scan_hides_the_words_of_its_layer(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        picture(canvas, 230, page=True)
        for row in range(8):
            layer(canvas, 200 + 14 * row, f"The gate {row} is closed today.")
        layer(canvas, Y, SECRET)
        canvas.rect(LEFT - 5, HEIGHT - Y - 5, 300, 18, fill=1)

    text = words_of(read_here(pdf(tmp_path / "page.pdf", draw)))
    assert "The gate 7 is closed today." in text
    assert "SECRET" not in text


@pytest.mark.parametrize("hide", [b"3 Tr", b"1 g"])
def test_a_number_of_which_a_part_is_in_no_ink(hide: bytes, tmp_path: Path) -> None:
    font = b"/Font << /A << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
    content = b"BT /A 12 Tf 50 700 Td (The gate is closed today.) Tj 0 -100 Td (It costs $3) Tj %s (201) Tj ET" % hide
    path = tmp_path / "page.pdf"
    path.write_bytes(one_page(content, font))
    assert words_of(read_here(path)) == "The gate is closed today. It costs $3"


def test_a_digit_that_is_covered_between_two_others_is_not_read(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, LEFT, 100, 470, [prose("gates", 7)])
        at(canvas, LEFT, Y, "It weighs 4589 tonnes")
        left = LEFT + canvas.stringWidth("It weighs 45", "Times-Roman", 10)
        canvas.rect(left, HEIGHT - Y - 5, 5, 18, fill=1)

    text = words_of(read_here(pdf(tmp_path / "page.pdf", draw)))
    assert "4589" not in text
    assert re.search(r"It weighs 45\b.*9 tonnes", text)
