"""Text in a layer (optional content) that is switched off as the file is opened is not read."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from ragft.corpus.base import Document
from ragft.corpus.pdf.pdfium.layers import has_hidden_layers
from ragft.corpus.readers import read_here
from tests.corpus.pdfs import raw_pdf, stream

FONT = b"/Font << /A << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"

SECRET = b"BT /A 12 Tf 50 400 Td (SECRET words of a form) Tj ET"


def layered(path: Path, config: bytes, member: bytes, content: bytes, form: bytes = b"", drawn: bytes = SECRET) -> Path:
    """A page with a layer to be shown (5) and one to be hidden (6); `member`: to what the text belongs; `drawn`: what
    its form draws."""
    properties = b"/OCProperties << /OCGs [5 0 R 6 0 R] /D << %s >> >>" % config
    path.write_bytes(
        raw_pdf(
            b"<< /Type /Catalog /Pages 2 0 R %s >>" % properties,
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << %s "
            b"/Properties << /Off %s /On 5 0 R >> /XObject << /F 8 0 R >> >> >>" % (FONT, member),
            stream(content),
            b"<< /Type /OCG /Name (On) >>",
            b"<< /Type /OCG /Name (Off) >>",
            b"<< /Type /OCMD /OCGs [5 0 R 6 0 R] /P /AllOn >>",
            stream(
                drawn,
                b"/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << %s >> %s" % (FONT, form),
            ),
        )
    )
    return path


def words_of(document: Document) -> str:
    return " ".join([document.title, *(block.text for block in document.blocks)])


SEEN = b"BT /A 12 Tf 50 700 Td (The gate is closed today.) Tj ET "
ON = b"/OC /On BDC BT /A 12 Tf 50 650 Td (Ask the keeper.) Tj ET EMC "
MARKED = b"/OC /Off BDC BT /A 12 Tf 50 600 Td (SECRET words) Tj ET EMC "
NESTED = b"/OC /On BDC /OC /Off BDC BT /A 12 Tf 50 600 Td (SECRET words) Tj ET EMC EMC "

CASES: dict[str, tuple[bytes, bytes, bytes, bytes]] = {
    "switched off": (b"/OFF [6 0 R]", b"6 0 R", MARKED, b""),
    "all but one off": (b"/BaseState /OFF /ON [5 0 R]", b"6 0 R", MARKED, b""),
    "all of several": (b"/OFF [6 0 R]", b"7 0 R", MARKED, b""),
    "within another": (b"/OFF [6 0 R]", b"6 0 R", NESTED, b""),
    "a form": (b"/OFF [6 0 R]", b"6 0 R", b"/F Do", b"/OC 6 0 R"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_layer_that_is_off(name: str, tmp_path: Path) -> None:
    config, member, content, form = CASES[name]
    document = read_here(layered(tmp_path / "page.pdf", config, member, SEEN + ON + content, form))
    assert words_of(document) == "The gate is closed today. Ask the keeper."


def test_layers_that_are_on_are_read(tmp_path: Path) -> None:
    document = read_here(layered(tmp_path / "page.pdf", b"", b"6 0 R", SEEN + MARKED + b"/F Do", b"/OC 6 0 R"))
    assert words_of(document) == "The gate is closed today. SECRET words SECRET words of a form"


def packed(path: Path, packing: bytes = b"") -> Path:
    """The PDF at `path` with its catalogue in a compressed stream of objects; `packing`: entries of that stream."""
    *plain, last = path.read_bytes().split(b"endobj\n")[:-1]
    objects = [item.split(b" obj\n", 1)[1] for item in (*plain, last)]
    body = b"1 0 " + objects[0]
    if packing:  # each row with its predictor, that of PNG for "none", before it
        body = b"".join(b"\0" + body[at : at + 16].ljust(16) for at in range(0, len(body), 16))
    entries = b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode " + packing
    objects.append(stream(zlib.compress(body), entries))
    data, rows = b"%PDF-1.5\n", [(0, 0, 0), (2, len(objects), 0)]
    for number, item in enumerate(objects[1:], start=2):
        rows.append((1, len(data), 0))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    size = len(rows)
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    entries = b"/Type /XRef /Size %d /Root 1 0 R /W [1 4 2]" % size
    tail = b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (size, stream(table, entries), len(data))
    path.write_bytes(data + tail)
    return path


PREDICTED = b"/DecodeParms << /Predictor 12 /Columns 16 >>"


@pytest.mark.parametrize("packing", [b"", PREDICTED], ids=["deflated", "deflated with a predictor"])
def test_a_layer_that_a_compressed_object_switches_off(packing: bytes, tmp_path: Path) -> None:
    path = layered(tmp_path / "page.pdf", b"/OFF [6 0 R]", b"6 0 R", SEEN + ON + MARKED)
    packed(path, packing)
    assert b"/OCProperties" not in path.read_bytes()
    assert has_hidden_layers(path, None)
    assert words_of(read_here(path)) == "The gate is closed today. Ask the keeper."


def test_a_compressed_file_without_layers_needs_no_second_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = layered(tmp_path / "page.pdf", b"", b"6 0 R", SEEN)
    path.write_bytes(path.read_bytes().replace(b"/OCProperties", b"/Properties"))
    monkeypatch.setattr("ragft.corpus.pdf.pdfium.layers._switches_off", None)
    assert not has_hidden_layers(packed(path), None)
    assert read_here(path).blocks[0].text == "The gate is closed today."


COVERED = b"BT /A 12 Tf 50 600 Td (It has 223 bolts.) Tj ET "
WHITE, BLACK = b"1 g 40 590 400 30 re f 0 g ", b"0 g 40 590 400 30 re f 0 g "
KEPT: dict[str, bytes] = {
    "white over text": COVERED + b"/OC /Off BDC " + WHITE + b"EMC",
    "black over text": COVERED + b"/OC /Off BDC " + BLACK + b"EMC",
    "black below black text": b"/OC /Off BDC " + BLACK + b"EMC " + COVERED,
    "within another mark": COVERED + b"/OC /Off BDC /P BMC " + WHITE + b"EMC EMC",
}


@pytest.mark.parametrize("name", KEPT)
def test_what_is_not_shown_covers_nothing(name: str, tmp_path: Path) -> None:
    document = read_here(layered(tmp_path / "page.pdf", b"/OFF [6 0 R]", b"6 0 R", SEEN + ON + KEPT[name]))
    assert words_of(document) == "The gate is closed today. Ask the keeper. It has 223 bolts."


def test_a_form_that_is_not_shown_covers_nothing(tmp_path: Path) -> None:
    content = SEEN + ON + COVERED + b"/F Do"
    made = layered(tmp_path / "page.pdf", b"/OFF [6 0 R]", b"6 0 R", content, b"/OC 6 0 R", WHITE)
    assert words_of(read_here(made)) == "The gate is closed today. Ask the keeper. It has 223 bolts."


@pytest.mark.parametrize("mark", [b"/OC /On BDC ", b"/P BMC "])
@pytest.mark.parametrize("colour", [WHITE, BLACK])
def test_what_is_shown_covers_though_another_layer_is_off(mark: bytes, colour: bytes, tmp_path: Path) -> None:
    content = SEEN + ON + COVERED + mark + colour + b"EMC"
    document = read_here(layered(tmp_path / "page.pdf", b"/OFF [6 0 R]", b"6 0 R", content))
    assert words_of(document) == "The gate is closed today. Ask the keeper."


def test_white_text_on_a_ground_that_is_not_shown_is_not_read(tmp_path: Path) -> None:
    content = SEEN + ON + b"/OC /Off BDC " + BLACK + b"EMC 1 g " + COVERED
    document = read_here(layered(tmp_path / "page.pdf", b"/OFF [6 0 R]", b"6 0 R", content))
    assert words_of(document) == "The gate is closed today. Ask the keeper."


def test_a_layer_that_depends_on_how_it_is_looked_at_may_be_off(tmp_path: Path) -> None:
    config = b"/AS [<< /Event /View /OCGs [6 0 R] /Category [/View] >>]"
    assert has_hidden_layers(layered(tmp_path / "page.pdf", config, b"6 0 R", SEEN), None)
    assert not has_hidden_layers(layered(tmp_path / "page.pdf", b"/OFF []", b"6 0 R", SEEN), None)
