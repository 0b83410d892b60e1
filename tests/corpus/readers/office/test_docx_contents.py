"""Tables of contents in Word documents are left out and noted, unless there is nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.corpus.base import Document
from tests.corpus.readers.office.test_docx_parts import paragraph, texts
from tests.corpus.readers.office.test_docx_parts import read as read_body

STYLES = (
    "<w:style w:type='paragraph' w:styleId='TOC1'><w:name w:val='toc 1'/></w:style>"
    "<w:style w:type='paragraph' w:styleId='TOCHeading'><w:name w:val='TOC Heading'/></w:style>"
)
ENTRIES = (
    "<w:p><w:pPr><w:pStyle w:val='TOCHeading'/></w:pPr><w:r><w:t>Contents</w:t></w:r></w:p>"
    "<w:p><w:pPr><w:pStyle w:val='TOC1'/></w:pPr><w:r><w:fldChar w:fldCharType='begin'/></w:r>"
    "<w:r><w:instrText>TOC \\o</w:instrText></w:r><w:r><w:fldChar w:fldCharType='separate'/></w:r>"
    "<w:r><w:t>Gates</w:t><w:tab/><w:t>2</w:t></w:r></w:p>"
    "<w:p><w:pPr><w:pStyle w:val='TOC1'/></w:pPr><w:r><w:t>Costs 3</w:t></w:r>"
    "<w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>"
)
GALLERY = (
    "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr><w:sdtContent>"
    "<w:p><w:hyperlink w:anchor='a'><w:r><w:t>Gates 2</w:t></w:r></w:hyperlink></w:p>"
    "<w:p><w:r><w:instrText>PAGEREF _b</w:instrText></w:r><w:r><w:t>Costs 3</w:t></w:r></w:p>"
    "<w:p><w:r><w:t>Lengths are in metres.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
)
LINK = "<w:p><w:hyperlink w:anchor='a'><w:r><w:t>see Gates</w:t></w:r></w:hyperlink></w:p>"


def read(folder: Path, body: str, *paragraphs: str) -> Document:
    return read_body(folder, body + "".join(map(paragraph, paragraphs)), styles=STYLES)


FOUR = ("One is open.", "Two are shut.", "Three leak.", "Four rust.")


@pytest.mark.parametrize(
    ("body", "seen", "lines"),
    [(ENTRIES, [], 3), (GALLERY, ["Lengths are in metres."], 2)],
)
def test_a_table_of_contents_is_left_out_and_noted(body: str, seen: list[str], lines: int, tmp_path: Path) -> None:
    document = read(tmp_path, body, *FOUR)
    assert texts(document) == [*seen, *FOUR]
    assert document.warnings == (f"left out: table of contents ({lines} lines)",)


def test_a_link_elsewhere_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, LINK, *FOUR).blocks[0].text == "see Gates"


def test_a_table_of_contents_that_is_most_of_the_text_is_read(tmp_path: Path) -> None:
    document = read(tmp_path, ENTRIES)
    assert texts(document) == ["Contents", "Gates 2", "Costs 3"]
    assert document.warnings == ()
