"""Form fields and annotations: what a reader sees of them is read once, what they cover is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ragft.corpus.pdf.annotations.redactions import redacted_boxes
from ragft.corpus.readers import read_here
from tests.corpus.pdfs import raw_pdf, stream

FONTS = (
    b"/Font << /A << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> "
    b"/Z << /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >> >>"
)
BODY = (
    b"BT /A 18 Tf 50 750 Td (Keepers) Tj ET "
    b"BT /A 12 Tf 50 700 Td (Name of the keeper:) Tj 0 -100 Td (The gate weighs 4711 tonnes.) Tj ET "
)
RECT = b"/Rect [200 696 330 716]"
UNDER = b"/Rect [40 590 300 620]"
QUADS = b"/QuadPoints [40 620 300 620 40 590 300 590]"


def look(text: bytes, font: bytes = b"/A", before: bytes = b"") -> bytes:
    """An appearance that shows `text`."""
    content = b"%s BT %s 12 Tf 2 4 Td (%s) Tj ET" % (before, font, text)
    return stream(content, b"/Type /XObject /Subtype /Form /BBox [0 0 130 20] /Resources << %s >>" % FONTS)


def text_of(path: Path, annotation: bytes, *more: bytes, form: bytes = b"", content: bytes = BODY) -> str:
    """What is read below the title of a page with one annotation (object 6); `more` are objects from number 7 on."""
    acroform = b"/AcroForm << /Fields [6 0 R] /DA (/A 12 Tf 0 g) /DR << %s >> %s >>" % (FONTS, form)
    path.write_bytes(
        raw_pdf(
            b"<< /Type /Catalog /Pages 2 0 R %s >>" % acroform,
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Annots [6 0 R] "
            b"/Resources << %s >> >>" % FONTS,
            stream(content),
            b"<< >>",
            b"<< /Type /Annot %s >>" % annotation,
            *more,
        )
    )
    return " ".join(block.text for block in read_here(path).blocks).replace(" | ", " ")


TEXT_FIELD = b"/Subtype /Widget /FT /Tx /T (n) /V (Jane Doe) /DA (/A 12 Tf 0 g) /F 4 " + RECT
CHOICE = b"/Subtype /Widget /FT /Ch /Ff 131072 /Opt [(red) (green)] /T (n) /V (green) /DA (/A 12 Tf 0 g) /F 4 " + RECT
FREE = b"/Subtype /FreeText /Contents (Jane Doe) /DA (/A 12 Tf 0 g) /F 4 " + RECT
BOX = b"/Subtype /Widget /FT /Btn /T (n) /V /%s /AS /%s /AP << /N << /Yes 7 0 R /Off 8 0 R >> >> /F 4 " + RECT
STAMP = b"/Subtype /Stamp /Name /%s /F 4 " + RECT
COMB = b"/Subtype /Widget /FT /Tx /Ff 16777216 /MaxLen 8 /T (n) /V (%s) /DA (/A 12 Tf 0 g) /F 4 " + RECT
CROSS = stream(b"0 0 m 9 9 l 0 9 m 9 0 l S", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]")
LOOK = b" /AP << /N 7 0 R >>"

READ: dict[str, tuple[bytes, tuple[bytes, ...], bytes, str]] = {
    "text": (TEXT_FIELD + LOOK, (look(b"Jane Doe"),), b"", "Jane Doe"),
    "text without a look": (TEXT_FIELD, (), b"", "Jane Doe"),
    "text to be drawn": (TEXT_FIELD, (), b"/NeedAppearances true", "Jane Doe"),
    "choice": (CHOICE + LOOK, (look(b"green"),), b"", "green"),
    "choice without a look": (CHOICE, (), b"", "green"),
    "checked": (BOX % (b"Yes", b"Yes"), (look(b"4", b"/Z"), look(b"")), b"", "☒"),
    "not checked": (BOX % (b"Off", b"Off"), (look(b"4", b"/Z"), look(b"")), b"", "☐"),
    "option": (BOX.replace(b"/T", b"/Ff 32768 /T") % (b"Yes", b"Yes"), (look(b"4", b"/Z"), look(b"")), b"", "☒"),
    "checked, in lines": (BOX % (b"Yes", b"Yes"), (CROSS, look(b"")), b"", "☒"),
    "free text": (FREE + LOOK, (look(b"Jane Doe"),), b"", "Jane Doe"),
    "free text without a look": (FREE, (), b"", "Jane Doe"),
    "free text with marks": (
        FREE.replace(b"Contents (Jane", b"RC (<p>Jane").replace(b"Doe)", b"<b>Doe</b></p>)"),
        (),
        b"",
        "Jane Doe",
    ),
    "callout": (FREE + b" /IT /FreeTextCallout /CL [10 10 200 700]", (), b"", "Jane Doe"),
    "stamp without a look": (STAMP % b"NotApproved", (), b"", "NOT APPROVED"),
    "stamp without a look or a name": (STAMP.replace(b"/Name /%s", b""), (), b"", "DRAFT"),
    "stamp": (STAMP % b"Draft" + LOOK, (look(b"Jane Doe"),), b"", "Jane Doe"),
    "a box a digit": (COMB % b"320157", (), b"", "320157"),
    "a box a digit with a look": (
        COMB % b"320157" + LOOK,
        (look(b"3) Tj 9 0 Td (2) Tj 20 0 Td (0157"),),
        b"",
        "320157",
    ),
    "a box a digit with a look of another": (COMB % b"320157" + LOOK, (look(b"3 2 0"),), b"", "3 2 0"),
    "white free text on black": (FREE.replace(b"0 g", b"1 g") + b" /C [0 0 0]", (), b"", "Jane Doe"),
}


@pytest.mark.parametrize("name", READ)
def test_what_a_field_shows_is_read_once_and_in_its_place(name: str, tmp_path: Path) -> None:
    annotation, more, form, shown = READ[name]
    text = text_of(tmp_path / "form.pdf", annotation, *more, form=form)
    assert text == f"Name of the keeper: {shown} The gate weighs 4711 tonnes."


NOT_READ: dict[str, tuple[bytes, tuple[bytes, ...]]] = {
    "hidden field": (TEXT_FIELD.replace(b"/F 4", b"/F 2") + LOOK, (look(b"Jane Doe"),)),
    "field not for viewing": (TEXT_FIELD.replace(b"/F 4", b"/F 32") + LOOK, (look(b"Jane Doe"),)),
    "hidden field without a look": (TEXT_FIELD.replace(b"/F 4", b"/F 2"), ()),
    "hidden free text": (FREE.replace(b"/F 4", b"/F 2"), ()),
    "free text not for viewing": (FREE.replace(b"/F 4", b"/F 32"), ()),
    "white free text": (FREE.replace(b"0 g", b"1 g"), ()),
    "white free text in three colours": (FREE.replace(b"0 g", b"1 1 1 rg"), ()),
    "free text beside the page": (FREE.replace(RECT, b"/Rect [700 696 830 716]"), ()),
    "stamp of a name that no viewer knows": (STAMP % b"MyOwn", ()),
    "hidden stamp": ((STAMP % b"Draft").replace(b"/F 4", b"/F 2"), ()),
    "free text with an empty look": (FREE + LOOK, (look(b""),)),
    "hidden box": (BOX.replace(b"/F 4", b"/F 2") % (b"Yes", b"Yes"), (look(b"4", b"/Z"), look(b""))),
    "note": (b"/Subtype /Text /Contents (Jane Doe) /F 4 " + RECT, ()),
    "pop-up": (b"/Subtype /Popup /Open true /Contents (Jane Doe) /F 4 " + RECT, ()),
}


@pytest.mark.parametrize("name", NOT_READ)
def test_what_is_not_shown_is_not_read(name: str, tmp_path: Path) -> None:
    annotation, more = NOT_READ[name]
    text = text_of(tmp_path / "form.pdf", annotation, *more)
    assert text == "Name of the keeper: The gate weighs 4711 tonnes."


@pytest.mark.parametrize("end", ["\\r", "\\n", "\\r\\n"])
def test_lines_of_free_text_without_a_look_stay_apart(end: str, tmp_path: Path) -> None:
    written = b"/Subtype /FreeText /Contents (It let through 320%s57 at noon) /DA (/A 12 Tf 0 g) /Rect [50 400 400 460]"
    text = text_of(tmp_path / "page.pdf", written % end.encode())
    assert re.search(r"It let through 320\s57 at noon", text)


def test_free_text_without_a_look_is_read_to_its_end(tmp_path: Path) -> None:
    sentence = b" ".join(b"gate %d was shut at noon and opened at night," % number for number in range(9))
    written = b"/Subtype /FreeText /Contents (%s) /DA (/A 10 Tf 0 g) /Rect [50 400 300 520]" % sentence
    assert sentence.decode() in text_of(tmp_path / "page.pdf", written).replace("\n", " ")


def test_lines_of_free_text_beyond_the_edge_of_the_page_are_not_read(tmp_path: Path) -> None:
    written = b"/Subtype /FreeText /Contents (Jane Doe\rlet 320\rin) /DA (/A 12 Tf 0 g) /F 4 /Rect [50 -30 300 14]"
    text = text_of(tmp_path / "page.pdf", written)
    assert "Jane Doe" in text
    assert "320" not in text


def test_free_text_without_a_look_is_read_on_a_turned_page(tmp_path: Path) -> None:
    text_of(tmp_path / "page.pdf", b"/Subtype /FreeText /Contents (Jane Doe\rof Northgate) /Rect [200 400 330 500]")
    turned = (
        (tmp_path / "page.pdf").read_bytes().replace(b"/MediaBox [0 0 600 800]", b"/Rotate 90 /MediaBox [0 0 600 800]")
    )
    (tmp_path / "turned.pdf").write_bytes(turned)
    text = " ".join(block.text for block in read_here(tmp_path / "turned.pdf").blocks)
    assert re.search(r"Jane Doe\sof Northgate", text)


LARGE = {
    "field": TEXT_FIELD.replace(b"12 Tf", b"30 Tf").replace(RECT, b"/Rect [50 720 500 780]"),
    "free text": FREE.replace(b"12 Tf", b"30 Tf").replace(RECT, b"/Rect [50 720 500 780]"),
    "stamp": b"/Subtype /Stamp /F 4 /Rect [50 720 500 780] /AP << /N 7 0 R >>",
}


@pytest.mark.parametrize("name", LARGE)
def test_what_is_filled_in_is_neither_title_nor_heading(name: str, tmp_path: Path) -> None:
    content = b"BT /A 16 Tf 50 700 Td (Keepers of the Gates) Tj /A 10 Tf 0 -40 Td (They open them at noon.) Tj ET"
    path = tmp_path / "form.pdf"
    text = text_of(path, LARGE[name], look(b"Jane Doe"), content=content)
    document = read_here(path)
    assert document.title == "Keepers of the Gates"
    assert "Jane Doe" in text
    assert {block.section for block in document.blocks} == {""}


def test_what_is_filled_in_is_no_title_where_there_is_no_other(tmp_path: Path) -> None:
    path = tmp_path / "claim.pdf"
    assert "Jane Doe" in text_of(path, LARGE["field"], content=b"")
    assert read_here(path).title == "claim"


def test_a_value_that_stands_on_the_page_too_is_read_once(tmp_path: Path) -> None:
    content = BODY + b"BT /A 12 Tf 202 700 Td (Jane Doe) Tj ET"
    text = text_of(tmp_path / "form.pdf", TEXT_FIELD + LOOK, look(b"Jane Doe"), content=content)
    assert text.count("Jane") == text.count("Doe") == 1


def test_a_value_whose_ground_covers_what_stands_on_the_page_is_read_once(tmp_path: Path) -> None:
    content = BODY + b"BT /A 12 Tf 202 700 Td (Jane Doe) Tj ET"
    shown = look(b"Jane Doe", before=b"1 g 0 0 130 20 re f 0 g")
    text = text_of(tmp_path / "form.pdf", TEXT_FIELD + LOOK, shown, content=content)
    assert text.count("Jane") == text.count("Doe") == 1


COVERING: dict[str, bytes] = {
    "black square": b"/Subtype /Square /IC [0 0 0] /C [0 0 0] /F 4 " + UNDER,
    "black marker": b"/Subtype /Highlight /C [0 0 0] /F 4 " + UNDER + QUADS,
    "redaction with words over it": b"/Subtype /Redact /OverlayText (X) /F 4 " + UNDER + QUADS,
    "redaction with a colour": b"/Subtype /Redact /IC [0 0 0] /F 4 " + UNDER,
    "redaction that is drawn": b"/Subtype /Redact /AP << /N 7 0 R >> /F 4 " + UNDER,
}
BLACK = stream(b"0 0 0 rg 0 0 260 30 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 260 30]")


@pytest.mark.parametrize("name", COVERING)
def test_what_an_annotation_covers_is_not_read(name: str, tmp_path: Path) -> None:
    text = text_of(tmp_path / "page.pdf", COVERING[name], BLACK)
    assert "Name of the keeper:" in text
    assert "4711" not in text and "gate" not in text


def test_a_redaction_of_several_lines_covers_its_own_words_only(tmp_path: Path) -> None:
    redact = b"/Subtype /Redact /OverlayText (X) /F 4 /Rect [40 590 300 720] "
    quads = b"/QuadPoints [40 620 300 620 40 590 300 590 120 720 300 720 120 690 300 690]"
    content = BODY + b"BT /A 12 Tf 50 660 Td (It opens at noon.) Tj ET"
    text = text_of(tmp_path / "page.pdf", redact + quads, content=content)
    assert "It opens at noon." in text
    assert "Name of the" in text
    assert "keeper" not in text and "4711" not in text


HARMLESS: dict[str, bytes] = {
    "yellow marker": b"/Subtype /Highlight /C [1 1 0] /F 4 " + UNDER + QUADS,
    "translucent square": b"/Subtype /Square /IC [1 0 0] /C [1 0 0] /CA 0.3 /F 4 " + UNDER,
    "frame": b"/Subtype /Square /C [1 0 0] /F 4 " + UNDER,
    "hidden square": b"/Subtype /Square /IC [0 0 0] /C [0 0 0] /F 2 " + UNDER,
    "underline": b"/Subtype /Underline /C [1 0 0] /F 4 " + UNDER + QUADS,
    "link": b"/Subtype /Link /F 4 " + UNDER,
    "redaction that only marks": b"/Subtype /Redact /F 4 " + UNDER,
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_an_annotation_only_marks_is_read(name: str, tmp_path: Path) -> None:
    assert "4711 tonnes" in text_of(tmp_path / "page.pdf", HARMLESS[name])


def test_a_hidden_mark_for_redaction_beside_a_seen_one_covers_nothing(tmp_path: Path) -> None:
    marks = (b"/F 4 /Rect [10 20 110 40]", b"/F 2 /Rect [10 120 110 140]")
    path = tmp_path / "page.pdf"
    path.write_bytes(
        raw_pdf(
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Annots [4 0 R 5 0 R] >>",
            *(b"<< /Type /Annot /Subtype /Redact /IC [0 0 0] %s >>" % mark for mark in marks),
        )
    )
    assert redacted_boxes(path, None, 1) == ((10, 20, 110, 40),)
