"""Workbooks that Excel opens and openpyxl does not: their values are read all the same, and that is noted."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font, PatternFill

from ragft.corpus.base import Document
from ragft.corpus.readers import read_here
from ragft.corpus.readers.office.xlsx_plain import NOTE
from ragft.errors import DocumentError

STYLES, SHEET, CORE = "xl/styles.xml", "xl/worksheets/sheet1.xml", "docProps/core.xml"
RELATIONS = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def read(folder: Path, member: str, pattern: str, put: str) -> Document:
    """A workbook in which one member is changed: every match of `pattern` becomes `put`."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Gate", "t"], ["Kiel", 0.25], ["Hull", 1234.5], ["gone", 57], ["white", 58], ["struck", 59]):
        sheet.append(row)
    sheet["B2"].number_format, sheet["B3"].number_format = "0.0%", "#,##0.00"
    sheet.row_dimensions[4].hidden = True
    sheet["B5"].font, sheet["B6"].font = Font(color="FFFFFFFF"), Font(strike=True)
    sheet["A1"].fill = PatternFill("solid", fgColor="FF000080")
    sheet.merge_cells("D1:E1")
    book.properties.title = "Gates"
    book.save(folder / "a.xlsx")
    with zipfile.ZipFile(folder / "a.xlsx") as old, zipfile.ZipFile(folder / "b.xlsx", "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            changed = re.sub(pattern, put, text, flags=re.DOTALL) if name == member else text
            assert name != member or changed != text
            new.writestr(name, changed)
    return read_here(folder / "b.xlsx")


@pytest.mark.parametrize(
    ("member", "pattern", "put"),
    [
        (STYLES, r'<family val="2"\s?/>', '<family val="34"/>'),
        (STYLES, r'<family val="2"\s?/>', '<color rgb="#FF0000"/>'),
        (STYLES, r"<fill><patternFill\s?/></fill>", "<fill/>"),
        (STYLES, r"<cellXfs ", '<cellXfs odd="1" '),
        (STYLES, r"(<cellXfs.*?<xf [^>]*?)/>", r'\1><alignment horizontal="middle"/></xf>'),
        (SHEET, r"</sheetData>", '</sheetData><pageMargins left="x"/>'),
        (
            SHEET,
            r"</sheetData>",
            f'</sheetData><hyperlinks><hyperlink ref="A1" {RELATIONS} r:id="rId77"/></hyperlinks>',
        ),
        (
            SHEET,
            r"</sheetData>",
            '</sheetData><dataValidations><dataValidation type="odd" sqref="A1"/></dataValidations>',
        ),
        (SHEET, r'<c r="A1" s="\d+"', '<c r="A1" s="99"'),
        (CORE, r"<dcterms:created([^>]*)>.*?<", r"<dcterms:created\1>2024-01-01 10:00 AM<"),
    ],
)
def test_values_formats_and_what_is_hidden(member: str, pattern: str, put: str, tmp_path: Path) -> None:
    document = read(tmp_path, member, pattern, put)
    assert document.title == "Gates"
    assert [block.text for block in document.blocks] == [
        "Sheet",
        "Gate | t\nKiel | 25.0%\nHull | 1,234.50\nwhite\nstruck",
    ]
    assert document.warnings == (
        NOTE,
        "hidden rows, columns and cells are left out (3 values)",
        "struck text is left out (2 characters)",
    )


def unread_by_openpyxl(folder: Path) -> Document:
    """The workbook at `b.xlsx` in the folder."""
    return read(folder, STYLES, r'<family val="2"\s?/>', '<family val="34"/>')


def test_styles_whose_elements_have_a_prefix_are_read_all_the_same(tmp_path: Path) -> None:
    """As the Open XML SDK writes them."""
    plain = unread_by_openpyxl(tmp_path)
    with zipfile.ZipFile(tmp_path / "b.xlsx") as old, zipfile.ZipFile(tmp_path / "c.xlsx", "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name == STYLES:
                text = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", text).replace("xmlns=", "xmlns:x=")
            new.writestr(name, text)
    prefixed = read_here(tmp_path / "c.xlsx")
    assert (prefixed.blocks, prefixed.warnings) == (plain.blocks, plain.warnings)


def test_fonts_that_are_given_in_several_forms_keep_their_place(tmp_path: Path) -> None:
    """As Hancom Office writes them."""
    names = (
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:h="urn:h" '
        'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    )
    forms = r'<mc:AlternateContent {}><mc:Choice Requires="h">\1<h:ratio/>\2</mc:Choice><mc:Fallback>\1\2</mc:Fallback>'
    put = forms.format(names) + "</mc:AlternateContent>"
    document = read(tmp_path, STYLES, r"(<font>(?:(?!</font>).)*)(</font>)", put)
    assert document.blocks[1].text == "Gate | t\nKiel | 25.0%\nHull | 1,234.50\nwhite\nstruck"


def test_folders_listed_in_the_archive_are_passed_over(tmp_path: Path) -> None:
    plain = unread_by_openpyxl(tmp_path)
    with zipfile.ZipFile(tmp_path / "b.xlsx", "a") as archive:
        archive.mkdir("xl/worksheets")
    assert read_here(tmp_path / "b.xlsx").blocks == plain.blocks


def test_a_workbook_without_styles_has_its_numbers_as_they_are_stored(tmp_path: Path) -> None:
    document = read(tmp_path, STYLES, r"(<styleSheet[^>]*>).*(?=</styleSheet>)", r"\1")
    assert "Kiel | 0.25\nHull | 1234.5" in document.blocks[1].text


def test_sheets_of_charts_are_passed_over(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Kiel", 57])
    book.create_chartsheet("Chart")
    book.save(tmp_path / "b.xlsx")
    assert [block.text for block in read_here(tmp_path / "b.xlsx").blocks] == ["Sheet", "Kiel | 57"]


def test_a_workbook_that_is_damaged_still_fails(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="is damaged"):
        read(tmp_path, "xl/workbook.xml", r"<sheets>.*", "")
