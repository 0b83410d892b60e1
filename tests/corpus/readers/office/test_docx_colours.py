"""Text of Word documents that has the colour of its highlight, shading, cell, box or page, and rows that are hidden."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from ragft.corpus.readers import read_here
from tests.corpus.readers.office.test_docx_parts import paragraph, read, run, texts

WHITE = "<w:color w:val='FFFFFF'/>"
LIGHT = "<w:color w:val='000000' w:themeColor='background1'/>"
W14 = "xmlns:w14='http://schemas.microsoft.com/office/word/2010/wordml'"
DRAWING = "xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main'"


def colour(code: str) -> str:
    return f"<w:color w:val='{code}'/>"


def shade(fill: str, kind: str = "clear", front: str = "auto") -> str:
    return f"<w:shd w:val='{kind}' w:color='{front}' w:fill='{fill}'/>"


HIDDEN = {
    "yellow on yellow": colour("FFFF00") + "<w:highlight w:val='yellow'/>",
    "nearly yellow": colour("FEFD04") + "<w:highlight w:val='yellow'/>",
    "dark blue": colour("000080") + "<w:highlight w:val='darkBlue'/>",
    "highlight before shading": colour("FFFF00") + "<w:highlight w:val='yellow'/>" + shade("0000FF"),
    "nearly paper": colour("FDFDFD"),
    "shading": colour("1F3864") + shade("1F3863"),
    "solid shading": colour("1F3864") + shade("FFFFFF", "solid", "1F3864"),
    "half black": colour("808080") + shade("FFFFFF", "pct50", "000000"),
    "colour of the theme": LIGHT,
    "darker colour of the theme": "<w:color w:val='FF0000' w:themeColor='background1' w:themeShade='80'/>"
    + shade("808080"),
    "lighter colour of the theme": "<w:color w:val='FF0000' w:themeColor='text1' w:themeTint='80'/>" + shade("7F7F7F"),
    "shading of the theme": "<w:color w:val='4F81BD'/><w:shd w:val='clear' w:fill='00FF00' w:themeFill='accent1'/>",
    "no fill": f"<w14:textFill {W14}><w14:noFill/></w14:textFill>",
    "let through": (
        f"<w14:textFill {W14}><w14:solidFill><w14:srgbClr w14:val='FF0000'><w14:alpha w14:val='100000'/></w14:srgbClr>"
        "</w14:solidFill></w14:textFill>"
    ),
    "filled white": (
        f"<w14:textFill {W14}><w14:solidFill><w14:srgbClr w14:val='FFFFFF'/></w14:solidFill></w14:textFill>"
    ),
}
SHOWN = {
    "automatic on black": colour("auto") + "<w:highlight w:val='black'/>",
    "black on yellow": colour("000000") + "<w:highlight w:val='yellow'/>",
    "white on yellow": WHITE + "<w:highlight w:val='yellow'/>",
    "pale": colour("F0F0F0"),
    "white on a pattern": WHITE + shade("FFFFFF", "diagStripe", "000000"),
    "white on half black": WHITE + shade("FFFFFF", "pct50", "000000"),
    "dark colour of the theme": "<w:color w:val='FFFFFF' w:themeColor='text1'/>",
    "white on a colour of the theme": WHITE + "<w:shd w:val='clear' w:fill='FFFFFF' w:themeFill='text1'/>",
    "outlined": f"<w14:textOutline {W14}/><w14:textFill {W14}><w14:noFill/></w14:textFill>",
}


@pytest.mark.parametrize("name", HIDDEN)
def test_text_in_the_colour_of_what_is_behind_it(name: str, tmp_path: Path) -> None:
    assert texts(read(tmp_path, f"<w:p>{run('Seen.')}{run(' 4711.', HIDDEN[name])}</w:p>")) == ["Seen."]


@pytest.mark.parametrize("name", SHOWN)
def test_text_in_another_colour_is_read(name: str, tmp_path: Path) -> None:
    assert texts(read(tmp_path, f"<w:p>{run('Seen.')}{run(' 4711.', SHOWN[name])}</w:p>")) == ["Seen. 4711."]


def table(cell: str, properties: str = "", row: str = "") -> str:
    first = f"<w:tr><w:tc>{paragraph('First')}</w:tc></w:tr>"
    return (
        f"<w:tbl><w:tblPr>{properties}</w:tblPr>{first}<w:tr><w:trPr>{row}</w:trPr><w:tc>{cell}</w:tc></w:tr></w:tbl>"
    )


STYLES = (
    "<w:style w:type='table' w:styleId='Plain'><w:name w:val='plain'/></w:style>"
    "<w:style w:type='table' w:styleId='Dark'><w:name w:val='dark'/><w:tblStylePr w:type='firstRow'><w:tcPr>"
    "<w:shd w:val='clear' w:fill='000000'/></w:tcPr></w:tblStylePr></w:style>"
    "<w:style w:type='table' w:styleId='Based'><w:name w:val='based'/><w:basedOn w:val='Dark'/></w:style>"
)


@pytest.mark.parametrize(
    ("properties", "cell", "text", "seen"),
    [
        ("", shade("FFFF00"), colour("FFFF00"), False),
        ("", shade("FFFF00"), WHITE, True),
        (shade("00FF00"), "", colour("00FF00"), False),
        (shade("00FF00"), shade("FF0000"), colour("00FF00"), True),
        ("<w:tblStyle w:val='Plain'/>", "", WHITE, False),
        ("<w:tblStyle w:val='Dark'/>", "", WHITE, True),
        ("<w:tblStyle w:val='Based'/>", "", WHITE, True),
        ("<w:tblStyle w:val='Based'/>", shade("FFFFFF"), WHITE, False),
    ],
)
def test_text_in_the_colour_of_its_cell(properties: str, cell: str, text: str, seen: bool, tmp_path: Path) -> None:
    body = table(f"<w:tcPr>{cell}</w:tcPr><w:p>{run('4711', text)}</w:p>", properties)
    assert texts(read(tmp_path, body, styles=STYLES)) == (["First\n4711"] if seen else ["First"])


@pytest.mark.parametrize(
    ("row", "seen"),
    [
        ("<w:hidden/>", False),
        ("<w:hidden w:val='0'/>", True),
        ("<w:trHeight w:val='10' w:hRule='exact'/>", False),
        ("<w:trHeight w:val='10'/>", True),
        ("<w:trHeight w:val='240' w:hRule='exact'/>", True),
        ("<w:del w:id='1' w:author='a'/>", False),
    ],
)
def test_rows_that_are_hidden(row: str, seen: bool, tmp_path: Path) -> None:
    assert texts(read(tmp_path, table(paragraph("4711"), row=row))) == (["First\n4711"] if seen else ["First"])


@pytest.mark.parametrize(
    ("spacing", "seen"),
    [
        ("w:line='1' w:lineRule='exact'", False),
        ("w:line='1'", True),
        ("w:line='1' w:lineRule='atLeast'", True),
        ("w:line='240' w:lineRule='exact'", True),
    ],
)
def test_a_line_of_no_height_is_not_seen(spacing: str, seen: bool, tmp_path: Path) -> None:
    body = f"<w:p><w:pPr><w:spacing {spacing}/></w:pPr>{run('4711.')}</w:p>" + paragraph("Seen.")
    assert texts(read(tmp_path, body)) == (["4711.", "Seen."] if seen else ["Seen."])


@pytest.mark.parametrize(
    ("box", "seen"),
    [
        ("<wps:wsp><wps:spPr {a}><a:noFill/></wps:spPr><wps:txbx>{t}</wps:txbx></wps:wsp>", False),
        (
            "<wps:wsp><wps:spPr {a}><a:solidFill><a:srgbClr val='FFFFFF'/></a:solidFill></wps:spPr>"
            "<wps:txbx>{t}</wps:txbx></wps:wsp>",
            False,
        ),
        (
            "<wps:wsp><wps:spPr {a}><a:solidFill><a:schemeClr val='tx1'/></a:solidFill></wps:spPr>"
            "<wps:txbx>{t}</wps:txbx></wps:wsp>",
            True,
        ),
        ("<wps:wsp><wps:spPr/><wps:txbx>{t}</wps:txbx></wps:wsp>", True),
        ("<v:rect><v:textbox>{t}</v:textbox></v:rect>", False),
        ("<v:rect fillcolor='#fff'><v:textbox>{t}</v:textbox></v:rect>", False),
        ("<v:rect fillcolor='red' filled='f'><v:textbox>{t}</v:textbox></v:rect>", False),
        ("<v:rect fillcolor='#00f [3204]'><v:textbox>{t}</v:textbox></v:rect>", True),
    ],
)
def test_text_in_the_colour_of_its_box(box: str, seen: bool, tmp_path: Path) -> None:
    assert is_read_in(box, WHITE, tmp_path) == seen


@pytest.mark.parametrize(
    ("fill", "text", "seen"),
    [
        ("green", "008000", False),
        ("green", "00FF00", True),
        ("lime", "00FF00", False),
        ("Navy [3204]", "000080", False),
        ("window", "FFFFFF", False),
        ("fill darken(118)", "FFFFFF", True),
        ("", "FFFFFF", True),
    ],
)
def test_text_in_the_named_colour_of_its_box(fill: str, text: str, seen: bool, tmp_path: Path) -> None:
    box = f"<v:rect fillcolor='{fill}'><v:textbox>{{t}}</v:textbox></v:rect>"
    assert is_read_in(box, colour(text), tmp_path) == seen


def is_read_in(box: str, properties: str, folder: Path) -> bool:
    held = f"<w:txbxContent><w:p>{run('4711', properties)}</w:p></w:txbxContent>"
    body = f"<w:p>{run('Seen.')}<w:r><w:pict>{box.format(t=held, a=DRAWING)}</w:pict></w:r></w:p>"
    found = texts(read(folder, body))
    assert found[0] == "Seen."
    return found[1:] == ["4711"]


def test_the_usual_style_counts_where_a_paragraph_names_none(tmp_path: Path) -> None:
    file = docx.Document()
    file.styles["Normal"].font.hidden = True
    said = file.add_paragraph("4711. ").add_run("Seen.")
    said.font.hidden = False
    file.save(str(tmp_path / "x.docx"))
    assert texts(read_here(tmp_path / "x.docx")) == ["Seen."]
