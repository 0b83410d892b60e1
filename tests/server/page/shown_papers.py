"""PDFs that are hard to show: turned and cropped pages, images, fonts that are not in the file, actions."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, TextStringObject
from reportlab.lib.pagesizes import A4, A5, landscape
from reportlab.pdfgen.canvas import Canvas

from tests.corpus.pdfs import HEIGHT, WIDTH, Draw, column, one_page, pdf, pdf_bytes, prose, stream

TURNED = {
    0: "The heron on the first sheet counted forty-one eels before the bell rang at noon",
    90: "The otter on the second sheet moved seventeen stones against the current of the brook",
    180: "The badger on the third sheet dug nine chambers under the roots of the old lime tree",
    270: "The marten on the fourth sheet crossed twenty-six gardens in a single night of March",
}
"""A sentence for each page of `turned`, by how far the page is turned."""
ACTIONS = "The magpie collected eleven silver spoons from the windows of the village school"
PICTURES = "The kingfisher left two photographs of the river bank with the keeper of the weir"
JAPANESE = "The crane folded one thousand sheets of paper for the library of the northern port"


def turned(path: Path) -> Path:
    """Pages that are turned by a quarter each, read upright, and differ in size and crop box."""
    moves: dict[int, Callable[[Canvas], object]] = {
        0: lambda canvas: None,
        90: lambda canvas: (canvas.translate(HEIGHT, 0), canvas.rotate(90)),
        180: lambda canvas: (canvas.translate(HEIGHT, WIDTH), canvas.rotate(180), canvas.translate(0, WIDTH - HEIGHT)),
        270: lambda canvas: (canvas.translate(0, WIDTH), canvas.rotate(-90)),
    }
    sizes = {0: A5, 90: A4, 180: landscape(A4), 270: A4}
    shown = {0: (0, 0, 900, 900), 90: (15, 20, HEIGHT - 10, WIDTH - 35), 180: (20, 15, HEIGHT - 35, WIDTH - 10)}

    def drawn(turn: int) -> Draw:
        def draw(canvas: Canvas) -> None:
            canvas.setPageSize(sizes[turn])
            canvas.setPageRotation(turn)
            canvas.setCropBox(shown.get(turn, (0, 0, HEIGHT, WIDTH)))
            moves[turn](canvas)
            top = HEIGHT - A5[1] + 60 if turn == 0 else 80
            text = f"{prose(f'sheet {turn}', 2)} {TURNED[turn]}. {prose(f'margin {turn}', 2)}"
            column(canvas, 60, top, 300, [f"# {turn // 90 + 1} Sheets", text])

        return draw

    return pdf(path, *map(drawn, TURNED), title="Turned sheets")


def acting(path: Path) -> Path:
    """A page with scripts and links that act by themselves, or at a click anywhere."""
    writer = PdfWriter(clone_from=io.BytesIO(pdf_bytes(_page_of(ACTIONS), title="Spoons")))
    script = _action("/JavaScript", "/JS", "app.alert('a script'); this.submitForm('http://example.org/sent');")
    link = _action("/URI", "/URI", "http://example.org/linked")
    writer.root_object[NameObject("/OpenAction")] = script
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): script})
    for action in (script, link, _action("/Launch", "/F", "calc.exe")):
        everywhere = ArrayObject(FloatObject(edge) for edge in (0, 0, *A4))
        entries = {"/Type": NameObject("/Annot"), "/Subtype": NameObject("/Link"), "/Rect": everywhere, "/A": action}
        writer.add_annotation(0, DictionaryObject({NameObject(name): value for name, value in entries.items()}))
    with path.open("wb") as file:
        writer.write(file)
    return path


def pictured(path: Path) -> Path:
    """A page with a black JPEG 2000, a black fax picture, and a letter of a Symbol font that is not in the file."""
    fax, jpeg = io.BytesIO(), io.BytesIO()
    Image.new("1", (64, 64), 0).save(fax, "TIFF", compression="group4")
    Image.new("L", (64, 64), 0).save(jpeg, "JPEG2000", irreversible=False)
    image = b"/Type /XObject /Subtype /Image /Width 64 /Height 64 /ColorSpace /DeviceGray "
    content = b"q 200 0 0 200 50 100 cm /J Do Q q 200 0 0 200 350 100 cm /G Do Q BT /S 40 Tf 50 400 Td (abg) Tj ET "
    with Image.open(fax) as tiff:
        (start,), (length,) = tiff.tag_v2[273], tiff.tag_v2[279]
    coding = b"/BitsPerComponent 1 /Filter /CCITTFaxDecode /DecodeParms << /K -1 /BlackIs1 true /Columns 64 /Rows 64 >>"
    data = one_page(
        content + _lines(PICTURES),
        b"/Font << /T 5 0 R /S 6 0 R >> /XObject << /J 7 0 R /G 8 0 R >>",
        b"/MediaBox [0 0 600 800]",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>",
        stream(jpeg.getvalue(), image + b"/BitsPerComponent 8 /Filter /JPXDecode"),
        stream(fax.getvalue()[start : start + length], image + coding),
    )
    path.write_bytes(data)
    return path


def japanese(path: Path) -> Path:
    """A page with a Japanese font that is not in the file, in an encoding that every reader has to bring along."""
    text = "本は図書館にあります。".encode("cp932").hex().encode()
    data = one_page(
        _lines(JAPANESE) + b" BT /J 20 Tf 50 300 Td <%s> Tj ET" % text,
        b"/Font << /T 5 0 R /J 6 0 R >>",
        b"/MediaBox [0 0 600 800]",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>",
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Ryumin-Light /Encoding /90ms-RKSJ-H /DescendantFonts [7 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Ryumin-Light /FontDescriptor 8 0 R "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> >>",
        b"<< /Type /FontDescriptor /FontName /Ryumin-Light /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 "
        b"/Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 >>",
    )
    path.write_bytes(data)
    return path


def _page_of(sentence: str) -> Draw:
    def draw(canvas: Canvas) -> None:
        column(canvas, 60, 80, 400, ["# 1 Birds", f"{prose('birds', 3)} {sentence}. {prose('nests', 3)}"])

    return draw


def _action(kind: str, key: str, value: str) -> DictionaryObject:
    return DictionaryObject({NameObject("/S"): NameObject(kind), NameObject(key): TextStringObject(value)})


def _lines(sentence: str) -> bytes:
    """Text of font T: the sentence, and some prose around it."""
    words = f"{prose('rivers', 2)} {sentence}. {prose('paper', 2)}".split()
    lines = [" ".join(words[at : at + 12]) for at in range(0, len(words), 12)]
    return b"BT /T 11 Tf 14 TL 50 700 Td " + b" ".join(b"(%s) Tj T*" % line.encode() for line in lines) + b" ET"
