"""Merged areas that reach far beyond the rows of a sheet are read as fast as others."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest

from ragft.corpus.readers import read_here
from ragft.corpus.readers.office.xlsx_areas import with_near_areas


def workbook(path: Path, area: str) -> Path:
    """A workbook of three rows with a merged area, which openpyxl itself would take long to make."""
    book = openpyxl.Workbook()
    for row in (["Gate", "Kiel", 57], [None, "Hull", 58], [None, "Ems", 59]):
        book.active.append(row)
    book.save(path)
    merged = f'</sheetData><mergeCells count="1"><mergeCell ref="{area}"/></mergeCells>'
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(path.with_name(f"merged-{path.name}"), "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = data.replace(b"</sheetData>", merged.encode())
            new.writestr(name, data)
    return path.with_name(f"merged-{path.name}")


@pytest.mark.parametrize("area", ["A1:A1048576", "A1:A3"])
def test_a_whole_column_that_is_merged_stands_in_each_row(area: str, tmp_path: Path) -> None:
    document = read_here(workbook(tmp_path / "x.xlsx", area))
    assert document.blocks[-1].text == "Gate | Kiel | 57\nGate | Hull | 58\nGate | Ems | 59"
    assert document.warnings == ()


@pytest.mark.parametrize(("area", "end"), [("A1:A1048576", "A3"), ("D9:E9999", "E9")])
def test_an_area_ends_with_the_rows(area: str, end: str, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(with_near_areas(str(workbook(tmp_path / "x.xlsx", area))))
    assert [str(merged) for merged in book.active.merged_cells.ranges] == [f"{area.partition(':')[0]}:{end}"]


def test_a_workbook_of_usual_areas_is_opened_itself(tmp_path: Path) -> None:
    path = str(workbook(tmp_path / "x.xlsx", "A1:B2"))
    assert with_near_areas(path) == path
