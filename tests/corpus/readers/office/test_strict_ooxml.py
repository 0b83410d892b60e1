"""Files that office programs save as "Strict Open XML" are read like all others."""

from __future__ import annotations

import datetime
import re
import zipfile
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest

from ragft.corpus.readers import read_here
from ragft.corpus.readers.office.strict_ooxml import open_office

_NAME = re.compile(rb"http://schemas\.openxmlformats\.org/(officeDocument|\w+ml)/2006(/[\w-]+)?")
_SPELLED = {b"/extended-properties": b"/extendedProperties", b"/custom-properties": b"/customProperties"}


def strict(path: Path) -> Path:
    """A copy of an office file, in the strict form."""
    copy = path.with_stem("strict")
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(copy, "w") as made:
        for name in archive.namelist():
            data = _NAME.sub(
                lambda m: b"http://purl.oclc.org/ooxml/" + m[1] + _SPELLED.get(m[2] or b"", m[2] or b""),
                archive.read(name),
            ).replace(b"extended-properties", b"extendedProperties")
            made.writestr(name, data if name.endswith((".xml", ".rels")) else archive.read(name))
    return copy


def word(path: Path) -> None:
    file = docx.Document()
    file.add_heading("Gates", 1)
    file.add_paragraph("It is open.", style="List Number")
    file.save(str(path))


def slides(path: Path) -> None:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text, slide.placeholders[1].text = "Gates", "It is open."
    deck.save(str(path))


def workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    book.iso_dates = True
    book.active.append(["Gate", 12.5, datetime.date(2024, 5, 17)])
    book.save(path)


@pytest.mark.parametrize(("make", "name"), [(word, "a.docx"), (slides, "a.pptx"), (workbook, "a.xlsx")])
def test_the_strict_form_reads_like_the_other(make: object, name: str, tmp_path: Path) -> None:
    assert callable(make)
    make(tmp_path / name)
    copy = strict(tmp_path / name)
    assert b"purl.oclc.org" in zipfile.ZipFile(copy).read("_rels/.rels")
    plain, found = read_here(tmp_path / name), read_here(copy)
    assert (found.title, found.blocks) == (plain.title.replace("a", "strict") if plain.title == "a" else plain.title,
                                           plain.blocks)  # fmt: skip
    assert found.warnings == plain.warnings


def test_other_files_are_opened_as_they_are(tmp_path: Path) -> None:
    word(tmp_path / "a.docx")
    assert open_office(tmp_path / "a.docx") == str(tmp_path / "a.docx")
