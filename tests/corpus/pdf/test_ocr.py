"""Scanned pages, read by the OCR library where it is installed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.readers import read_document, read_here
from tests.corpus.pdfs import BOLD, HEIGHT, WIDTH, centred, column, pdf, pdf_bytes, prose


def typed(canvas: Canvas) -> None:
    centred(canvas, 80, "A Paper Made for Tests", 20, BOLD)
    column(canvas, 60, 150, 470, ["#Abstract", prose("birds", 4)], size=12)


def scan_of(page: bytes) -> Image.Image:
    import pypdfium2

    with pypdfium2.PdfDocument(page) as document:
        image: Image.Image = document[0].render(scale=2).to_pil()
    return image


@pytest.mark.slow
def test_scanned_page_is_read(tmp_path: Path) -> None:
    pytest.importorskip("rapidocr", reason="the ocr extra is not installed")
    scan = ImageReader(scan_of(pdf_bytes(typed)))
    document = read_document(
        pdf(tmp_path / "scan.pdf", lambda canvas: canvas.drawImage(scan, 0, 0, WIDTH, HEIGHT)), timeout=280
    )
    assert document.title == "A Paper Made for Tests"
    text = " ".join(block.text for block in document.blocks)
    assert "how birds behaves when the number of examples" in text
    assert document.bad_pages == ()
    assert document.warnings == ("page 1: read by OCR",)


NOTE = "The gate of the sluice is closed today, ask the keeper for it."


def beside_text(path: Path, picture: Image.Image, size: tuple[float, float]) -> Path:
    """A page filled by `picture`, and a page of text after it."""
    canvas = Canvas(str(path), pagesize=size)
    canvas.drawImage(ImageReader(picture), 0, 0, *size)
    canvas.showPage()
    canvas.setPageSize((WIDTH, HEIGHT))
    for line in range(20):
        canvas.drawString(60, 700 - 20 * line, NOTE)
    canvas.save()
    return path


@pytest.mark.slow
@pytest.mark.parametrize("size", [(3, 14_400), (14_400, 3), (200_000, 200_000), (0.4, 2000)])
def test_a_page_of_an_odd_size_costs_no_other_page(size: tuple[float, float], tmp_path: Path) -> None:
    pytest.importorskip("rapidocr", reason="the ocr extra is not installed")
    path = beside_text(tmp_path / "odd.pdf", Image.new("RGB", (8, 8), "grey"), size)
    document = read_document(path, timeout=280)
    assert NOTE in " ".join(block.text for block in document.blocks)


@pytest.mark.slow
def test_a_narrow_strip_is_read(tmp_path: Path) -> None:
    pytest.importorskip("rapidocr", reason="the ocr extra is not installed")
    banner = Image.new("RGB", (1500, 40), "white")
    ImageDraw.Draw(banner).text((20, 6), "Opening hours of the museum", "black", ImageFont.load_default(24))
    document = read_document(beside_text(tmp_path / "banner.pdf", banner, (750, 20)), timeout=280)
    assert document.title == "Opening hours of the museum"
    assert document.warnings == ("page 1: read by OCR",)


def test_a_page_that_the_library_cannot_take_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rapidocr = pytest.importorskip("rapidocr", reason="the ocr extra is not installed")

    def no_memory(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(rapidocr.RapidOCR, "__call__", no_memory)
    document = read_here(beside_text(tmp_path / "large.pdf", Image.new("RGB", (8, 8), "grey"), (600, 800)))
    assert document.warnings == ("page 1: no text layer, and OCR failed",)
    assert document.bad_pages == (1,)
    assert NOTE in " ".join(block.text for block in document.blocks)


@pytest.mark.slow
def test_words_beside_a_picture_without_text_are_kept(tmp_path: Path) -> None:
    pytest.importorskip("rapidocr", reason="the ocr extra is not installed")
    picture = ImageReader(Image.new("RGB", (300, 300), (30, 90, 160)))

    def draw(canvas: Canvas) -> None:
        canvas.drawImage(picture, 0, 300, WIDTH, 400)
        centred(canvas, 700, "The gate is closed", 1.5)  # too small for the recogniser

    document = read_document(pdf(tmp_path / "page.pdf", draw), timeout=280)
    assert "The gate is closed" in " ".join([document.title, *(block.text for block in document.blocks)])
