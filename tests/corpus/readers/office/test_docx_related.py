"""What the body of a Word document shows of other parts is read at its place: charts, diagrams, embedded pages."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

from ragft.corpus.base import Document
from ragft.corpus.readers import read_here
from tests.corpus.readers.office.test_docx_parts import NAMES, paragraph, texts

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CHART = f"""<c:chartSpace {NAMES}><c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>Loads</a:t></a:r></a:p></c:rich></c:tx>
</c:title><c:plotArea><c:barChart><c:ser><c:tx><c:v>Kiel</c:v></c:tx><c:cat><c:strLit><c:pt idx="0">
<c:v>May</c:v></c:pt></c:strLit></c:cat>
<c:val><c:numLit><c:pt idx="0"><c:v>57</c:v></c:pt></c:numLit></c:val></c:ser></c:barChart>
</c:plotArea></c:chart></c:chartSpace>"""
DIAGRAM = f"""<d:dataModel {NAMES}><d:ptLst><d:pt><d:t><a:p><a:r><a:t>Open</a:t></a:r></a:p></d:t></d:pt>
<d:pt type="pres"><d:t><a:p><a:r><a:t>none</a:t></a:r></a:p></d:t></d:pt>
<d:pt><d:t><a:p><a:r><a:t>Close</a:t></a:r></a:p></d:t></d:pt></d:ptLst></d:dataModel>"""
PAGE = "<html><head><meta charset=utf-8><title>x</title></head><body><h2>Größe</h2><p>58 tonnes</p></body></html>"
MHT = (
    "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
    "Content-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    "<h2>Gr=F6=DFe</h2><p>58=20ton=\r\nnes</p>\r\n--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\n"
)


def read(folder: Path, element: str, name: str, kind: str, data: bytes) -> Document:
    """A document of two paragraphs with `element` between them, and the part that it refers to as `rId77`."""
    file = docx.Document()
    part = Part(PackURI(f"/word/{name}"), kind, data, file.part.package)
    file.part.rels.add_relationship(f"{OFFICE}/{name.partition('.')[0]}", part, "rId77")
    end = file.element.body[-1]
    for text in ("Before.", element, "Behind."):
        content = text if text.startswith("<") else paragraph(text)
        end.addprevious(parse_xml(f"<w:body {NAMES}>{content}</w:body>")[0])
    file.save(str(folder / "x.docx"))
    return read_here(folder / "x.docx")


def drawing(element: str) -> str:
    return f"<w:p><w:r><w:drawing>{element}</w:drawing></w:r></w:p>"


CHUNK = '<w:altChunk r:id="rId77"/>'


@pytest.mark.parametrize(
    ("element", "name", "kind", "data", "seen"),
    [
        (drawing('<c:chart r:id="rId77"/>'), "chart.xml", "application/xml", CHART, ["Loads", " | Kiel\nMay | 57"]),
        (drawing('<d:relIds r:dm="rId77"/>'), "data.xml", "application/xml", DIAGRAM, ["Open", "Close"]),
        (CHUNK, "afchunk.htm", "text/html", PAGE, ["Größe", "58 tonnes"]),
        (CHUNK, "afchunk.mht", "message/rfc822", MHT, ["Größe", "58 tonnes"]),
        (CHUNK, "afchunk.mht", "application/octet-stream", MHT, ["Größe", "58 tonnes"]),
        (CHUNK, "afchunk.txt", "text/plain", "58\ntonnes\n\nof coal", ["58 tonnes", "of coal"]),
    ],
)
def test_other_parts_are_read_where_the_body_shows_them(
    element: str, name: str, kind: str, data: str, seen: list[str], tmp_path: Path
) -> None:
    document = read(tmp_path, element, name, kind, data.encode())
    assert texts(document) == ["Before.", *seen, "Behind."]
    assert document.warnings == ()


@pytest.mark.parametrize(
    ("element", "kind", "note"),
    [
        (CHUNK, "application/rtf", "1 embedded documents"),
        (CHUNK, "text/html", "1 embedded documents"),
        (CHUNK.replace("77", "78"), "text/html", "1 embedded documents"),
        (drawing('<c:chart r:id="rId78"/>'), "application/xml", "1 charts"),
        (drawing('<c:chart r:id="rId77"/>'), "application/xml", "1 charts"),
        (drawing("<d:relIds/>"), "application/xml", "1 diagrams"),
        (drawing('<d:relIds r:dm="rId77"/>'), "application/xml", "1 diagrams"),
    ],
)
def test_what_is_not_read_is_noted(element: str, kind: str, note: str, tmp_path: Path) -> None:
    document = read(tmp_path, element, "afchunk.x", kind, b"")
    assert texts(document) == ["Before.", "Behind."]
    assert document.warnings == (f"not read: {note}",)


def test_charts_of_kinds_that_are_not_read_are_noted(tmp_path: Path) -> None:
    document = read(tmp_path, drawing(""), "chartEx.xml", "application/xml", b"<x/>")
    assert document.warnings == ("not read: 1 charts",)
