"""Pages that pdfium cannot open: read from the file that pypdf repairs, or the reason is that they cannot be opened."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from ragft.corpus.readers import read_here
from ragft.errors import DocumentError
from tests.corpus.pdfs import one_page, raw_pdf, stream

TEXT = b"BT /A 12 Tf 50 700 Td (The gate is closed today.) Tj ET"
FONT = b"/Font << /A << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"


def with_wrong_offset(data: bytes, number: int) -> bytes:
    """The table of this PDF tells another place for an object, as editors of text leave it."""
    before, table = data.split(b"xref\n", 1)
    rows = table.split(b"\n")
    rows[number + 1] = b"%010d 00000 n " % (int(rows[number + 1][:10]) + 3)
    return before + b"xref\n" + b"\n".join(rows)


def with_a_loop(text: bytes) -> bytes:
    """A PDF whose page tree says that it has three pages, leads to one, and then to itself."""
    return raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R 5 0 R] /Count 3 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << %s >> >>" % FONT,
        stream(text),
        b"<< /Type /Pages /Parent 2 0 R /Kids [5 0 R] /Count 2 >>",
    )


def test_a_page_that_only_the_second_library_finds_is_read(tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(with_wrong_offset(one_page(TEXT, FONT), 3))
    document = read_here(path)
    assert [block.text for block in document.blocks] == ["The gate is closed today."]
    assert document.warnings == ("the file is damaged and was repaired in reading; some of it may be missing",)


def test_lost_pages_are_the_reason_where_the_others_are_empty(tmp_path: Path) -> None:
    path = tmp_path / "loop.pdf"
    path.write_bytes(with_a_loop(b""))
    with pytest.raises(DocumentError) as caught:
        read_here(path)
    assert caught.value.message == f"{path} is damaged: pages 2-3 cannot be opened and the others hold no text"


def test_lost_pages_are_noted_beside_others(tmp_path: Path) -> None:
    path = tmp_path / "loop.pdf"
    path.write_bytes(with_a_loop(TEXT))
    assert read_here(path).warnings == ("pages 2-3: page cannot be opened",)


def test_what_the_second_library_logs_is_left_to_the_program(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A library that sets the level of another's logger would set it for all of the program that uses it."""
    caplog.set_level(logging.WARNING, "pypdf")
    path = tmp_path / "page.pdf"
    path.write_bytes(with_wrong_offset(one_page(TEXT, FONT), 3))
    read_here(path)
    assert any(record.name.startswith("pypdf") for record in caplog.records)
    assert logging.getLogger("pypdf").level == logging.WARNING
