"""Text that lies wholly under an opaque rectangle is not seen; all that may be seen is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.util import Inches

from ragft.corpus.base import Document
from tests.corpus.readers.office.test_pptx import A, read, slide

P = "http://schemas.openxmlformats.org/presentationml/2006/main"


def two(folder: Path, text: str = "old price 5", change: str = "") -> Document:
    """A slide with a text box and, drawn later, a rectangle on it; `change` is what differs."""

    def fill(made: Any) -> None:
        page = slide(made, "Prices")
        box = page.shapes.add_textbox(Inches(2), Inches(3), Inches(3), Inches(1))
        box.text_frame.word_wrap = change != "nowrap"
        box.text_frame.text = text
        form = MSO_SHAPE.OVAL if change == "oval" else MSO_SHAPE.RECTANGLE
        width = Inches(2.5) if change == "narrow" else Inches(4)
        cover = page.shapes.add_shape(form, Inches(2), Inches(3), width, Inches(1.5))
        cover.fill.solid()
        cover.fill.fore_color.rgb = RGBColor(255, 255, 255)
        cover.text_frame.text = "new price 7"
        cover.text_frame.paragraphs[0].runs[0].font.color.rgb = RGBColor(0, 0, 0)
        if change == "clear":
            colour = cover._element.find(f".//{{{A}}}srgbClr")
            etree.SubElement(colour, f"{{{A}}}alpha").set("val", "50000")
        if change == "below":
            page.shapes._spTree.remove(cover._element)
            page.shapes._spTree.insert(2, cover._element)
        if change == "animated":
            etree.SubElement(page.element, f"{{{P}}}timing")
        if change == "sizeless":
            box.text_frame.paragraphs[0].runs[0]._r.get_or_add_rPr().set("sz", "0")
        if change == "turned":
            cover.rotation = 10

    return read(folder, fill)


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if block.page == 2]


@pytest.mark.parametrize("change", ["", "sizeless"])
def test_text_under_a_rectangle_is_left_out_and_noted(change: str, tmp_path: Path) -> None:
    document = two(tmp_path, change=change)
    assert texts(document) == ["Prices", "new price 7"]
    assert document.warnings == ("text under other shapes is left out (1 shapes)",)


@pytest.mark.parametrize("change", ["oval", "narrow", "clear", "below", "animated", "turned", "nowrap"])
def test_text_that_may_be_seen_is_read(change: str, tmp_path: Path) -> None:
    assert "old price 5" in texts(two(tmp_path, change=change))


def test_text_that_may_reach_beyond_its_box_is_read(tmp_path: Path) -> None:
    long = "a long text of many words " * 9
    assert long.strip() in texts(two(tmp_path, long))
