"""Pages with few words, or of another kind than a paper's: every word that can be read is read.

What pypdf finds in the same file is what must be found, so that no rule for papers throws a page away.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.readers import read_here
from tests.corpus.pdfs import BOLD, HEIGHT, SERIF, WIDTH, Draw, at, centred, one_page, pdf, stream

ENTRIES = [
    f"[{n}] A. Author{n} and B. Writer. A title. In Proceedings of the {n}th Conference, pages {n}0-{n}9, 20{n:02d}."
    for n in range(1, 19)
]


def lines(*texts: str, size: float = 11, font: str = SERIF, step: float = 16, y: float = 80) -> Draw:
    def draw(canvas: Canvas) -> None:
        if font not in canvas.getAvailableFonts():
            pdfmetrics.registerFont(UnicodeCIDFont(font))
        for row, text in enumerate(texts):
            at(canvas, 60, y + step * row, text, size, font)

    return draw


def poster(canvas: Canvas) -> None:
    for row, text in enumerate(("School Fair", "Saturday", "Ten to four", "Main Hall")):
        centred(canvas, 120 + 80 * row, text, 36, BOLD)


def bulletin(canvas: Canvas) -> None:
    centred(canvas, 60, "University of Testing", 20, BOLD)
    centred(canvas, 90, "Department of Gates", 14)
    centred(canvas, 120, "Seminar on Sluices", 12)
    centred(canvas, 140, "Room 12, Monday", 11)


def table(*columns: Callable[[int], str]) -> Draw:
    def draw(canvas: Canvas) -> None:
        for row in range(6):
            for place, text in enumerate(columns):
                at(canvas, 60 + 100 * place, 100 + 14 * row, text(row))

    return draw


def turned(degrees: float) -> Draw:
    def draw(canvas: Canvas) -> None:
        canvas.translate(300, 400)
        canvas.rotate(degrees)
        canvas.setFont(SERIF, 11)
        canvas.drawString(-100, 0, "The gate is closed today.")
        canvas.drawString(-100, -16, "Ask the keeper for the key.")

    return draw


def rotated_page(degrees: int) -> Draw:
    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(degrees)  # reportlab swaps the sides of the page
        lines("The gate is closed today.", "Ask the keeper for the key.", y=HEIGHT - 400)(canvas)

    return draw


def flipped(canvas: Canvas) -> None:
    canvas.translate(0, HEIGHT)
    canvas.scale(1, -1)
    canvas.setFont(SERIF, 11)
    canvas.drawString(60, 80, "The gate is closed today.")


def mirrored(canvas: Canvas) -> None:
    canvas.translate(WIDTH, 0)
    canvas.scale(-1, 1)
    lines("The gate is closed today.")(canvas)


def scaled(canvas: Canvas) -> None:
    canvas.scale(100, 100)
    canvas.setFont(SERIF, 0.12)
    canvas.drawString(0.6, 7, "The gate is closed today.")


def clipped_picture(canvas: Canvas) -> None:
    text = canvas.beginText(60, 700)
    text.setFont(SERIF, 12)
    text.setTextRenderMode(7)
    text.textLine("The gate is closed today.")
    canvas.drawText(text)
    canvas.setFillColorRGB(0, 0, 1)
    canvas.rect(50, 690, 300, 30, fill=1)


def outlined(canvas: Canvas) -> None:
    text = canvas.beginText(60, 700)
    text.setFont(SERIF, 12)
    text.setTextRenderMode(1)
    text.textLine("The gate is closed today.")
    canvas.drawText(text)


PAGES: dict[str, Draw] = {
    "a word": lines("Closed"),
    "a line": lines("The office is closed on Monday."),
    "two names": lines("Ann Other", "Per Son"),
    "letter": lines(
        "Ann Other", "12 Mill Street", "Harrow", "3 May 2021", "Dear Per Son,", "thank you for the key.", "Yours, Ann"
    ),
    "form": lines("Application for Membership", *(f"{name}: {'_' * 40}" for name in ("Name", "Street", "City"))),
    "form with dots": lines("REGISTRATION", *(f"{name} {'.' * 40}" for name in ("Name", "Street", "City"))),
    "prices": lines("Coffee .............. 3", "Tea .............. 2", "Cake .............. 5"),
    "contents alone": lines("Contents", *(f"Chapter {n} on gates {'.' * 20} {7 * n}" for n in range(1, 9))),
    "numbers": table(lambda row: f"{7 * row + 11}.0", lambda row: f"{3 * row + 8}.5", lambda row: f"{row}.25"),
    "two columns of numbers": table(lambda row: f"{7 * row + 11}", lambda row: f"{row * row}"),
    "table": table(lambda row: "Mon Tue Wed Thu Fri Sat".split()[row], lambda row: f"{row}7:00"),
    "bulletin": bulletin,
    "poster": poster,
    "abbreviations": lines(*["HTTP TLS SSL SSH XML JSON HTML CSS PNG TCP LDAP NTP SMTP DNS DHCP"] * 6),
    "part numbers": lines(*["BRX-KTN PLQ-RST VWX-GHJ MNB-FDS TRK-PLM"] * 12),
    "publications": lines(*ENTRIES, size=9, step=20),
    "references alone": lines("References", *ENTRIES, size=9),
    "a head": lines("Closed until 4", size=10, y=30),
    "a foot": lines("The gate is closed today.", size=10, y=HEIGHT - 40),
    "Japanese": lines("本日休業", "またのお越しを", font="HeiseiMin-W3"),
    "Korean": lines("오늘은 쉽니다", "내일 다시 오세요", font="HYSMyeongJo-Medium"),
    "Chinese": lines("今日休息", "明天再来", font="STSong-Light"),
    **{f"page turned by {degrees}": rotated_page(degrees) for degrees in (90, 180, 270)},
    **{f"text turned by {degrees}": turned(degrees) for degrees in (5, 90, 180, 270)},
    "flipped": flipped,
    "mirrored": mirrored,
    "scaled": scaled,
    "filled by a picture": clipped_picture,
    "outlined": outlined,
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_with_readable_words_is_read(name: str, tmp_path: Path) -> None:
    path = pdf(tmp_path / "page.pdf", PAGES[name])
    document = read_here(path)
    read = " ".join([document.title, *(block.text for block in document.blocks)])
    words = set(re.findall(r"[^\W_]+", pypdf.PdfReader(path).pages[0].extract_text()))
    assert words
    assert [word for word in words if word not in read] == []
    assert document.blocks
    assert document.bad_pages == ()


def test_the_numbers_of_an_axis_are_read_where_they_are_all(tmp_path: Path) -> None:
    path = pdf(tmp_path / "axis.pdf", lines(*(str(100 - 10 * row) for row in range(8)), step=40))
    text = " ".join(block.text for block in read_here(path).blocks)
    assert text.split() == [str(100 - 10 * row) for row in range(8)]


@pytest.mark.parametrize("text", ["7", "Closed"])
def test_pages_of_which_a_number_or_a_head_is_all_are_read(text: str, tmp_path: Path) -> None:
    def foot(canvas: Canvas) -> None:
        at(canvas, 300, HEIGHT - 30, text)

    document = read_here(pdf(tmp_path / "page.pdf", foot, foot, foot))
    assert [block.text for block in document.blocks] == [text] * 3 or text == document.title


HELVETICA = b"/Font << /A << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
TEXT = b"BT /A 12 Tf 50 700 Td (The gate is closed today.) Tj ET"
SHADING = b"/ShadingType 2 /ColorSpace /DeviceRGB /Coords [0 0 600 0]"
TILES = b"/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 5 5] /XStep 5 /YStep 5 /Resources << >>"
A4 = b"/MediaBox [0 0 600 800]"


def metrics(entries: bytes, show: bytes = TEXT) -> bytes:
    """A page in a font that is not embedded, with these entries in its dictionary."""
    font = b"/Type /Font /Subtype /TrueType /BaseFont /Odd /FirstChar 32 /LastChar 126 /Encoding /WinAnsiEncoding"
    return one_page(show, b"/Font << /A << %s %s >> >>" % (font, entries))


def widths(width: int) -> bytes:
    return b"/Widths [%s]" % b" ".join([b"%d" % width] * 95)


def drawn_font(matrix: bytes, show: bytes, unit: float) -> bytes:
    """A page in a Type 3 font of one glyph for every letter, a box; `unit` glyph units make an em."""
    letters = sorted(set(b"The gate is closed today."))
    procedures = b" ".join(b"/c%d 5 0 R" % code for code in letters)
    names = b" ".join(b"%d /c%d" % (code, code) for code in letters)
    pairs = b" ".join(b"<%02x> <%04x>" % (code, code) for code in letters)
    unicode = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def 1 begincodespacerange "
        b"<00> <ff> endcodespacerange %d beginbfchar %s endbfchar endcmap end end" % (len(letters), pairs)
    )
    font = (
        b"<< /Type /Font /Subtype /Type3 /FontMatrix [%s] /FontBBox [0 0 0 0] /FirstChar 32 /LastChar 126 %s "
        b"/CharProcs << %s >> /Encoding << /Type /Encoding /Differences [%s] >> /Resources << >> /ToUnicode 6 0 R >>"
    ) % (matrix, widths(1).replace(b"1", b"%g" % (0.6 * unit)), procedures, names)
    box = b"%g 0 d0 0 0 %g %g re f" % (0.6 * unit, 0.5 * unit, 0.7 * unit)
    return one_page(show, b"/Font << /A 7 0 R >>", A4, stream(box), stream(unicode), font)


RAW: dict[str, bytes] = {
    "tiling pattern": one_page(
        b"/Pattern cs /P scn " + TEXT,
        HELVETICA + b" /Pattern << /P 5 0 R >>",
        A4,
        stream(b"1 0 0 rg 0 0 5 5 re f", TILES),
    ),
    "shading pattern": one_page(
        b"/Pattern cs /P scn " + TEXT,
        HELVETICA + b" /Pattern << /P << /Type /Pattern /PatternType 2 /Shading << %s /Function << /FunctionType 2 "
        b"/Domain [0 1] /C0 [1 1 1] /C1 [0 0 0] /N 1 >> >> >> >>" % SHADING,
    ),
    "Type 3": drawn_font(b"0.001 0 0 0.001 0 0", TEXT, 1000),
    "Type 3 in points": drawn_font(b"1 0 0 1 0 0", TEXT.replace(b"12 Tf", b"1 Tf"), 12),
    "Type 3 of half a point": drawn_font(b"1 0 0 1 0 0", TEXT.replace(b"12 Tf", b"0.5 Tf"), 24),
    "narrow widths": metrics(widths(200)),
    "no metrics": metrics(
        widths(500) + b" /FontDescriptor << /Type /FontDescriptor /FontName /Odd /Flags 32 /Ascent 0 /Descent 0 "
        b"/FontBBox [0 0 0 0] /CapHeight 0 /ItalicAngle 0 /StemV 0 >>"
    ),
    "huge widths": metrics(widths(1500)),
    "matrix for a size": metrics(widths(500), b"BT /A 1 Tf 12 0 0 12 50 700 Tm (The gate is closed today.) Tj ET"),
    "tiny em": metrics(widths(500), b"BT /A 0.01 Tf 1200 0 0 1200 50 700 Tm (The gate is closed today.) Tj ET"),
    "negative size": metrics(widths(500), b"BT /A -12 Tf -1 0 0 -1 50 700 Tm (The gate is closed today.) Tj ET"),
    "tiny page": one_page(
        b"BT /A 0.5 Tf 1 7 Td (The gate is closed today.) Tj ET", HELVETICA, b"/MediaBox [0 0 10 10]"
    ),
    "user unit": one_page(
        b"BT /A 1 Tf 5 70 Td (The gate is closed today.) Tj ET", HELVETICA, b"/MediaBox [0 0 60 80] /UserUnit 10"
    ),
    "negative page": one_page(TEXT.replace(b"50 700", b"-250 300"), HELVETICA, b"/MediaBox [-300 -400 300 400]"),
    "swapped corners": one_page(TEXT, HELVETICA, b"/MediaBox [600 800 0 0]"),
    "in a form": one_page(
        b"q 1 0 0 1 20 -30 cm /F Do Q",
        b"/XObject << /F 5 0 R >>",
        A4,
        stream(TEXT, b"/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << %s >>" % HELVETICA),
    ),
}


@pytest.mark.parametrize("name", RAW)
def test_odd_fonts_and_pages_are_read(name: str, tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(RAW[name])
    document = read_here(path)
    read = " ".join(block.text.replace(" |", "") for block in document.blocks)
    assert read == "The gate is closed today."


def test_a_table_of_numbers_keeps_its_rows_and_a_chart_loses_its_axis(tmp_path: Path) -> None:
    rows = [
        ("80%", "10%", "10%", "84.2", "95.4"),
        ("100%", "0%", "0%", "84.3", "94.9"),
        ("0%", "0%", "100%", "83.6", "94.9"),
    ]

    def draw(canvas: Canvas) -> None:
        at(canvas, 60, 80, "Masking rates and what they reach, with the mean of five runs in each of the rows.")
        for row, cells in enumerate(rows):
            for place, text in enumerate(cells):
                at(canvas, 60 + 60 * place, 120 + 13 * row, text, 9)
        for step in range(6):
            at(canvas, 60, 300 + 20 * step, f"{1 - 0.2 * step:.1f}", 8)
            at(canvas, 90 + 30 * step, 404, f"{7 * step * step + 13}", 8)
        at(canvas, 120, 350, "0.847", 8)
        at(canvas, 150, 425, "number of examples", 8)

    text = "\n".join(block.text for block in read_here(pdf(tmp_path / "tables.pdf", draw)).blocks)
    assert "\n".join(" | ".join(cells) for cells in rows) in text
    assert "0.847" in text
    assert "0.6" not in text


def test_a_table_of_contents_is_left_out_of_a_book(tmp_path: Path) -> None:
    contents = lines("Contents", *(f"Chapter {n} on gates {'.' * 20} {7 * n}" for n in range(1, 5)))
    body = lines(*(f"This is line {n} of a text about gates and those who keep them." for n in range(40)))
    text = " ".join(block.text for block in read_here(pdf(tmp_path / "book.pdf", contents, *[body] * 28)).blocks)
    assert "Chapter 3" not in text
    assert "line 39" in text


@pytest.mark.parametrize("count", [1, 2])
def test_a_list_of_rising_prices_behind_dots_is_no_table_of_contents(count: int, tmp_path: Path) -> None:
    prices = [f"{dish} {'.' * 20} {price}" for dish, price in (("Soup", 1), ("Pie", 5), ("Stew", 12), ("Sole", 19))]
    body = [f"This is line {n} of a text about gates and those who keep them." for n in range(12)]
    menu = lines("List of dishes", *body, *prices)
    pages = [menu, lines(*body)][:count]
    text = " ".join(block.text for block in read_here(pdf(tmp_path / "menu.pdf", *pages)).blocks)
    assert all(price in text for price in prices)
