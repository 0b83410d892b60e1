"""What a PDF holds besides its pages is noted: files within it, a form that only some viewers build."""

from __future__ import annotations

from pathlib import Path

import pypdf
import pytest

from ragft.corpus.base import Document
from ragft.corpus.readers import read_here
from ragft.errors import DocumentError
from tests.corpus.pdfs import raw_pdf, stream

FONT = b"/Font << /A << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
XFA = b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'><template><field name='a'/></template></xdp:xdp>"


SENTENCE = b"BT /A 12 Tf 50 700 Td (The gate is closed today.) Tj ET"


def read(path: Path, entries: bytes, *more: bytes, text: bytes = SENTENCE) -> Document:
    """A page with a sentence; `entries` stand in the catalogue, `more` are objects from number 5 on."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << %s >> >>" % FONT
    pages = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    path.write_bytes(raw_pdf(b"<< /Type /Catalog /Pages 2 0 R %s >>" % entries, pages, page, stream(text), *more))
    return read_here(path)


def test_an_xfa_form_is_noted(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    form = b"/NeedsRendering true /AcroForm << /Fields [] /XFA 5 0 R >>"
    document = read(tmp_path / "form.pdf", form, stream(XFA))
    assert document.warnings == ("an XFA form: only the pages that it brings with it are read",)
    assert "".join(capfd.readouterr()) == ""


@pytest.mark.parametrize(
    ("count", "note"), [(1, "1 embedded file is not read: save it"), (2, "2 embedded files are not")]
)
def test_embedded_files_are_noted(count: int, note: str, tmp_path: Path) -> None:
    read(tmp_path / "plain.pdf", b"")
    writer = pypdf.PdfWriter(clone_from=tmp_path / "plain.pdf")
    for number in range(count):
        writer.add_attachment(f"data{number}.csv", b"a,b\n1,2\n")
    writer.write(tmp_path / "with.pdf")
    [warning] = read_here(tmp_path / "with.pdf").warnings
    assert warning.startswith(note)


def test_a_form_that_cannot_be_loaded_costs_no_page(tmp_path: Path) -> None:
    document = read(tmp_path / "form.pdf", b"/AcroForm 99 0 R")
    assert document.title == "The gate is closed today."
    assert document.warnings == ()


def test_a_file_of_nothing_but_embedded_files_is_refused_with_them_as_the_reason(tmp_path: Path) -> None:
    names = b"/Names << /EmbeddedFiles << /Names [(a) << /Type /Filespec /F (a) /EF << /F 5 0 R >> >>] >> >>"
    with pytest.raises(DocumentError, match=r"holds no text on its 1 pages; 1 embedded file is not read: save it"):
        read(tmp_path / "portfolio.pdf", names, stream(b"text", b"/Type /EmbeddedFile"), text=b"")
