"""What a page shows counts, where the text that the PDF gives for it tells another number."""

from __future__ import annotations

from pathlib import Path

from ragft.corpus.readers import read_here
from tests.corpus.pdfs import one_page, stream

FONT = b"/Font << /A << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"


def words_of(path: Path, *spans: bytes) -> str:
    content = b" ".join([b"BT /A 12 Tf 50 700 Td (The gate is closed today. It costs ) Tj", *spans, b"(in all.) Tj ET"])
    path.write_bytes(one_page(content, FONT))
    document = read_here(path)
    return " ".join([document.title, *(block.text for block in document.blocks)])


def given(text: bytes, *shown: bytes) -> bytes:
    return b"/Span << /ActualText (%s) >> BDC %s EMC" % (text, b" ".join(b"(%s) Tj" % part for part in shown))


def test_another_number_than_the_page_shows_is_not_read(tmp_path: Path) -> None:
    text = words_of(tmp_path / "page.pdf", given(b"$999 ", b"$320 "))
    assert "It costs $320 in all." in text
    assert "999" not in text


def test_a_number_of_several_parts(tmp_path: Path) -> None:
    assert "It costs $320 in all." in words_of(tmp_path / "page.pdf", given(b"$390 ", b"$3", b"20 "))


def test_a_number_in_place_of_a_word(tmp_path: Path) -> None:
    assert "It costs nothing in all." in words_of(tmp_path / "page.pdf", given(b"$999 ", b"nothing "))


def test_the_letters_that_a_pdf_gives_are_read(tmp_path: Path) -> None:
    text = words_of(tmp_path / "page.pdf", given(b"officially ", b"o%cially "), given(b"$320 ", b"$32", b"0 "))
    assert "It costs officially $320 in all." in text


def test_the_text_given_for_glyphs_without_a_meaning_is_read(tmp_path: Path) -> None:
    mapping = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange "
        b"1 beginbfrange <61> <7a> <e001> endbfrange endcmap end"
    )
    unmapped = b"/B << /Type /Font /Subtype /Type1 /BaseFont /Courier /ToUnicode 5 0 R >>"
    content = (
        b"BT /A 12 Tf 50 700 Td (The gate is closed today. It costs ) Tj /B 12 Tf "
        + given(b"$320 ", b"abcd ")
        + b" /A 12 Tf (in all.) Tj ET"
    )
    path = tmp_path / "page.pdf"
    fonts = FONT.replace(b" >>", b" >> " + unmapped + b" >>", 1).removesuffix(b" >>")
    path.write_bytes(one_page(content, fonts + b" >>", b"/MediaBox [0 0 600 800]", stream(mapping)))
    assert "It costs $320 in all." in " ".join(block.text for block in read_here(path).blocks)
