"""Text layers that are none."""

from __future__ import annotations

import string
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.pdf.base import PageSpans, TextSpan
from ragft.corpus.pdf.quality import is_garbage, page_fault
from ragft.corpus.pdf.text.spans import read_spans
from ragft.corpus.readers import read_here
from tests.corpus.pdfs import HEIGHT, WIDTH, at, pdf, pdf_bytes, prose

TEXT = prose("birds", 7)


@pytest.mark.parametrize(
    "text",
    [
        "\ufffd\ufffd \ufffd" * 50,
        "\ue001\ue002 \ue003" * 50,
        "(cid:12)(cid:7) (cid:99)" * 20,
        TEXT.replace(" ", ""),
        "".join(chr(ord(c) + 3) if c.isalpha() else c for c in TEXT if c not in "xyz").translate(
            str.maketrans("aeiouy", "bcdfgh")
        ),
        "Ã©tude sur la mÃ©thode, prÃ©sentÃ©e Ã¼ber Ã¶l Ã¤hnlich " * 5,
        "!!!###$$$ %%%&&& ///((( " * 20,
    ],
)
def test_garbage(text: str) -> None:
    assert is_garbage(text)


@pytest.mark.parametrize("step", [3, 5, 10, 23])
def test_latin_letters_shifted_within_the_alphabet_are_garbage(step: int) -> None:
    letters = string.ascii_lowercase
    shifted = letters[step:] + letters[:step]
    assert is_garbage(TEXT.translate(str.maketrans(letters + letters.upper(), shifted + shifted.upper())))


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "short",
        "知识就是力量而学习使人进步。" * 30,
        "Мы показываем, что поиск помогает генерации. " * 10,
        "المعرفة قوة والتعلم يجعل الناس يتقدمون " * 10,
        "0.71 0.93 12.5 40.1 3.3 0.02 " * 20,
        "https://example.org/a/very/long/address " * 12,
        "ATGCGTACGTTAGCCGGATCCGGCTTAACGTAGCCGGATCCGGCTTAACGTAGCCGGATCCGGCTT " * 8,
    ],
)
def test_good_text(text: str) -> None:
    assert not is_garbage(text)


@pytest.mark.parametrize(("share", "fault"), [(0.2, False), (0.4, True)])
def test_few_words_beside_a_picture_are_a_page_without_text(
    share: float, fault: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, 60, 40, "Plan of the gates")
        canvas.drawImage(ImageReader(Image.new("RGB", (40, 40), (90, 20, 20))), 0, 0, WIDTH, share * HEIGHT)

    monkeypatch.setattr("ragft.corpus.pdf.ocr.is_available", lambda: False)
    document = read_here(pdf(tmp_path / "x.pdf", draw))
    assert any("no text layer" in note for note in document.warnings) == fault


STAMP = "This content downloaded from 192.0.2.1 on Mon, 30 Nov 2026 by anyone who asked for it"


@pytest.mark.parametrize(("top", "fault"), [(20, True), (780, True), (400, False)])
def test_a_picture_of_a_page_with_a_stamp_at_its_edge_is_named(
    top: float, fault: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ragft.corpus.pdf.ocr.is_available", lambda: False)
    document = read_here(pdf(tmp_path / "x.pdf", lambda canvas: _stamped(canvas, top)))
    assert (document.bad_pages == (1,)) == fault
    assert any("text beside a picture of a page" in note for note in document.warnings) == fault
    assert STAMP in " ".join([document.title, *(block.text for block in document.blocks)])


@pytest.mark.parametrize(("times", "replaced"), [(2, False), (4, True)])
def test_what_is_recognised_takes_the_place_of_a_stamp_where_it_is_much_more(
    times: int, replaced: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [TextSpan("Sluice " * 12, 60, 100 + 20 * n, 500, 112 + 20 * n, 12) for n in range(times)]
    monkeypatch.setattr("ragft.corpus.pdf.ocr.is_available", lambda: True)
    monkeypatch.setattr("ragft.corpus.pdf.ocr.recognise", lambda _: PageSpans(WIDTH, HEIGHT, lines))
    document = read_here(pdf(tmp_path / "x.pdf", lambda canvas: _stamped(canvas, 20)))
    assert document.bad_pages == ()
    assert (document.warnings == ("page 1: read by OCR",)) == replaced
    assert ("Sluice" in " ".join(block.text for block in document.blocks)) == replaced


def _stamped(canvas: Canvas, top: float) -> None:
    canvas.drawImage(ImageReader(Image.new("RGB", (40, 40), (240, 240, 240))), 0, 0, WIDTH, HEIGHT)
    at(canvas, 60, top, STAMP, 8)


@pytest.mark.parametrize("form", [False, True])
@pytest.mark.parametrize(("letters", "fault"), [(120, True), (10, False)])
def test_letters_drawn_as_shapes_are_a_page_without_text(letters: int, form: bool, fault: bool) -> None:
    """However many letters a shape holds, and in a form, too."""

    def draw(canvas: Canvas) -> None:
        at(canvas, 60, 40, "Page 3")
        if form:
            canvas.beginForm("letters")
        path = canvas.beginPath()
        for number in range(letters):
            x, y = 60 + 8 * (number % 40), 700 - 14 * (number // 40)
            path.moveTo(x, y)
            for step in range(10):
                path.curveTo(x + step % 3, y + step, x + step % 2, y + step, x + step % 5, y + step % 7)
        canvas.drawPath(path, stroke=0, fill=1)
        if form:
            canvas.endForm()
            canvas.doForm("letters")

    with pypdfium2.PdfDocument(pdf_bytes(draw)) as document:
        assert (page_fault(document[0], read_spans(document[0])) == "no text layer") == fault
