"""Workbooks: what of a cell is seen, and how."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Color, Font, PatternFill
from openpyxl.worksheet.table import Table, TableStyleInfo

from ragft.corpus.base import Document
from ragft.corpus.readers import read_here

RAISED, LOWERED = InlineFont(vertAlign="superscript"), InlineFont(vertAlign="subscript")
STRUCK = InlineFont(strike=True)
HIDDEN = "hidden rows, columns and cells are left out"


def read(sheet: Any, folder: Path) -> Document:
    sheet.parent.save(folder / "b.xlsx")
    return read_here(folder / "b.xlsx")


def sheet_of(*values: Any) -> Any:
    """A sheet with a column of heads, and `values` beside them."""
    sheet = openpyxl.Workbook().active
    for number, value in enumerate(values, 1):
        sheet.append([f"r{number}", value])
    return sheet


def column(document: Document) -> list[str]:
    """The texts behind the heads of `sheet_of`."""
    return [line.partition(" | ")[2] for line in document.blocks[1].text.split("\n")]


def test_raised_and_lowered_runs_come_onto_the_line_as_in_other_formats(tmp_path: Path) -> None:
    sheet = sheet_of(
        CellRichText("$320", TextBlock(RAISED, "1"), " each"),
        CellRichText("10", TextBlock(RAISED, "-4"), " m"),
        CellRichText("57", TextBlock(RAISED, "2"), " tonnes"),
        CellRichText("CO", TextBlock(LOWERED, "2")),
        CellRichText("3", TextBlock(InlineFont(b=True), "20")),
    )
    assert column(read(sheet, tmp_path)) == ["$320 each", "10^-4 m", "57^2 tonnes", "CO2", "320"]


def test_struck_runs_and_cells_are_left_out_and_noted(tmp_path: Path) -> None:
    sheet = sheet_of(CellRichText(TextBlock(STRUCK, "100"), " 200"), 45, CellRichText("50", TextBlock(STRUCK, "60")))
    sheet["B2"].font = Font(strike=True)
    document = read(sheet, tmp_path)
    assert column(document) == ["200", "", "50"]
    assert document.warnings == ("struck text is left out (7 characters)",)


def test_numbers_are_shown_in_their_format(tmp_path: Path) -> None:
    sheet = sheet_of(12345678, 1234, -5.5, 99, "text", 0.25)
    for row, code in enumerate(["#,##0,", "00000", "0.0;[Red](0.0)", ";;;", '"<"@">"', "# ?/?"], 1):
        sheet.cell(row, 2).number_format = code
    document = read(sheet, tmp_path)
    assert column(document) == ["12,346", "01234", "(5.5)", "", "<text>", "0.25"]
    assert document.warnings == (f"{HIDDEN} (1 values)",)


def test_durations_are_shown_in_hours(tmp_path: Path) -> None:
    sheet = sheet_of(datetime.timedelta(hours=36, minutes=5))
    assert column(read(sheet, tmp_path)) == ["36:05:00"]


@pytest.mark.parametrize(
    ("font", "fill"),
    [
        (Font(color="FFFFFFFF"), PatternFill()),
        (Font(color=Color(theme=0)), PatternFill()),
        (Font(color=Color(indexed=9)), PatternFill()),
        (Font(color="FF808080"), PatternFill("solid", fgColor="FF828082")),
        (Font(color=Color(theme=4, tint=0.5)), PatternFill("solid", fgColor=Color(theme=4, tint=0.5))),
        (Font(sz=1), PatternFill()),
    ],
)
def test_text_in_the_colour_of_its_ground_is_left_out_and_noted(font: Font, fill: PatternFill, tmp_path: Path) -> None:
    sheet = sheet_of(777, 5)
    sheet["B1"].font, sheet["B1"].fill = font, fill
    document = read(sheet, tmp_path)
    assert column(document) == ["", "5"]
    assert document.warnings == (f"{HIDDEN} (1 values)",)


@pytest.mark.parametrize(
    ("font", "fill"),
    [
        (Font(color="FFFFFFFF"), PatternFill("solid", fgColor="FF000080")),
        (Font(color="FFFFFFFF"), PatternFill("gray125")),
        (Font(color=Color(theme=1)), PatternFill()),
        (Font(color=Color(theme=0, tint=-0.5)), PatternFill()),
        (Font(color=Color(theme=4, tint=0.5)), PatternFill("solid", fgColor=Color(theme=4))),
    ],
)
def test_text_that_stands_out_from_its_ground_is_read(font: Font, fill: PatternFill, tmp_path: Path) -> None:
    sheet = sheet_of(777)
    sheet["B1"].font, sheet["B1"].fill = font, fill
    assert column(read(sheet, tmp_path)) == ["777"]


def test_white_text_is_read_where_a_table_or_a_rule_may_paint_its_ground(tmp_path: Path) -> None:
    sheet = sheet_of("count", 777, 888)
    for row in (1, 2, 3):
        sheet.cell(row, 2).font = Font(color="FFFFFFFF")
    sheet["A1"] = "name"
    sheet.add_table(Table(displayName="T", ref="A1:B2", tableStyleInfo=TableStyleInfo("TableStyleMedium2")))
    rule = CellIsRule(operator="greaterThan", formula=["1"], fill=PatternFill("solid", bgColor="FF000080"))
    sheet.conditional_formatting.add("B3:B9", rule)
    assert column(read(sheet, tmp_path)) == ["count", "777", "888"]


@pytest.mark.parametrize(
    "theme",
    [b"no XML", b"", b"<a/>", b'<a:t xmlns:a="%s"><a:clrScheme><a:lt1><a:x val="zzzzzz"/></a:lt1></a:clrScheme></a:t>'],
)
def test_a_broken_theme_names_no_colours(theme: bytes, tmp_path: Path) -> None:
    sheet = sheet_of(777)
    sheet["B1"].font = Font(color=Color(theme=1))
    sheet.parent.loaded_theme = theme.replace(b"%s", b"http://schemas.openxmlformats.org/drawingml/2006/main")
    assert column(read(sheet, tmp_path)) == ["777"]


def test_a_run_in_white_is_left_out_of_its_cell(tmp_path: Path) -> None:
    sheet = sheet_of(CellRichText("320", TextBlock(InlineFont(color="FFFFFFFF"), "99"), " bolts"))
    assert column(read(sheet, tmp_path)) == ["320 bolts"]


def test_rows_and_columns_without_height_or_width_are_left_out_and_noted(tmp_path: Path) -> None:
    sheet = sheet_of(5, 6)
    sheet["C1"] = 555
    sheet.row_dimensions[2].height, sheet.column_dimensions["C"].width = 0.5, 0.1
    document = read(sheet, tmp_path)
    assert [block.text for block in document.blocks] == ["Sheet", "r1 | 5"]
    assert document.warnings == (f"{HIDDEN} (3 values)",)


def test_formulas_without_a_value_are_noted_where_they_are_shown(tmp_path: Path) -> None:
    sheet = sheet_of("=1+1", 5, "=B1&B2")
    hidden = sheet.parent.create_sheet("Old")
    hidden["A1"], hidden.sheet_state = "=2+2", "hidden"
    document = read(sheet, tmp_path)
    assert column(document) == ["", "5", ""]
    assert document.warnings[1:] == ("formulas without a value (2): let your office program compute and save the file",)
