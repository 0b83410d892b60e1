"""Pages whose fonts do not tell what their codes mean: each is named, or read by OCR, and none is lost silently."""

from __future__ import annotations

import functools
import io
import string
import sys
import textwrap
from pathlib import Path

import matplotlib
import pypdfium2
import pytest
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from ragft.corpus.pdf.quality import is_garbage, page_fault
from ragft.corpus.pdf.text.spans import read_spans
from ragft.corpus.readers import read_document, read_here
from ragft.errors import DocumentError
from tests.corpus.pdfs import at, pdf_bytes, prose, raw_pdf, stream

LETTERS = string.ascii_letters + string.digits + " .,-"
FOLDER = Path(matplotlib.get_data_path()) / "fonts/ttf"


@functools.cache
def font() -> tuple[bytes, dict[str, int]]:
    """A TrueType font without a table of characters, and the numbers of its glyphs."""
    found = TTFont(FOLDER / "DejaVuSerif.ttf")
    options = Options(notdef_outline=True, glyph_names=False)
    subsetter = Subsetter(options)
    subsetter.populate(text=LETTERS)
    subsetter.subset(found)
    numbers = {chr(code): found.getGlyphID(name) for code, name in found.getBestCmap().items()}
    del found["cmap"]
    buffer = io.BytesIO()
    found.save(buffer)
    return buffer.getvalue(), numbers


def coded(*texts: str, readable: str = "") -> bytes:
    """A PDF with a page for each text, in a font whose codes are its glyphs and nothing else; `readable` in Helvetica
    on a page before them."""
    data, numbers = font()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        stream(data, b"/Length1 %d" % len(data)),
        b"<< /Type /FontDescriptor /FontName /AAAAAA+Coded /Flags 4 /FontBBox [-100 -300 1200 1000] /Ascent 900 "
        b"/Descent -300 /CapHeight 700 /ItalicAngle 0 /StemV 80 /FontFile2 3 0 R >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /AAAAAA+Coded /CIDToGIDMap /Identity /DW 600 "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor 4 0 R >>",
        b"<< /Type /Font /Subtype /Type0 /BaseFont /AAAAAA+Coded /Encoding /Identity-H /DescendantFonts [5 0 R] >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    shown = [b"(%s) Tj" % readable.encode()] if readable else []
    shown += [b" T* ".join(_coded(line, numbers) for line in textwrap.wrap(text, 80)) for text in texts]
    kids = []
    for index, show in enumerate(shown):
        name = b"/H" if readable and index == 0 else b"/C"
        kids.append(b"%d 0 R" % (len(objects) + 2))
        objects.append(stream(b"BT %s 9 Tf 14 TL 40 700 Td %s ET" % (name, show)))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents %d 0 R "
            b"/Resources << /Font << /C 6 0 R /H 7 0 R >> >> >>" % len(objects)
        )
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    return raw_pdf(*objects)


def _coded(line: str, numbers: dict[str, int]) -> bytes:
    return b"<%s> Tj" % b"".join(b"%04x" % numbers[char] for char in line)


def faults(data: bytes) -> list[str | None]:
    with pypdfium2.PdfDocument(data) as document:
        return [page_fault(page, read_spans(page)) for page in document]


def test_a_font_that_does_not_name_its_letters_makes_a_page_unreadable() -> None:
    assert faults(coded(prose("gates", 9))) == ["unreadable text layer"]


def test_one_such_page_behind_others_is_named() -> None:
    assert faults(coded(prose("gates", 9), readable="This page can be read.")) == [None, "unreadable text layer"]


def test_a_short_page_in_such_a_font_is_named() -> None:
    assert faults(coded("The gate is closed today.")) == ["unreadable text layer"]


def test_an_empty_page_is_not_named() -> None:
    assert faults(pdf_bytes(lambda canvas: at(canvas, 60, 100, " "))) == [None]


@pytest.mark.parametrize(("number", "noted"), [("4711", True), ("4", False)])
def test_a_number_in_such_a_font_is_noted_on_a_page_that_can_be_read(number: str, noted: bool, tmp_path: Path) -> None:
    shown = _coded(number, font()[1]).decode()
    text = f"{prose('gates', 1)} It weighs ) Tj /C 9 Tf {shown} /H 9 Tf ( tonnes."
    (tmp_path / "page.pdf").write_bytes(coded(readable=text))
    document = read_here(tmp_path / "page.pdf")
    assert "It weighs" in document.blocks[-1].text
    told = [warning for warning in document.warnings if warning.endswith("whose fonts do not tell what they mean")]
    assert len(told) == len(document.warnings) == noted


def drawn(count: int) -> bytes:
    """A page of characters in a Type 3 font that draws a bar for each of its codes and names none."""
    codes = b"".join(b"%02x" % (1 + index % 20) for index in range(count))
    shapes = b" ".join(b"/g%d 6 0 R" % number for number in range(1, 21))
    names = b" ".join(b"/g%d" % number for number in range(1, 21))
    return raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 5 0 R "
        b"/Resources << /Font << /T 4 0 R >> >> >>",
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 1 "
        b"/LastChar 20 /Widths [%s] /CharProcs << %s >> /Encoding << /Differences [1 %s] >> >>"
        % (b"600 " * 20, shapes, names),
        stream(b"BT /T 12 Tf 40 700 Td <%s> Tj ET" % codes),
        stream(b"600 0 0 0 500 700 d1 0 0 500 700 re f"),
    )


FONTS = "the fonts of page 1 do not tell what their characters mean"


@pytest.mark.parametrize("count", [4, 40])
def test_a_file_of_drawn_characters_without_names_is_refused_for_that(
    count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    (tmp_path / "page.pdf").write_bytes(drawn(count))
    with pytest.raises(DocumentError, match=f"{FONTS} →") as refused:
        read_here(tmp_path / "page.pdf")
    assert refused.value.fix == "pip install 'ragft[ocr]'"


@pytest.mark.slow
def test_the_refusal_tells_that_nothing_could_be_recognised(tmp_path: Path) -> None:
    pytest.importorskip("rapidocr", reason="the ocr extra is not installed")
    (tmp_path / "page.pdf").write_bytes(drawn(40))
    with pytest.raises(DocumentError, match=f"{FONTS}, and no text could be recognised"):
        read_here(tmp_path / "page.pdf")


def moved(text: str, base: int) -> str:
    """`text` as a font shows it whose glyph numbers are taken for characters from `base` on."""
    return "".join(char if char == " " else chr(base + ord(char) - 29) for char in text)


BASES = {"Hangul": 0xAC00, "Han": 0x4E00, "Cyrillic": 0x0400, "Hebrew": 0x0590, "private use": 0xE000}


@pytest.mark.parametrize("script", BASES)
@pytest.mark.parametrize("text", [prose("gates", 9), prose("Schleusentore im Winter", 9)], ids=["one", "other"])
def test_letters_moved_into_another_script_are_no_text(text: str, script: str) -> None:
    assert is_garbage(moved(text, BASES[script]))


@pytest.mark.parametrize(
    "text",
    [
        "Мы показываем, что поиск помогает генерации ответов на вопросы читателей. " * 6,
        "Ми показуємо, що пошук допомагає відповідати на запитання читачів у бібліотеці. " * 6,
        "Δείχνουμε ότι η αναζήτηση βοηθά στην απάντηση των ερωτήσεων των αναγνωστών. " * 6,
        "المعرفة قوة والتعلم يجعل الناس يتقدمون في حياتهم وأعمالهم كل يوم. " * 6,
        "دانش نیرو است و آموختن مردم را در زندگی و کارشان هر روز پیش می‌برد. " * 6,
        "הידע הוא כוח והלמידה גורמת לאנשים להתקדם בחייהם ובעבודתם בכל יום. " * 6,
        "지식은 힘이고 학습은 사람을 발전시킨다. 물은 다리 아래로 흐른다. " * 4,
        "知识就是力量而学习使人进步。水从桥下流过。" * 6,
    ],
    ids=["Russian", "Ukrainian", "Greek", "Arabic", "Persian", "Hebrew", "Korean", "Chinese"],
)
def test_text_of_any_script_is_text(text: str) -> None:
    assert not is_garbage(text)


@pytest.mark.slow
def test_such_a_page_is_read_by_ocr(tmp_path: Path) -> None:
    pytest.importorskip("rapidocr", reason="the ocr extra is not installed")
    path = tmp_path / "codes.pdf"
    path.write_bytes(coded(prose("gates", 9)))
    document = read_document(path, timeout=280)
    assert document.warnings == ("page 1: read by OCR",)
    assert "work on gates measured" in " ".join(block.text for block in document.blocks)
