"""Text that nobody can see is not read; what only looks like it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from ragft.corpus.readers import read_here
from ragft.errors import DocumentError
from tests.corpus.pdfs import HEIGHT, WIDTH, Draw, at, column, one_page, pdf, prose, stream

LEFT, Y = 60, 400


def words_of(path: Path) -> str:
    document = read_here(path)
    return " ".join([document.title, *(block.text for block in document.blocks)])


def with_mode(canvas: Canvas, mode: int, text: str, y: float = Y) -> None:
    line = canvas.beginText(LEFT, HEIGHT - y)
    line.setFont("Times-Roman", 10)
    line.setTextRenderMode(mode)
    line.textLine(text)
    canvas.drawText(line)


def box(canvas: Canvas, grey: float, y: float = Y, alpha: float = 1.0) -> None:
    canvas.setFillGray(grey, alpha)
    canvas.rect(LEFT - 5, HEIGHT - y - 5, 300, 18, fill=1, stroke=0)
    canvas.setFillGray(0, 1.0)


def painted_over(canvas: Canvas) -> None:
    at(canvas, LEFT, Y, "SECRET words under a bar")
    box(canvas, 0)


def white_paper_laid_over(canvas: Canvas) -> None:
    at(canvas, LEFT, Y, "SECRET words under white paper")
    box(canvas, 1)


def clipped(canvas: Canvas) -> None:
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(LEFT, 20, 10, 10)
    canvas.clipPath(path, stroke=0)
    at(canvas, LEFT, Y, "SECRET words cut away")
    canvas.restoreState()


def triangle(canvas: Canvas) -> PDFPathObject:
    """A right triangle whose box holds the words at `LEFT`, `Y`; itself, it lies beside them."""
    path = canvas.beginPath()
    path.moveTo(LEFT - 8, HEIGHT - Y + 100)
    path.lineTo(LEFT + 300, HEIGHT - Y + 100)
    path.lineTo(LEFT + 300, HEIGHT - Y - 10)
    path.close()
    return path


def clipped_by_a_triangle(canvas: Canvas) -> None:
    canvas.saveState()
    canvas.clipPath(triangle(canvas), stroke=0)
    at(canvas, LEFT, Y, "SECRET words cut away")
    canvas.restoreState()


def clipped_by_a_form(canvas: Canvas) -> None:
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(LEFT, 20, 10, 10)
    canvas.clipPath(path, stroke=0)
    canvas.beginForm("hidden")
    at(canvas, LEFT, Y, "SECRET words of a form cut away")
    canvas.endForm()
    canvas.doForm("hidden")
    canvas.restoreState()


def grey_on_grey(canvas: Canvas) -> None:
    box(canvas, 0.7)
    canvas.setFillGray(0.7)
    at(canvas, LEFT, Y, "SECRET grey words on the same grey")


def white_outlines(canvas: Canvas) -> None:
    canvas.setStrokeGray(1)
    with_mode(canvas, 1, "SECRET white outlines")


def scaled(wide: float, high: float, size: float = 12, text: str = "SECRET hairline of the gates") -> Draw:
    def draw(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.translate(LEFT, HEIGHT - Y)
        canvas.scale(wide, high)
        at(canvas, 0, HEIGHT, text, size)
        canvas.restoreState()

    return draw


def squeezed(canvas: Canvas, percent: float, text: str) -> None:
    line = canvas.beginText(LEFT, HEIGHT - Y)
    line.setFont("Times-Roman", 12)
    line.setHorizScale(percent)
    line.textLine(text)
    canvas.drawText(line)


def faint(grey: float, alpha: float = 1.0) -> Draw:
    def draw(canvas: Canvas) -> None:
        canvas.setFillGray(grey, alpha)
        at(canvas, LEFT, Y, "SECRET words too pale to be read")

    return draw


HIDDEN: dict[str, Draw] = {
    "pale grey on white": faint(0.97),
    "clear as glass": faint(0, 0.01),
    "nearly white on white": faint(0.8, 0.2),
    "left of the page": lambda canvas: at(canvas, -300, Y, "SECRET words left of it"),
    "above the page": lambda canvas: at(canvas, LEFT, -40, "SECRET words above it"),
    "under a bar": painted_over,
    "under white paper": white_paper_laid_over,
    "clipped": clipped,
    "clipped by a triangle": clipped_by_a_triangle,
    "a clipped form": clipped_by_a_form,
    "grey on grey": grey_on_grey,
    "white outlines": white_outlines,
    "hairline": lambda canvas: squeezed(canvas, 1, "SECRET hairline of the gates"),
    "narrow as a hair": lambda canvas: squeezed(canvas, 6, "SECRET hairline of the gates"),
    "narrow as a hair and high": scaled(0.02, 1, 90),
    "flat as a hair": scaled(1, 0.01),
    "flat and wide": scaled(3, 0.1),
    "mode 3": lambda canvas: with_mode(canvas, 3, "SECRET words in no ink"),
}


@pytest.mark.parametrize("percent", [40, 70, 200])
def test_narrow_and_wide_type_is_read(percent: float, tmp_path: Path) -> None:
    text = words_of(pdf(tmp_path / "page.pdf", lambda canvas: squeezed(canvas, percent, "The gate held for 57 years")))
    assert "The gate held for 57 years" in text


def test_type_that_a_matrix_sets_right_is_read(tmp_path: Path) -> None:
    draw = scaled(100, 100, 0.12, "The gate held for 57 years")
    assert "The gate held for 57 years" in words_of(pdf(tmp_path / "page.pdf", draw))


@pytest.mark.parametrize("name", HIDDEN)
def test_what_cannot_be_seen_is_not_read(name: str, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, LEFT, 100, 470, [prose("gates", 7)])
        HIDDEN[name](canvas)

    text = words_of(pdf(tmp_path / "page.pdf", draw))
    assert prose("gates", 7) in text
    assert "SECRET" not in text


def test_what_is_outside_the_crop_box_is_not_read(tmp_path: Path) -> None:
    content = b"BT /A 12 Tf 150 300 Td (The gate is closed today.) Tj 0 300 Td (SECRET words) Tj ET"
    font = b"/Font << /A << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
    path = tmp_path / "crop.pdf"
    path.write_bytes(one_page(content, font, b"/MediaBox [0 0 600 800] /CropBox [100 200 500 400]"))
    assert [block.text for block in read_here(path).blocks] == ["The gate is closed today."]


def on_a_dark_bar(canvas: Canvas) -> None:
    box(canvas, 0.1)
    canvas.setFillGray(1)
    at(canvas, LEFT, Y, "PLAIN white words on a dark bar")


def highlighted(canvas: Canvas) -> None:
    at(canvas, LEFT, Y, "PLAIN words under a marker's stroke")
    box(canvas, 0.5, alpha=0.3)


def struck_out(canvas: Canvas) -> None:
    at(canvas, LEFT, Y, "PLAIN words struck out")
    canvas.rect(LEFT, HEIGHT - Y + 2, 120, 1, fill=1)


def in_a_wide_window(canvas: Canvas) -> None:
    path = canvas.beginPath()
    path.rect(LEFT - 10, HEIGHT - Y - 20, 300, 50)
    canvas.clipPath(path, stroke=0)
    at(canvas, LEFT, Y, "PLAIN words in a window")


def beside_a_triangle(canvas: Canvas) -> None:
    at(canvas, LEFT, Y, "PLAIN words beside a triangle")
    canvas.setFillGray(1)
    canvas.drawPath(triangle(canvas), stroke=0, fill=1)


def over_a_frame(canvas: Canvas) -> None:
    at(canvas, LEFT, Y, "PLAIN words within a frame drawn later")
    canvas.rect(LEFT - 5, HEIGHT - Y - 5, 300, 18, fill=0)


def white_under_a_clip(canvas: Canvas) -> None:
    """A whole white page, of which a clip leaves a corner only."""
    at(canvas, LEFT, Y, "PLAIN words beside a patch")
    path = canvas.beginPath()
    path.rect(0, 0, 30, 30)
    canvas.clipPath(path, stroke=0)
    canvas.setFillGray(1)
    canvas.rect(0, 0, WIDTH, HEIGHT, fill=1)


SEEN: dict[str, Draw] = {
    "white on dark": on_a_dark_bar,
    "highlighted": highlighted,
    "struck out": struck_out,
    "in a window": in_a_wide_window,
    "framed": over_a_frame,
    "beside a white triangle": beside_a_triangle,
    "beside a clipped patch": white_under_a_clip,
    "partly over the edge": lambda canvas: at(canvas, -3, Y, "PLAIN words at the edge"),
}


@pytest.mark.parametrize("name", SEEN)
def test_what_can_be_seen_is_read(name: str, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, LEFT, 100, 470, [prose("gates", 7)])
        SEEN[name](canvas)

    text = words_of(pdf(tmp_path / "page.pdf", draw))
    assert "PLAIN" in text


def scan(canvas: Canvas) -> None:
    """A picture over the whole page, as a scanner makes it."""
    canvas.drawImage(ImageReader(Image.new("L", (200, 280), 200)), 0, 0, WIDTH, HEIGHT)


@pytest.mark.parametrize("first", [True, False])
def test_the_text_layer_of_a_scan_is_read_whichever_is_painted_first(first: bool, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        if first:
            scan(canvas)
        for row, line in enumerate(
            ("The gate is closed today.", "Ask the keeper for the key.", "It hangs by the door.")
        ):
            with_mode(canvas, 3, line, 200 + 14 * row)
        if not first:
            scan(canvas)

    text = " ".join(block.text for block in read_here(pdf(tmp_path / "scan.pdf", draw)).blocks)
    assert "The gate is closed today. Ask the keeper for the key." in text


def test_a_page_whose_whole_text_is_invisible_is_not_read_without_a_picture(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for row in range(20):
            with_mode(canvas, 3, f"SECRET line {row} that nobody can see", 200 + 14 * row)

    with pytest.raises(DocumentError, match="can see"):
        read_here(pdf(tmp_path / "hidden.pdf", draw))


def test_text_of_a_form_that_is_moved_is_seen_where_it_lands(tmp_path: Path) -> None:
    font = b"/Font << /A << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
    entries = b"/Type /XObject /Subtype /Form /BBox [0 0 100 20] /Matrix [2 0 0 2 0 0] /Resources << %s >>" % font
    form = stream(b"BT /A 6 Tf 1 5 Td (The gate is closed.) Tj 0 60 Td (SECRET words) Tj ET", entries)
    content = b"q 1 0 0 1 300 500 cm /F Do Q 1 g 0 0 200 200 re f"
    path = tmp_path / "form.pdf"
    path.write_bytes(one_page(content, b"/XObject << /F 5 0 R >>", b"/MediaBox [0 0 600 800]", form))
    assert [block.text for block in read_here(path).blocks] == ["The gate is closed."]


FONT = b"/Font << /A << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
SHOWN = b"BT /A 12 Tf 50 700 Td (The gate is closed today.) Tj ET "
UNSEEN = {
    "mode 3": b"BT /A 12 Tf 3 Tr 50 600 Td (SECRET words in no ink) Tj ET",
    "white": b"1 g BT /A 12 Tf 50 600 Td (SECRET white words) Tj ET",
}


@pytest.mark.parametrize("name", UNSEEN)
def test_text_after_twenty_thousand_other_objects_is_looked_at_like_any_other(name: str, tmp_path: Path) -> None:
    late = b" 0 Tr 0 g BT /A 12 Tf 50 500 Td (Ask the keeper for the key.) Tj ET"
    path = tmp_path / "many.pdf"
    path.write_bytes(one_page(SHOWN + b"0 0 1 1 re f " * 20_000 + UNSEEN[name] + late, FONT))
    text = words_of(path)
    assert "The gate is closed today." in text
    assert "Ask the keeper for the key." in text
    assert "SECRET" not in text


@pytest.mark.parametrize("name", UNSEEN)
def test_text_in_deep_forms_is_looked_at_like_any_other(name: str, tmp_path: Path) -> None:
    """The black letters of the form lie over a black bar only as long as its place is not taken into account."""
    entries = b"/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << %s >>"
    depth = 9
    forms = [stream(b"/F Do", entries % (b"/XObject << /F %d 0 R >>" % (6 + i))) for i in range(depth)]
    text = b"BT /A 12 Tf 50 500 Td (Ask the keeper for the key.) Tj ET " + UNSEEN[name]
    content = SHOWN + b"40 490 300 30 re f q 1 0 0 1 0 -100 cm /F Do Q"
    path = tmp_path / "deep.pdf"
    page = one_page(
        content, FONT + b" /XObject << /F 5 0 R >>", b"/MediaBox [0 0 600 800]", *forms, stream(text, entries % FONT)
    )
    path.write_bytes(page)
    text_read = words_of(path)
    assert "Ask the keeper for the key." in text_read
    assert "SECRET" not in text_read
