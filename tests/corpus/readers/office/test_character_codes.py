"""Characters that Office files write as codes are read as what they show."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from ragft.corpus.readers import read_here
from ragft.corpus.readers.office.character_codes import decoded
from tests.corpus.readers.office.test_pptx import found, read, with_xml


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("10_x000D_20", "10 20"),
        ("a_x0041_b", "aAb"),
        ("a_x005F_x0041_", "a_x0041_"),
        ("_xD800_", " "),
        ("a_x1_", "a_x1_"),
    ],
)
def test_codes_are_characters(text: str, seen: str) -> None:
    assert decoded(text) == seen


def test_codes_in_cells_and_slides(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["10_x000D_20", CellRichText("3", TextBlock(InlineFont(b=True), "_x000D_4"))])
    book.save(tmp_path / "x.xlsx")
    assert read_here(tmp_path / "x.xlsx").blocks[1].text == "10 20 | 3 4"
    slides = read(tmp_path, lambda made: with_xml(made, "<a:r><a:t>10_x000B_20</a:t></a:r>"))
    assert found(slides)[1][1] == "10 20"
