"""Files that are broken, locked, strange or hostile: a clear error each, and the batch goes on."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.base import Document
from ragft.corpus.readers import find_files, read_document, read_documents, read_here
from ragft.corpus.readers.base import LARGEST_TEXT
from ragft.corpus.readers.worker_messages import unpack
from ragft.errors import DocumentError, NotFoundError
from ragft.machine import grant
from tests.corpus.pdfs import BOLD, centred, column, one_page, pdf, pdf_bytes, prose


def paper(canvas: Canvas) -> None:
    centred(canvas, 80, "A Paper Made for Tests", 17, BOLD)
    column(canvas, 60, 150, 470, ["#Abstract", prose("birds", 7), "#1 Introduction", prose("nests", 9)])


GOOD = pdf_bytes(paper, paper, paper)


def encrypted(user_password: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=BytesIO(GOOD))
    writer.encrypt(user_password, "owner", algorithm="AES-256")
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def error(path: Path, data: bytes, **options: str) -> DocumentError:
    path.write_bytes(data)
    with pytest.raises(DocumentError) as caught:
        read_here(path, **options)
    assert str(path) in caught.value.message
    assert "\n" not in str(caught.value)
    return caught.value


def read_without_ocr(path: Path) -> Document:
    """Read in a process where the OCR library cannot be found."""
    code = (
        "import sys, json; sys.modules['rapidocr'] = None\n"
        "from pathlib import Path; from ragft.corpus.readers import read_here\n"
        "from ragft.corpus.readers.worker_messages import pack_document, pack_error\n"
        "from ragft.errors import DocumentError\n"
        "try: print(json.dumps(pack_document(read_here(Path(sys.argv[1])))))\n"
        "except DocumentError as error: print(json.dumps(pack_error(error)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    result = unpack(json.loads(done.stdout))
    if isinstance(result, DocumentError):
        raise result
    return result


def test_empty_file(tmp_path: Path) -> None:
    for name in ("x.pdf", "x.md", "x.txt", "x.html", "x.docx", "x.pptx", "x.epub", "x.tex", "x.xlsx", "x.csv", "x.eml"):
        assert "is empty" in error(tmp_path / name, b"").message


def test_web_page_named_pdf(tmp_path: Path) -> None:
    caught = error(tmp_path / "x.pdf", b"<!DOCTYPE html><html><body>404 not found</body></html>")
    assert "an HTML page" in caught.message
    assert caught.fix and ".html" in caught.fix


def test_pdf_named_otherwise_is_read(tmp_path: Path) -> None:
    path = tmp_path / "paper.txt"
    path.write_bytes(GOOD)
    assert read_here(path).title == "A Paper Made for Tests"


def test_noise_named_pdf(tmp_path: Path) -> None:
    assert "is not a PDF" in error(tmp_path / "x.pdf", random.Random(1).randbytes(5000)).message


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.8, 0.95])
def test_pdf_cut_short(share: float, tmp_path: Path) -> None:
    caught = error(tmp_path / "x.pdf", GOOD[: int(len(GOOD) * share)])
    assert "cut short" in caught.message
    assert caught.fix == "fetch the file again"


def test_pdf_that_lost_only_its_last_line_is_read_and_reported(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(GOOD[: GOOD.rindex(b"startxref")])
    document = read_here(path)
    assert document.pages == 3
    assert any("damaged" in warning for warning in document.warnings)


def test_empty_user_password_is_tried(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(encrypted(""))
    assert read_here(path).title == "A Paper Made for Tests"


def test_password(tmp_path: Path) -> None:
    data = encrypted("sesame")
    assert "passwords=" in (error(tmp_path / "x.pdf", data).fix or "")
    assert "wrong" in error(tmp_path / "x.pdf", data, password="other").message
    assert read_here(tmp_path / "x.pdf", password="sesame").title == "A Paper Made for Tests"
    assert read_document(tmp_path / "x.pdf", password="sesame").pages == 3


def test_a_damaged_file_without_text_is_not_called_empty(tmp_path: Path) -> None:
    blank = one_page(b"", b"")
    assert "holds no text" in error(tmp_path / "x.pdf", blank).message
    caught = error(tmp_path / "y.pdf", blank.replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt (x)"))
    assert "is damaged" in caught.message
    assert caught.fix == "fetch the file again"


def test_encryption_for_certificates_is_named(tmp_path: Path) -> None:
    sealed = b"/Encrypt << /Filter /Adobe.PubSec /SubFilter /adbe.pkcs7.s4 /V 2 /Length 128 /Recipients [<00>] >>"
    data = one_page(b"", b"").replace(b"/Root 1 0 R", b"/Root 1 0 R /ID [<00> <00>] " + sealed)
    caught = error(tmp_path / "x.pdf", data)
    assert "encrypted" in caught.message and "certificates" in caught.message
    assert "save it without encryption" in (caught.fix or "")


def test_page_without_text_layer_is_named_and_the_rest_read(tmp_path: Path) -> None:
    scan = ImageReader(Image.effect_noise((200, 280), 60))
    document = read_without_ocr(
        pdf(tmp_path / "x.pdf", paper, lambda canvas: canvas.drawImage(scan, 0, 0, 595, 842), paper)
    )
    assert document.bad_pages == (2,)
    assert any(warning.startswith("page 2: no text layer") for warning in document.warnings)
    assert {block.page for block in document.blocks} == {1, 3}


def test_scan_without_ocr_says_what_to_install(tmp_path: Path) -> None:
    scan = ImageReader(Image.effect_noise((200, 280), 60))
    with pytest.raises(DocumentError) as caught:
        read_without_ocr(pdf(tmp_path / "x.pdf", *[lambda canvas: canvas.drawImage(scan, 0, 0, 595, 842)] * 2))
    assert "no usable text layer" in caught.value.message
    assert caught.value.fix == "pip install 'ragft[ocr]'"


def test_blank_page_is_not_bad(tmp_path: Path) -> None:
    document = read_here(pdf(tmp_path / "x.pdf", paper, lambda canvas: None, paper))
    assert document.bad_pages == ()
    assert not any("page 2" in warning or "pages" in warning for warning in document.warnings)


def test_missing_unreadable_and_special_files(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="does not exist"):
        find_files([tmp_path / "nothing"])
    with pytest.raises(DocumentError, match="does not exist"):
        read_here(tmp_path / "gone.pdf")
    with pytest.raises(DocumentError, match="is a folder"):
        read_here(tmp_path)
    os.mkfifo(tmp_path / "pipe.pdf")
    with pytest.raises(DocumentError, match="neither a file nor a folder"):
        read_here(tmp_path / "pipe.pdf")
    with pytest.raises(DocumentError, match="of no kind that can be read"):
        error(tmp_path / "x.xyz", b"abc")
        read_here(tmp_path / "x.xyz")


@pytest.mark.parametrize(
    ("ending", "better"),
    [(".doc", ".docx"), (".RTF", ".docx"), (".odt", ".docx"), (".xls", ".xlsx"), (".ods", ".xlsx"), (".ppt", ".pptx")],
)
def test_a_format_that_is_not_read_is_to_be_saved_as_one_that_is(ending: str, better: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{ending}"
    path.write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(DocumentError, match="of no kind that can be read") as caught:
        read_here(path)
    assert caught.value.fix == f"open it in its program and save it as {better}"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_rights(tmp_path: Path) -> None:
    locked = tmp_path / "locked.txt"
    locked.write_text("text")
    locked.chmod(0)
    with pytest.raises(DocumentError, match="no right to read") as caught:
        read_here(locked)
    assert caught.value.fix == grant(locked, "rX")
    folder = tmp_path / "folder"
    folder.mkdir(mode=0)
    try:
        [(_, result)] = read_documents(find_files([folder]))
        assert isinstance(result, DocumentError)
    finally:
        folder.chmod(0o700)


def test_links_in_a_circle_and_twice(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "one.md").write_text("# One\n\ntext")
    (folder / "loop").symlink_to(tmp_path)
    (tmp_path / "again.md").symlink_to(folder / "one.md")
    (folder / ".hidden.md").write_text("hidden")
    (folder / "broken.md").symlink_to(tmp_path / "nowhere")
    found = find_files([tmp_path, folder / "one.md"])
    assert len([path for path in found if path.name in {"one.md", "again.md"}]) == 1
    assert not any(path.name == ".hidden.md" for path in found)
    results = dict(read_documents(found))
    assert sum(isinstance(result, DocumentError) for result in results.values()) == 1


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_gives_a_document_or_an_error(data: st.DataObject, tmp_path: Path) -> None:
    damaged = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 12))):
        position = data.draw(st.integers(0, len(damaged) - 1))
        length = data.draw(st.integers(1, 40))
        damaged[position : position + length] = data.draw(st.binary(max_size=40))
    path = tmp_path / "damaged.pdf"
    path.write_bytes(bytes(damaged))
    try:
        document = read_here(path)
    except DocumentError:
        return
    assert document.title
    assert all(block.text.strip() for block in document.blocks)


@pytest.mark.parametrize("name", ["a.md", "a.html"])
def test_a_huge_title_is_cut(name: str, tmp_path: Path) -> None:
    long = "very long " * 10_000
    text = f"# {long}\n\nSome text.\n" if name == "a.md" else f"<title>{long}</title><p>Some text.</p>"
    (tmp_path / name).write_text(text)
    title = read_here(tmp_path / name).title
    assert title.startswith("very long very long")
    assert len(title) <= 300
    assert title.endswith("…")


def test_a_text_of_more_than_64_mib_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as handle:
        handle.truncate(LARGEST_TEXT + 1)
    with pytest.raises(DocumentError, match="too large"):
        read_here(path)
