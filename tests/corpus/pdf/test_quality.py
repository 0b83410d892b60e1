"""Text layers that are none."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.pdf.quality import is_garbage
from ragft.corpus.readers import read_here
from tests.corpus.pdfs import HEIGHT, WIDTH, at, pdf, prose

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
