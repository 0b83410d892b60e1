"""Scanned pages, read by the OCR library where it is installed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.readers import read_document
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
