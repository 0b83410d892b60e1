"""Numbers that PowerPoint gives to paragraphs by itself stand before their text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from pptx.util import Inches

from tests.corpus.readers.office.test_pptx import BOX, A, found, read, slide


def numbered(frame: Any, *items: tuple[str, str, int]) -> None:
    """Paragraphs, each with its text, the scheme of its number (with a start behind a blank), and its level."""
    frame.text = "\n".join(text for text, _, _ in items)
    for paragraph, (_, scheme, level) in zip(frame.paragraphs, items, strict=True):
        about = paragraph._p.get_or_add_pPr()
        about.set("lvl", str(level))
        kind, _, start = scheme.partition(" ")
        if kind:
            bullet = etree.SubElement(about, f"{{{A}}}{'buAutoNum' if kind != 'none' else 'buNone'}")
            if kind != "none":
                bullet.set("type", kind)
            if start:
                bullet.set("startAt", start)


def lines(folder: Path, *items: tuple[str, str, int]) -> list[str]:
    document = read(folder, lambda made: numbered(slide(made, "T").shapes.add_textbox(*BOX).text_frame, *items))
    return [text for _, text, _ in found(document)][1:]


def test_paragraphs_of_one_scheme_and_level_count_on(tmp_path: Path) -> None:
    items = [("a", "arabicPeriod", 0), ("b", "alphaLcParenBoth", 1), ("c", "alphaLcParenBoth", 1)]
    items += [("", "arabicPeriod", 0), ("d", "arabicPeriod", 0), ("e", "alphaLcParenBoth", 1)]
    assert lines(tmp_path, *items) == ["1. a", "(a) b", "(b) c", "2. d", "(a) e"]


def test_what_stands_between_begins_a_list_anew(tmp_path: Path) -> None:
    items = [("a", "arabicPeriod 3", 0), ("b", "arabicPeriod 3", 0), ("between", "none", 0), ("c", "arabicPeriod", 0)]
    assert lines(tmp_path, *items, ("d", "romanUcParenR", 0)) == ["3. a", "4. b", "between", "1. c", "I) d"]


@pytest.mark.parametrize(("char", "seen"), [("☒", "☒"), ("ü", "✓"), ("•", ""), ("§", "")])
def test_a_bullet_that_is_a_check_mark_is_read(char: str, seen: str, tmp_path: Path) -> None:
    def fill(made: Any) -> None:
        frame = slide(made, "T").shapes.add_textbox(*BOX).text_frame
        frame.text = "gates"
        about = frame.paragraphs[0]._p.get_or_add_pPr()
        if char != "☒":
            etree.SubElement(about, f"{{{A}}}buFont").set("typeface", "Wingdings")
        etree.SubElement(about, f"{{{A}}}buChar").set("char", char)

    assert [text for _, text, _ in found(read(tmp_path, fill))][1:] == [f"{seen} gates".strip()]


@pytest.mark.parametrize(
    ("scheme", "number"),
    [
        ("arabicPlain", "4"), ("alphaUcPeriod", "D."), ("romanLcParenR", "iv)"), ("circleNumDbPlain", "④"),
        ("ea1JpnChsDbPeriod", "四."), ("hindiNumPeriod", "४."), ("unheard", "4"), ("", ""),
    ],
)  # fmt: skip
def test_schemes(scheme: str, number: str, tmp_path: Path) -> None:
    assert lines(tmp_path, ("gates", f"{scheme} 4" if scheme else "", 0)) == [f"{number} gates".strip()]


@pytest.mark.parametrize("where", ["shape", "layout", "master", "styles"])
def test_the_layout_may_number(where: str, tmp_path: Path) -> None:
    """Of a placeholder: its own list style, that of the layout or master, and the style of all text of the master."""

    def fill(made: Any) -> None:
        filled = slide(made, "Causes", "moon", "sun")
        master = filled.slide_layout.slide_master
        if where == "styles":
            style = master.element.find(".//{*}bodyStyle")
        else:
            holder = {"shape": filled, "layout": filled.slide_layout, "master": master}[where]
            body = next(one for one in holder.placeholders if one.placeholder_format.idx == 1)
            style = body.element.find(".//{*}lstStyle")
        level = style.find("{*}lvl1pPr")
        level = etree.SubElement(style, f"{{{A}}}lvl1pPr") if level is None else level
        for old in [node for node in level if "}bu" in node.tag]:
            level.remove(old)
        etree.SubElement(level, f"{{{A}}}buAutoNum").set("type", "arabicParenR")

    assert [text for _, text, _ in found(read(tmp_path, fill))] == ["Causes", "1) moon", "2) sun"]


def test_numbers_in_cells_and_notes(tmp_path: Path) -> None:
    def fill(made: Any) -> None:
        filled = slide(made, "Causes")
        table = filled.shapes.add_table(2, 2, *BOX[:2], Inches(4), Inches(2)).table
        for at, text in enumerate(("cause", "height", "gates", "5 m")):
            table.cell(at // 2, at % 2).text = text
        numbered(table.cell(1, 0).text_frame, ("gates", "arabicPeriod", 0), ("locks", "arabicPeriod", 0))
        numbered(filled.notes_slide.notes_text_frame, ("moon", "alphaLcPeriod", 0))

    assert [text for _, text, _ in found(read(tmp_path, fill))] == [
        "Causes", "cause | height\n1. gates 2. locks | 5 m", "Speaker notes: a. moon",
    ]  # fmt: skip
