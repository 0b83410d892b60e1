"""Text of a sheet in no cell: text boxes, shapes and titles of charts; comments are not read."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment

from ragft.corpus.base import Document
from ragft.corpus.readers import read_here

_OFFICE = "http://schemas.openxmlformats.org"
_NAMES = (
    f'xmlns:xdr="{_OFFICE}/drawingml/2006/spreadsheetDrawing" xmlns:a="{_OFFICE}/drawingml/2006/main" '
    f'xmlns:mc="{_OFFICE}/markup-compatibility/2006" xmlns:r="{_OFFICE}/officeDocument/2006/relationships"'
)
WHITE = "<a:solidFill><a:srgbClr val='FFFFFF'/></a:solidFill>"


def box(*paragraphs: str, about: str = "", fill: str = "") -> str:
    body = "".join(f"<a:p>{text}</a:p>" for text in paragraphs)
    return (
        f"<xdr:sp><xdr:nvSpPr><xdr:cNvPr id='2' name='B' {about}/></xdr:nvSpPr><xdr:spPr>{fill}</xdr:spPr>"
        f"<xdr:txBody><a:bodyPr/>{body}</xdr:txBody></xdr:sp>"
    )


def run(text: str, about: str = "", inside: str = "") -> str:
    return f"<a:r><a:rPr {about}>{inside}</a:rPr><a:t>{text}</a:t></a:r>"


def read(folder: Path, drawing: str, *, cells: bool = True) -> Document:
    """A workbook with a value in its only sheet, and `drawing` in that."""
    book = openpyxl.Workbook()
    book.active.title = "Gates"
    if cells:
        book.active["A1"] = "open"
        book.active["A1"].comment = Comment("not body text", "Ann")
    book.save(folder / "plain.xlsx")
    with zipfile.ZipFile(folder / "plain.xlsx") as plain, zipfile.ZipFile(folder / "x.xlsx", "w") as made:
        for name in plain.namelist():
            data = plain.read(name)
            if name == "xl/worksheets/_rels/sheet1.xml.rels":
                data = data.replace(b"</Relationships>", _relation())
            made.writestr(name, data)
        if not cells:
            empty = f'<Relationships xmlns="{_OFFICE}/package/2006/relationships"></Relationships>'.encode()
            made.writestr("xl/worksheets/_rels/sheet1.xml.rels", empty.replace(b"</Relationships>", _relation()))
        made.writestr(
            "xl/drawings/drawing9.xml",
            f"<xdr:wsDr {_NAMES}><xdr:absoluteAnchor>{drawing}</xdr:absoluteAnchor></xdr:wsDr>",
        )
    return read_here(folder / "x.xlsx")


def _relation() -> bytes:
    kind = f"{_OFFICE}/officeDocument/2006/relationships/drawing"
    return f'<Relationship Id="rId9" Type="{kind}" Target="/xl/drawings/drawing9.xml"/></Relationships>'.encode()


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks]


def test_text_boxes_follow_their_sheet_and_comments_are_not_read(tmp_path: Path) -> None:
    two = box(run("It closes at "), run("noon.") + run("old", "strike='sngStrike'"))
    document = read(tmp_path, two + box("", about="hidden='1'") + box(run("no"), about="hidden='1'"))
    assert texts(document) == ["Gates", "open", "It closes at", "noon."]
    assert document.warnings == ("struck text is left out (3 characters)",)


def test_a_sheet_of_shapes_alone_is_read(tmp_path: Path) -> None:
    assert texts(read(tmp_path, box(run("Plan of 2024")), cells=False)) == ["Gates", "Plan of 2024"]


def test_groups_and_one_of_several_forms(tmp_path: Path) -> None:
    group = f"<xdr:grpSp>{box(run('inside'))}</xdr:grpSp>"
    once = box(run("once"))
    forms = f"<mc:Choice>{once}</mc:Choice><mc:Fallback>{once}</mc:Fallback>"
    forms = f"<mc:AlternateContent>{forms}</mc:AlternateContent>"
    assert texts(read(tmp_path, group + forms))[2:] == ["inside", "once"]


def test_text_in_the_colour_of_its_shape_is_left_out(tmp_path: Path) -> None:
    dark = WHITE.replace("FFFFFF", "000000")
    drawing = box(run("no", inside=WHITE), run("yes"), fill=WHITE) + box(run("too", inside=WHITE), fill=dark)
    assert texts(read(tmp_path, drawing))[2:] == ["yes", "too"]


def test_the_title_of_a_chart_is_read_and_its_values_are_those_of_the_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in ([" ", "sold"], ["2023", 5], ["2024", 7]):
        book.active.append(row)
    chart = BarChart()
    chart.title = "Gates sold"
    chart.add_data(Reference(book.active, min_col=2, min_row=1, max_row=3), titles_from_data=True)
    book.active.add_chart(chart, "D2")
    book.save(tmp_path / "c.xlsx")
    assert texts(read_here(tmp_path / "c.xlsx")) == ["Sheet", " | sold\n2023 | 5\n2024 | 7", "Gates sold"]


@pytest.mark.parametrize(
    ("about", "seen"),
    [
        ({"zeroHeight": True}, "a | b"),  # rows that the file lists are seen
        ({"customHeight": True, "defaultRowHeight": 0}, ""),
        ({"defaultRowHeight": 0}, "a | b"),
        ({"defaultColWidth": 0}, "b"),
        ({"defaultColWidth": 8}, "a | b"),
    ],
)
def test_what_is_hidden_unless_something_else_is_said(about: dict[str, float], seen: str, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["a", "b"])
    other = book.create_sheet("Other")
    other["A1"] = "end"
    sheet.column_dimensions["B"].width = 9
    for name, value in about.items():
        setattr(sheet.sheet_format, name, value)
    book.save(tmp_path / "x.xlsx")
    assert texts(read_here(tmp_path / "x.xlsx")) == [*filter(None, ["Sheet" * bool(seen), seen]), "Other", "end"]
