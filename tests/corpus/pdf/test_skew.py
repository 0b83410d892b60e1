"""Scans that lie askew: their lines and the rows of their tables stay together."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.pdf.ocr import _skew
from ragft.corpus.readers import read_document, read_here
from tests.corpus.pdf.test_ocr import scan_of
from tests.corpus.pdfs import BOLD, HEIGHT, SERIF, WIDTH, at, column, pdf, pdf_bytes, prose

ROWS = [("Service item", "7500 miles", "15000 miles"), ("Inspect drums", "yes", "no"), ("Change coolant", "no", "18.6")]


def page(canvas: Canvas, font: str = SERIF) -> None:
    at(canvas, 60, 80, "Maintenance of Pump Carriers", 16, BOLD)
    column(canvas, 60, 130, 470, [prose("coolant", 7)], 11, font)
    for row, cells in enumerate(ROWS):
        for place, text in enumerate(cells):
            at(canvas, 60 + 180 * place, 320 + 16 * row, text, 11, font)


def askew(canvas: Canvas, degrees: float) -> None:
    canvas.translate(WIDTH / 2, HEIGHT / 2)
    canvas.rotate(degrees)
    canvas.translate(-WIDTH / 2, -HEIGHT / 2)


@pytest.mark.parametrize("degrees", [-5, -2, -0.5, 0, 1, 2, 5, 12])
def test_a_skewed_text_layer_is_read_in_order(degrees: float, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        askew(canvas, degrees)
        page(canvas)

    document = read_here(pdf(tmp_path / "skewed.pdf", draw))
    assert document.title == "Maintenance of Pump Carriers"
    assert [block.text for block in document.blocks if block.kind == "table"] == [
        "\n".join(" | ".join(cells) for cells in ROWS)
    ]
    assert prose("coolant", 7) in " ".join(block.text for block in document.blocks)


def test_the_skew_of_a_scan_is_that_of_its_long_boxes() -> None:
    long = [[(0.0, 10.0 * n), (200.0, 10.0 * n - 7), (200.0, 10.0 * n + 1), (0.0, 10.0 * n + 8)] for n in range(5)]
    short = [[(0.0, 10.0 * n), (9.0, 10.0 * n), (9.0, 10.0 * n + 8), (0.0, 10.0 * n + 8)] for n in range(9)]
    assert _skew([*long, *short]) == pytest.approx(-0.035, abs=0.001)
    assert _skew(short) == 0.0


@pytest.mark.slow
@pytest.mark.parametrize("degrees", [2, -5])
def test_a_skewed_picture_is_read_in_order(degrees: float, tmp_path: Path) -> None:
    pytest.importorskip("rapidocr", reason="the ocr extra is not installed")
    scan = ImageReader(scan_of(pdf_bytes(page)).rotate(degrees, fillcolor="white"))
    path = pdf(tmp_path / "scan.pdf", lambda canvas: canvas.drawImage(scan, 0, 0, WIDTH, HEIGHT))
    document = read_document(path, timeout=280)
    assert document.warnings == ("page 1: read by OCR",)
    assert "Change coolant | no | 18.6" in "\n".join(block.text for block in document.blocks)
