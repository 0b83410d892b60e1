"""Numbers that Word gives to paragraphs by itself stand before their text, and count as Word counts."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml

from ragft.corpus.base import Document
from ragft.corpus.readers import read_here
from tests.corpus.readers.office.test_docx_parts import NAMES, run, texts

BULLET = "<w:start w:val='1'/><w:numFmt w:val='bullet'/><w:lvlText w:val='•'/>"


def level(at: int, text: str, kind: str = "decimal", more: str = "", start: int = 1) -> str:
    return (
        f"<w:lvl w:ilvl='{at}'><w:start w:val='{start}'/><w:numFmt w:val='{kind}'/>{more}<w:lvlText w:val='{text}'/>"
        "</w:lvl>"
    )


LEGAL = level(0, "Article %1", "upperRoman") + level(1, "%1.%2") + level(2, "(%3)", "lowerLetter")
PLAIN = level(0, "%1.")


def item(text: str, name: int | str = 1, at: int = 0, more: str = "") -> str:
    number = f"<w:numPr><w:ilvl w:val='{at}'/><w:numId w:val='{name}'/></w:numPr>"
    return f"<w:p><w:pPr>{number}{more}</w:pPr>{run(text) if text else ''}</w:p>"


def styled(text: str, style: str, number: str = "") -> str:
    return f"<w:p><w:pPr><w:pStyle w:val='{style}'/>{number}</w:pPr>{run(text)}</w:p>"


def read(folder: Path, body: str, *lists: str, nums: str = "", styles: str = "") -> Document:
    """A document with the lists 1, 2, …, each of the levels given, and more `w:num` elements."""
    file = docx.Document()
    root = file.part.numbering_part.element
    for child in list(root):
        root.remove(child)
    abstract = "".join(
        f"<w:abstractNum w:abstractNumId='{at}'>{levels}</w:abstractNum>" for at, levels in enumerate(lists, start=1)
    )
    own = "".join(f"<w:num w:numId='{at}'><w:abstractNumId w:val='{at}'/></w:num>" for at in range(1, len(lists) + 1))
    for node in parse_xml(f"<w:numbering {NAMES}>{abstract}{own}{nums}</w:numbering>"):
        root.append(node)
    for style in parse_xml(f"<w:styles {NAMES}>{styles}</w:styles>"):
        file.styles.element.append(style)
    for node in parse_xml(f"<w:body {NAMES}>{body}</w:body>"):
        file.element.body.append(node)
    file.save(str(folder / "x.docx"))
    return read_here(folder / "x.docx")


def test_levels_count_and_begin_anew_under_a_higher_one(tmp_path: Path) -> None:
    body = item("Gates", at=0) + item("Open", at=1) + item("first", at=2) + item("second", at=2) + item("Shut", at=1)
    body += item("third", at=2) + item("Keepers", at=0) + item("Hours", at=1)
    assert texts(read(tmp_path, body, LEGAL)) == [
        "Article I Gates", "I.1 Open", "(a) first", "(b) second", "I.2 Shut", "(a) third", "Article II Keepers",
        "II.1 Hours",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("lowerLetter", "bb."), ("upperRoman", "XXVIII."), ("ordinal", "28th."), ("decimalZero", "28."),
        ("chineseCounting", "二十八."), ("russianUpper", "Я."), ("thaiNumbers", "๒๘."), ("hex", "28."), ("bullet", ""),
    ],
)  # fmt: skip
def test_formats_of_numbers(kind: str, number: str, tmp_path: Path) -> None:
    document = read(tmp_path, item("gates"), level(0, "%1.", kind, start=28))
    assert texts(document) == [f"{number} gates".strip()]


@pytest.mark.parametrize(
    ("bullet", "font", "seen"),
    [("☒", "", "☒"), ("\uf0fe", "Wingdings", "☑"), ("ü", "Wingdings", "✓"), ("•", "", ""), ("\uf0a7", "Wingdings", "")],
)
def test_a_bullet_that_is_a_check_mark_is_read(bullet: str, font: str, seen: str, tmp_path: Path) -> None:
    look = f"<w:rPr><w:rFonts w:ascii='{font}' w:hAnsi='{font}'/></w:rPr>" if font else ""
    assert texts(read(tmp_path, item("gates"), level(0, bullet, "bullet", look))) == [f"{seen} gates".strip()]


def test_a_number_of_the_legal_form_is_all_digits(tmp_path: Path) -> None:
    levels = level(0, "%1", "upperRoman") + level(1, "%1.%2", more="<w:isLgl/>")
    assert texts(read(tmp_path, item("a") + item("b", at=1), levels)) == ["I a", "1.1 b"]


@pytest.mark.parametrize(("restart", "number"), [("", "(a)"), ("0", "(b)"), ("1", "(b)")])
def test_a_level_may_count_on(restart: str, number: str, tmp_path: Path) -> None:
    more = f"<w:lvlRestart w:val='{restart}'/>" if restart else ""
    levels = level(0, "%1") + level(1, "%2") + level(2, "(%3)", "lowerLetter", more)
    body = item("x") + item("x", at=1) + item("x", at=2) + item("x", at=1) + item("last", at=2)
    assert texts(read(tmp_path, body, levels))[-1] == f"{number} last"


def test_lists_of_one_definition_share_its_numbers_unless_one_begins_anew(tmp_path: Path) -> None:
    again = "<w:lvlOverride w:ilvl='0'><w:startOverride w:val='7'/></w:lvlOverride>"
    nums = "<w:num w:numId='2'><w:abstractNumId w:val='1'/></w:num>"
    nums += f"<w:num w:numId='3'><w:abstractNumId w:val='1'/>{again}</w:num>"
    body = item("a") + item("b", 2) + item("c", 3) + item("d", 3) + item("e")
    assert texts(read(tmp_path, body, PLAIN, nums=nums)) == ["1. a", "2. b", "7. c", "8. d", "9. e"]


def test_a_level_that_was_not_counted_shows_where_it_starts(tmp_path: Path) -> None:
    assert texts(read(tmp_path, item("Open", at=1), LEGAL)) == ["I.1 Open"]


def test_styles_number_their_paragraphs(tmp_path: Path) -> None:
    levels = level(0, "%1", more="<w:pStyle w:val='One'/>") + level(1, "%1.%2", more="<w:pStyle w:val='Two'/>")
    number = "<w:pPr><w:numPr><w:numId w:val='1'/></w:numPr><w:outlineLvl w:val='{}'/></w:pPr>"
    styles = "".join(
        f"<w:style w:type='paragraph' w:styleId='{key}'><w:name w:val='{key}'/>{more}</w:style>"
        for key, more in (
            ("One", number.format(0)),
            ("Two", number.format(1)),
            ("Quiet", "<w:basedOn w:val='Two'/><w:pPr><w:numPr><w:numId w:val='0'/></w:numPr></w:pPr>"),
        )
    )
    off = "<w:numPr><w:ilvl w:val='0'/><w:numId w:val='0'/></w:numPr>"
    body = styled("Gates", "One") + styled("Hours", "Two") + styled("Prices", "Two") + styled("Preface", "One", off)
    body += styled("Aside", "Quiet") + styled("Keepers", "One") + styled("References", "One") + run("")
    document = read(tmp_path, body, levels, styles=styles)
    assert texts(document) == ["1 Gates", "1.1 Hours", "1.2 Prices", "Preface", "Aside", "2 Keepers"]
    assert {block.kind for block in document.blocks} == {"heading"}


def test_a_list_may_be_that_of_a_style(tmp_path: Path) -> None:
    style = (
        "<w:style w:type='numbering' w:styleId='L'><w:name w:val='L'/><w:pPr><w:numPr><w:numId w:val='2'/></w:numPr>"
        "</w:pPr></w:style>"
    )
    document = read(tmp_path, item("a") + item("b"), "<w:numStyleLink w:val='L'/>", PLAIN, styles=style)
    assert texts(document) == ["1. a", "2. b"]


def test_the_first_column_of_a_table_may_hold_nothing_but_numbers(tmp_path: Path) -> None:
    row = "<w:tr><w:tc>{}</w:tc><w:tc><w:p>{}</w:p></w:tc></w:tr>"
    body = f"<w:tbl>{row.format(item(''), run('gates'))}{row.format(item(''), run('locks'))}</w:tbl>"
    assert texts(read(tmp_path, body, PLAIN)) == ["1. | gates\n2. | locks"]


def test_an_empty_item_counts_but_what_is_deleted_or_hidden_does_not(tmp_path: Path) -> None:
    gone, hidden = "<w:rPr><w:del w:id='1'/></w:rPr>", "<w:rPr><w:vanish/></w:rPr>"
    body = item("a") + item("") + item("", more=gone) + item("", more=hidden) + item("b")
    assert texts(read(tmp_path, body, PLAIN)) == ["1. a", "3. b"]


def test_a_number_that_cannot_be_seen_is_left_out(tmp_path: Path) -> None:
    white = level(0, "%1.", more="").replace("</w:lvl>", "<w:rPr><w:color w:val='FFFFFF'/></w:rPr></w:lvl>")
    assert texts(read(tmp_path, item("a"), white)) == ["a"]


def test_a_format_of_its_own_has_its_digits(tmp_path: Path) -> None:
    choice = (
        "<mc:AlternateContent><mc:Choice Requires='w14'><w:numFmt w:val='custom' w:format='001, 002, 003, ...'/>"
        "</mc:Choice><mc:Fallback><w:numFmt w:val='decimal'/></mc:Fallback></mc:AlternateContent>"
    )
    levels = f"<w:lvl w:ilvl='0'><w:start w:val='9'/>{choice}<w:lvlText w:val='No. %1'/></w:lvl>"
    assert texts(read(tmp_path, item("a") + item("b"), levels)) == ["No. 009 a", "No. 010 b"]


def test_sizes_that_a_file_makes_up_are_bounded(tmp_path: Path) -> None:
    kind = f"<w:numFmt w:val='custom' w:format='{'0' * 10_000}, ...'/>"
    levels = f"<w:lvl w:ilvl='0'>{kind}<w:lvlText w:val='%1{'.' * 10_000}'/></w:lvl>"
    deep = item("b").replace("<w:ilvl w:val='0'/>", f"<w:ilvl w:val='{'9' * 5_000}'/>")
    first, second = texts(read(tmp_path, item("a") + deep, levels))
    assert first == f"000000000{'.' * 198} a"
    assert second.endswith("b")


@pytest.mark.parametrize("levels", ["", f"<w:lvl w:ilvl='0'>{BULLET}</w:lvl>", "<w:lvl w:ilvl='x'/>"])
def test_items_without_a_number(levels: str, tmp_path: Path) -> None:
    assert texts(read(tmp_path, item("a") + item("b", 99), levels)) == ["a", "b"]


@pytest.mark.parametrize("number", ["%1", "%1.", "%1)", "(%1)", "§ %1", "Article %1", "Section %1."])
def test_a_reference_list_is_known_by_its_heading_whatever_its_number(number: str, tmp_path: Path) -> None:
    numbered = "<w:numPr><w:ilvl w:val='0'/><w:numId w:val='1'/></w:numPr>"
    body = styled("Gates", "Heading1", numbered) + item("open", 2) + styled("References", "Heading1", numbered)
    document = read(tmp_path, body + styled("B. Two. Ports. 1999.", "Normal"), level(0, number), PLAIN)
    assert texts(document)[1:] == ["1. open"]
