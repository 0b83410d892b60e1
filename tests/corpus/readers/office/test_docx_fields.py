"""Fields whose code alone holds what they show: formulas of EQ fields, symbols, buttons."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.readers import read_here
from ragft.corpus.readers.office.docx_eq import UnreadableFormulaError, formula_line
from tests.corpus.readers.office.test_docx_parts import read, run, texts

BEGIN, SEPARATE, END = (f"<w:r><w:fldChar w:fldCharType='{kind}'/></w:r>" for kind in ("begin", "separate", "end"))


def code(text: str) -> str:
    return f"<w:r><w:instrText xml:space='preserve'>{text}</w:instrText></w:r>"


def field(text: str) -> str:
    return f"{BEGIN}{code(text)}{END}"


@pytest.mark.parametrize(
    ("eq", "line"),
    [
        (r" EQ \f(1,2) ", "1/2"),
        (r"eq \F(1;2)", "1/2"),
        (r"EQ \f(1,5;2,5)", "1,5/2,5"),
        (r"EQ \f(a+b,\r(3,c))", "(a+b)/(√[3]c)"),
        (r"EQ \r(x+1)", "√(x+1)"),
        (r"EQ Q = 2\f(1,2)", "Q = 2 1/2"),
        (r"EQ \f(1\,000,2)", "1,000/2"),
        (r"EQ \f(f(x,y),2)", "(f(x,y))/2"),
        (r"EQ x\s \do 4 (i)", "x_i"),
        (r"EQ x\s(2,i)", "x_i^2"),
        (r"EQ \s\up6(14)C", "^14C"),
        (r"EQ \i\su(i=1,n,x\s\do4(i))", "∑_(i=1)^n x_i"),
        (r"EQ \i\pr(1,n,x)", "∏_1^n x"),
        (r"EQ \i(0,1,x dx)", "∫_0^1 x dx"),
        (r"EQ \b(x)", "(x)"),
        (r"EQ \b\bc\[(\a\al\co2\vs3(1,2,3,4))", "[1, 2; 3, 4]"),
        (r"EQ \b\lc\{\rc\|(x)", "{x|"),
        (r"EQ \a(1,2)", "1; 2"),
        (r"EQ \o\ac(○,7)", "⑦"),
        (r"EQ \o\ac(○,21)", "(21)"),
        (r"EQ \o(x,\s\up5(–))", "x\u0304"),
        (r"EQ \o(2,3)", "2 3"),
        (r"EQ \x\to\bo(12)", "12"),
        (r"EQ a\d\fo10()b", "a b"),
        (r"EQ \l(a,b)", "a,b"),
        (r'EQ \* jc2 \* "Font:MS Mincho" \* hps10 \o\ad(\s\up 9(すい),水)', "水"),
    ],
)
def test_a_formula_is_a_line(eq: str, line: str) -> None:
    assert formula_line(eq).strip() == line


def test_a_comma_is_that_of_a_decimal_where_semicolons_divide() -> None:
    assert formula_line(r"EQ \r(1,5)", ";").strip() == "√1,5"
    assert formula_line(r"EQ \f(1,2)", ";").strip() == "1/2"


@pytest.mark.parametrize("eq", [r"EQ \f(1,2", r"EQ \q(1)", r"EQ \f(1,2,3)", r"EQ \f x(1,2)", "EQ \\" + r"f(\b" * 99])
def test_what_is_no_formula_is_refused(eq: str) -> None:
    with pytest.raises(UnreadableFormulaError):
        formula_line(eq)


@given(st.text(st.sampled_from(r"\\\\fraosbixdl()(),;12 up")))
def test_any_code_is_a_line_or_refused(text: str) -> None:
    try:
        formula_line(f"EQ {text}")
    except UnreadableFormulaError:
        return


def test_a_formula_stands_in_its_sentence(tmp_path: Path) -> None:
    split = f"{BEGIN}{code(' EQ ')}{code(chr(92) + 'f(1,')}{code('2)')}{END}"
    simple = r"<w:fldSimple w:instr='EQ \s\up8(2)'/>"
    document = read(tmp_path, f"<w:p>{run('It is 3')}{split}{run('metres long and 56 m')}{simple}{run(' wide.')}</w:p>")
    assert texts(document) == ["It is 3 1/2 metres long and 56 m^2 wide."]
    assert document.warnings == ()


def test_a_formula_that_cannot_be_read_is_noted(tmp_path: Path) -> None:
    broken = field(r"EQ \f(1")
    document = read(tmp_path, f"<w:p>{run('It is 3')}{broken}{run('metres long.')}</w:p>")
    assert texts(document) == ["It is 3 metres long."]
    assert document.warnings == ("formulas of EQ fields could not be read (1), a blank stands for each",)


def test_a_stored_result_is_read_and_its_code_is_not(tmp_path: Path) -> None:
    inner = f"{BEGIN}{code('REF x')}{SEPARATE}{run('57')}{END}"
    whole = f"{BEGIN}{code('IF ')}{inner}{code(' &gt; 5')}{SEPARATE}{run('many')}{END}"
    assert texts(read(tmp_path, f"<w:p>{run('It has ')}{whole}{run(' bolts.')}</w:p>")) == ["It has many bolts."]


def test_a_field_inside_a_formula_is_part_of_it(tmp_path: Path) -> None:
    inner = f"{BEGIN}{code('REF x')}{SEPARATE}{run('57')}{END}"
    whole = f"{BEGIN}{code('EQ ' + chr(92) + 'f(')}{inner}{code(',2)')}{END}"
    assert texts(read(tmp_path, f"<w:p>{run('It is')}{whole}{run('wide.')}</w:p>")) == ["It is 57/2 wide."]


def test_no_text_is_lost_where_a_field_does_not_end(tmp_path: Path) -> None:
    hidden = END.replace("<w:r>", "<w:r><w:rPr><w:vanish/></w:rPr>")
    body = f"<w:p>{BEGIN}{code('TOC')}{run('It leaks.')}</w:p><w:p>{BEGIN}{code('XE')}{hidden}{run('It holds.')}</w:p>"
    assert texts(read(tmp_path, f"{body}<w:p>{END}{run('It is old.')}</w:p>")) == [
        "It leaks.",
        "It holds.",
        "It is old.",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r'SYMBOL 177 \f "Symbol" \s 10', "12±3"),
        (r"SYMBOL 0xB1 \f Symbol", "12±3"),
        ("SYMBOL 8804", "12≤3"),
        ("MACROBUTTON NoMacro or", "12 or 3"),
        ("PAGEREF x", "123"),
    ],
)
def test_symbols_and_buttons(text: str, shown: str, tmp_path: Path) -> None:
    assert texts(read(tmp_path, f"<w:p>{run('12')}{field(text)}{run('3')}</w:p>")) == [shown]


def test_an_unknown_symbol_is_noted(tmp_path: Path) -> None:
    unknown = field(r"SYMBOL 65 \f Wingdings")
    document = read(tmp_path, f"<w:p>{run('12')}{unknown}{run('3')}</w:p>")
    assert texts(document) == ["12 3"]
    assert document.warnings == ("characters of symbol fonts are not known (1), a blank stands for each",)


def test_the_separator_is_that_of_the_documents_settings(tmp_path: Path) -> None:
    root = field(r"EQ \r(1,5)")
    read(tmp_path, f"<w:p>{run('It is')}{root}{run('wide.')}</w:p>")
    file = docx.Document(str(tmp_path / "x.docx"))
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    for old in file.settings.element.findall(f"{{{name}}}listSeparator"):
        file.settings.element.remove(old)
    file.settings.element.append(parse_xml(f"<w:listSeparator xmlns:w='{name}' w:val=';'/>"))
    file.save(str(tmp_path / "x.docx"))
    assert texts(read_here(tmp_path / "x.docx")) == ["It is √1,5 wide."]


@pytest.mark.parametrize(
    ("box", "shown"),
    [("<w:checked/>", "☒"), ("<w:default w:val='0'/><w:checked w:val='1'/>", "☒"), ("<w:default w:val='1'/>", "☒"),
     ("<w:default w:val='1'/><w:checked w:val='0'/>", "☐"), ("", "☐")],
)  # fmt: skip
def test_the_boxes_of_a_form_show_whether_they_are_checked(box: str, shown: str, tmp_path: Path) -> None:
    data = f"<w:ffData><w:checkBox>{box}</w:checkBox></w:ffData>"
    begin = f"<w:r><w:fldChar w:fldCharType='begin'>{data}</w:fldChar></w:r>"
    body = f"<w:p>{begin}{code('FORMCHECKBOX')}{SEPARATE}{END}{run(' open')}</w:p>"
    assert texts(read(tmp_path, body)) == [f"{shown} open"]


@pytest.mark.parametrize(
    ("chosen", "result", "shown"),
    [
        ("<w:result w:val='1'/>", "", "winter"),
        ("<w:default w:val='1'/>", "", "winter"),
        ("", "", "summer"),
        ("<w:result w:val='1'/>", run("autumn"), "autumn"),
        ("<w:result w:val='7'/>", "", ""),
    ],
)
def test_a_list_of_a_form_shows_what_was_chosen(chosen: str, result: str, shown: str, tmp_path: Path) -> None:
    entries = "<w:listEntry w:val='summer'/><w:listEntry w:val='winter'/>"
    data = f"<w:ffData><w:ddList>{chosen}{entries}</w:ddList></w:ffData>"
    begin = f"<w:r><w:fldChar w:fldCharType='begin'>{data}</w:fldChar></w:r>"
    body = f"<w:p>{run('In ')}{begin}{code('FORMDROPDOWN')}{SEPARATE}{result}{END}{run(' it is open.')}</w:p>"
    assert texts(read(tmp_path, body)) == [" ".join(f"In {shown} it is open.".split())]


@pytest.mark.parametrize(
    ("about", "held", "shown"),
    [
        ("<w:dropDownList><w:listItem w:displayText='winter' w:value='w'/></w:dropDownList>", run("winter"), "winter"),
        ("<w:comboBox><w:listItem w:displayText='winter' w:value='w'/></w:comboBox>", run("spring"), "spring"),
        ("<w:date w:fullDate='2024-05-17T00:00:00Z'/>", run("17 May 2024"), "17 May 2024"),
        ("<w:showingPlcHdr/>", run("Choose an item."), "Choose an item."),
    ],
)
def test_controls_show_their_text_and_no_other_choice(about: str, held: str, shown: str, tmp_path: Path) -> None:
    control = f"<w:sdt><w:sdtPr>{about}</w:sdtPr><w:sdtContent>{held}</w:sdtContent></w:sdt>"
    assert texts(read(tmp_path, f"<w:p>{run('Open: ')}{control}</w:p>")) == [f"Open: {shown}"]


def test_numbers_that_a_field_counts_are_noted(tmp_path: Path) -> None:
    document = read(tmp_path, f"<w:p>{field('AUTONUM')}{run('Gates')}</w:p>")
    assert texts(document) == ["Gates"]
    assert document.warnings == ("numbers of LISTNUM and AUTONUM fields are not read (1)",)
