"""Every part of a Word document that is seen is read once: notes, boxes, controls, changes, formulas, raised digits."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

from ragft.corpus.base import Document
from ragft.corpus.readers import read_here

NAMES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in (
        ("w", "http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
        ("r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
        ("a", "http://schemas.openxmlformats.org/drawingml/2006/main"),
        ("c", "http://schemas.openxmlformats.org/drawingml/2006/chart"),
        ("d", "http://schemas.openxmlformats.org/drawingml/2006/diagram"),
        ("m", "http://schemas.openxmlformats.org/officeDocument/2006/math"),
        ("mc", "http://schemas.openxmlformats.org/markup-compatibility/2006"),
        ("wps", "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"),
        ("v", "urn:schemas-microsoft-com:vml"),
    )
)
NOTE = "<w:footnote w:type='separator' w:id='0'><w:p><w:r><w:t>line</w:t></w:r></w:p></w:footnote>"


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r>"


def paragraph(text: str) -> str:
    return f"<w:p>{run(text)}</w:p>"


def read(folder: Path, body: str, *, notes: dict[str, str] | None = None, styles: str = "") -> Document:
    file = docx.Document()
    for style in parse_xml(f"<w:styles {NAMES}>{styles}</w:styles>"):
        file.styles.element.append(style)
    before = file.element.body[0] if len(file.element.body) else None
    for node in parse_xml(f"<w:body {NAMES}>{body}</w:body>"):
        before.addprevious(node)
    for name, text in (notes or {}).items():
        blob = f"<w:{name} {NAMES}>{text}</w:{name}>".encode()
        part = Part(PackURI(f"/word/{name}.xml"), "application/xml", blob, file.part.package)
        file.part.relate_to(part, f"{RELATIONSHIP_TYPE.FOOTNOTES.rsplit('/', 1)[0]}/{name}")
    file.save(str(folder / "x.docx"))
    return read_here(folder / "x.docx")


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks]


SUPER, SUB = "<w:vertAlign w:val='superscript'/>", "<w:vertAlign w:val='subscript'/>"
FIRST = paragraph("The gate is open in most winters.")


@pytest.mark.parametrize("kind", ["foot", "end"])
def test_notes_follow_their_paragraph_and_their_marks_are_dropped(kind: str, tmp_path: Path) -> None:
    body = f"<w:p>{run('It costs $320')}<w:r><w:{kind}noteReference w:id='2'/></w:r>{run(' and leaks.')}</w:p>"
    note = f"<w:{kind}note w:id='2'>{paragraph('Dry weight.')}</w:{kind}note>"
    separator = NOTE.replace("foot", kind)
    document = read(tmp_path, body + FIRST, notes={f"{kind}notes": separator + note})
    assert texts(document) == ["It costs $320 and leaks.", "Dry weight.", "The gate is open in most winters."]


def test_a_note_that_refers_to_itself_is_read_once(tmp_path: Path) -> None:
    mark = "<w:p><w:r><w:footnoteReference w:id='2'/></w:r></w:p>"
    document = read(
        tmp_path, mark, notes={"footnotes": f"<w:footnote w:id='2'>{paragraph('Only me.')}{mark}</w:footnote>"}
    )
    assert texts(document) == ["Only me."]


def test_a_text_box_comes_once_after_its_paragraph(tmp_path: Path) -> None:
    held = f"<w:txbxContent>{paragraph('Boxed.')}</w:txbxContent>"
    box = (
        f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>{held}</wps:txbx>"
        f"</w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{held}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert texts(read(tmp_path, f"<w:p>{run('Before.')}{box}{run(' Behind.')}</w:p>")) == ["Before. Behind.", "Boxed."]
    only_old = f"<w:p><w:r><w:pict><v:textbox>{held}</v:textbox></w:pict></w:r></w:p>"
    assert texts(read(tmp_path, only_old)) == ["Boxed."]


def test_content_controls_around_anything(tmp_path: Path) -> None:
    def control(content: str) -> str:
        return f"<w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"

    cell = control(f"<w:tc>{paragraph('a')}</w:tc>")
    row = control(f"<w:tr>{cell}<w:tc>{control(paragraph('b'))}</w:tc></w:tr>")
    inline = f"<w:p>{control(run('Inline.'))}</w:p>"
    body = control(FIRST + control(paragraph("Inner."))) + f"{inline}<w:tbl>{row}</w:tbl>"
    assert texts(read(tmp_path, body)) == ["The gate is open in most winters.", "Inner.", "Inline.", "a | b"]


def test_tracked_changes_are_read_as_accepted(tmp_path: Path) -> None:
    body = (
        f"<w:p>{run('It is ')}<w:del w:id='1'><w:r><w:delText>forty</w:delText></w:r></w:del>"
        f"<w:ins w:id='2'>{run('sixty')}</w:ins>{run(' metres.')}</w:p>"
        f"<w:p><w:moveFrom w:id='3'>{run('Moved.')}</w:moveFrom></w:p>{FIRST}"
        f"<w:p><w:moveTo w:id='4'>{run('Moved.')}</w:moveTo></w:p><w:tbl><w:tr><w:trPr><w:del w:id='5'/></w:trPr><w:tc>"
        f"{paragraph('gone')}</w:tc></w:tr><w:tr><w:tc>{paragraph('kept')}</w:tc></w:tr></w:tbl>"
    )
    assert texts(read(tmp_path, body)) == ["It is sixty metres.", "The gate is open in most winters.", "Moved.", "kept"]


def test_a_table_in_a_cell_follows_the_table_around_it(tmp_path: Path) -> None:
    inner = f"<w:tbl><w:tr><w:tc>{paragraph('1')}</w:tc><w:tc>{paragraph('2')}</w:tc></w:tr></w:tbl>"
    outer = f"<w:tbl><w:tr><w:tc>{paragraph('a')}{inner}{paragraph('b')}</w:tc></w:tr></w:tbl>"
    assert texts(read(tmp_path, outer)) == ["a b", "1 | 2"]


def test_raised_and_lowered_digits(tmp_path: Path) -> None:
    body = (
        f"<w:p>{run('It costs $320')}{run('1', SUPER)}{run(', weighs 57 tonnes')}{run('1', SUPER)}{run(', at 3 × 10')}"
        f"{run('−', SUPER)}{run('4', SUPER)}{run(' of CO')}{run('2', SUB)}{run('.')}</w:p>"
        f"<w:p>{run('Oil is 12')}{run('99', SUPER)}{run(' €, bread 2')}{run('49 €', SUPER)}{run('.')}</w:p>"
    )
    assert texts(read(tmp_path, body)) == [
        "It costs $320, weighs 57 tonnes, at 3 × 10^−4 of CO2.",
        "Oil is 12.99 €, bread 2.49 €.",
    ]


def test_hidden_runs_and_codes_of_fields_are_left_out(tmp_path: Path) -> None:
    off = "<w:vanish w:val='0'/>"
    body = (
        f"<w:p>{run('Seen')}{run(' hidden', '<w:vanish/>')}{run(' again', off)}"
        "<w:r><w:instrText>PAGEREF x</w:instrText></w:r>"
        "<w:r><w:noBreakHyphen/><w:sym w:font='Arial' w:char='03B1'/></w:r></w:p>"
    )
    assert texts(read(tmp_path, body)) == ["Seen again-α"]


def sym(code: str, font: str = "Symbol") -> str:
    return f"<w:r><w:sym w:font='{font}' w:char='{code}'/></w:r>"


@pytest.mark.parametrize(
    ("code", "font", "char"),
    [
        ("F0B1", "Symbol", "±"),
        ("00B1", "Symbol", "±"),
        ("F02D", "Symbol", "−"),
        ("F06D", "Symbol", "µ"),
        ("F0A3", "Symbol", "≤"),
        ("F0B3", "Symbol", "≥"),
        ("F0B4", "Symbol", "×"),
        ("F0B0", "Symbol", "°"),
        ("F061", "symbol", "α"),
        ("F057", "Symbol", "Ω"),
        ("F0D6", "Symbol", "√"),
        ("F0E5", "Symbol", "∑"),
        ("F0FE", "Symbol", "⎭"),
        ("F0FC", "Wingdings", "✓"),
        ("F0FE", "Wingdings", "☑"),
        ("F0A7", "Wingdings", "▪"),
        ("2264", "Cambria Math", "≤"),
    ],
)
def test_symbols_of_fonts_with_an_encoding_of_their_own(code: str, font: str, char: str, tmp_path: Path) -> None:
    document = read(tmp_path, f"<w:p>{run('12')}{sym(code, font)}{run('3 mm')}</w:p>")
    assert texts(document) == [f"12{char}3 mm"]
    assert document.warnings == ()


@pytest.mark.parametrize(
    ("code", "font"), [("F041", "Wingdings"), ("F0B1", "Braun Signs"), ("D800", "Arial"), ("1", "")]
)
def test_an_unknown_symbol_is_a_blank_and_noted(code: str, font: str, tmp_path: Path) -> None:
    document = read(tmp_path, f"<w:p>{run('12')}{sym(code, font)}{run('3 mm')}</w:p>")
    assert texts(document) == ["12 3 mm"]
    assert document.warnings == ("characters of symbol fonts are not known (1), a blank stands for each",)


def test_text_in_a_symbol_font_is_read_by_its_encoding(tmp_path: Path) -> None:
    own = "<w:rFonts w:ascii='Symbol' w:hAnsi='Symbol'/>"
    style = f"<w:style w:type='character' w:styleId='Greek'><w:name w:val='Greek'/><w:rPr>{own}</w:rPr></w:style>"
    by_style = run("\uf0b1", "<w:rStyle w:val='Greek'/>")
    micro = run("\uf06d", own)
    body = f"<w:p>{run('5 ')}{micro}{run('m and 12')}{by_style}{run('3, ')}{run('b', own)}{run(' b')}</w:p>"
    assert texts(read(tmp_path, body, styles=style)) == ["5 µm and 12±3, β b"]


def test_a_private_character_of_another_font_never_joins_digits(tmp_path: Path) -> None:
    document = read(tmp_path, paragraph("12\uf0b13 mm"))
    assert texts(document) == ["12 3 mm"]
    assert len(document.warnings) == 1


@pytest.mark.parametrize(
    ("formula", "line"),
    [
        ("<m:r><m:t>Q=0.61·A·v</m:t></m:r>", "Q = 0.61·A·v"),
        ("<m:f><m:num>{a}</m:num><m:den>{b}</m:den></m:f>", "a/b"),
        ("<m:f><m:fPr><m:type m:val='noBar'/></m:fPr><m:num>{a}</m:num><m:den>{b}</m:den></m:f>", "a; b"),
        ("<m:sSup><m:e><m:f><m:num>{a}</m:num><m:den>{b}</m:den></m:f></m:e><m:sup>{n}</m:sup></m:sSup>", "(a/b)^10"),
        ("<m:sSup><m:e>{n}</m:e><m:sup><m:r><m:t>−4</m:t></m:r></m:sup></m:sSup>", "10^−4"),
        ("<m:sSubSup><m:e>{a}</m:e><m:sub>{b}</m:sub><m:sup>{n}</m:sup></m:sSubSup>", "a_b^10"),
        ("<m:rad><m:radPr/><m:deg/><m:e>{a}{b}</m:e></m:rad>", "√ab"),
        (
            "<m:nary><m:naryPr><m:chr m:val='∑'/></m:naryPr><m:sub>{a}</m:sub><m:sup>{n}</m:sup>"
            "<m:e>{b}</m:e></m:nary>",
            "∑_a^10 b",
        ),
        ("<m:d><m:dPr><m:begChr m:val='['/><m:endChr m:val=']'/></m:dPr><m:e>{a}</m:e><m:e>{b}</m:e></m:d>", "[a, b]"),
        ("<m:m><m:mr><m:e>{a}</m:e><m:e>{b}</m:e></m:mr><m:mr><m:e>{n}</m:e></m:mr></m:m>", "[a, b; 10]"),
        ("<m:acc><m:e>{a}</m:e></m:acc>", "â"),
        ("{n}<m:r><m:t>\u2062</m:t></m:r><m:sSup><m:e>{n}</m:e><m:sup>{a}</m:sup></m:sSup>", "10 10^a"),
        ("<m:r><m:t>3\u206210</m:t></m:r>", "3 10"),
        ("<m:sSup><m:e>{n}</m:e><m:sup><m:r><m:t>∘</m:t></m:r></m:sup></m:sSup>", "10°"),
        ("<m:limLow><m:e><m:r><m:t>lim</m:t></m:r></m:e><m:lim>{a}</m:lim></m:limLow>{b}", "lim_a b"),
    ],
)
def test_formulas(formula: str, line: str, tmp_path: Path) -> None:
    letters = {name: f"<m:r><m:t>{text}</m:t></m:r>" for name, text in (("a", "a"), ("b", "b"), ("n", "10"))}
    body = f"<w:p>{run('So')}<m:oMath>{formula.format(**letters)}</m:oMath>{run('holds.')}</w:p>"
    assert texts(read(tmp_path, body)) == [f"So {line} holds."]


def test_a_heading_by_its_outline_level(tmp_path: Path) -> None:
    body = f"<w:p><w:pPr><w:outlineLvl w:val='1'/></w:pPr>{run('Method')}</w:p>{FIRST}"
    assert [(block.kind, block.level) for block in read(tmp_path, body).blocks] == [("heading", 2), ("paragraph", 0)]


def test_runs_that_are_moved_from_their_line(tmp_path: Path) -> None:
    up, down, barely = (f"<w:position w:val='{half_points}'/>" for half_points in (6, -6, 1))
    body = (
        f"<w:p>{run('It costs $320')}{run('1', up)}{run(', at 3 × 10')}{run('−4', up)}{run(' of CO')}{run('2', down)}"
        f"{run(', 57')}{run('8', barely)}{run('.')}</w:p>"
    )
    assert texts(read(tmp_path, body)) == ["It costs $320, at 3 × 10^−4 of CO2, 578."]


def test_struck_runs_are_left_out_and_noted(tmp_path: Path) -> None:
    on, off = "<w:strike/>", "<w:strike w:val='0'/>"
    body = f"<w:p>{run('It weighs ')}{run('57', on)}{run('62')}{run('8', '<w:dstrike/>')}{run(' tonnes.', off)}</w:p>"
    document = read(tmp_path, body)
    assert texts(document) == ["It weighs 62 tonnes."]
    assert document.warnings == ("struck text is left out (3 characters)",)


def test_a_style_hides_its_paragraphs_unless_a_run_says_otherwise(tmp_path: Path) -> None:
    styles = (
        "<w:style w:type='paragraph' w:styleId='Gone'><w:name w:val='gone'/><w:rPr><w:vanish/></w:rPr></w:style>"
        "<w:style w:type='paragraph' w:styleId='Back'><w:name w:val='back'/><w:basedOn w:val='Gone'/>"
        "<w:rPr><w:vanish w:val='0'/></w:rPr></w:style>"
    )
    body = "".join(
        f"<w:p><w:pPr><w:pStyle w:val='{style}'/></w:pPr>{run(text)}{run('Seen.', seen)}</w:p>"
        for style, text in (("Gone", "Hidden."), ("Back", "Shown. "))
        for seen in ["<w:vanish w:val='0'/>"]
    )
    assert texts(read(tmp_path, body, styles=styles)) == ["Seen.", "Shown. Seen."]


BLACK = "<w:highlight w:val='black'/>"
WHITE, DARK = "<w:color w:val='FFFFFF'/>", "<w:shd w:val='clear' w:fill='1F3864'/>"


def test_text_in_the_colour_of_paper_or_too_small_to_see_is_left_out(tmp_path: Path) -> None:
    hidden = [WHITE, "<w:sz w:val='2'/>", f"{WHITE}<w:shd w:val='clear' w:fill='FFFFFF'/>"]
    hidden.append("<w:color w:val='1F3864'/>" + DARK)
    hidden += ["<w:w w:val='1'/>", "<w:w w:val='3%'/>"]
    body = f"<w:p>{run('Seen.')}{''.join(run(' Hidden.', properties) for properties in hidden)}</w:p>"
    assert texts(read(tmp_path, body)) == ["Seen."]


def test_condensed_text_is_read(tmp_path: Path) -> None:
    body = f"""<w:p>{run("Seen")}{run(" as well.", "<w:w w:val='50'/>")}</w:p>"""
    assert texts(read(tmp_path, body)) == ["Seen as well."]


def test_white_text_on_a_dark_ground_is_read(tmp_path: Path) -> None:
    row = f"<w:tr><w:tc><w:tcPr>{DARK}</w:tcPr><w:p>{run('a', WHITE)}</w:p></w:tc></w:tr>"
    styled = f"<w:tr><w:tc><w:p>{run('b', WHITE)}</w:p></w:tc></w:tr>"
    body = (
        f"<w:p>{run('One', WHITE + DARK)}{run(' two', WHITE + BLACK)}</w:p>"
        f"<w:p><w:pPr>{DARK}</w:pPr>{run('three', WHITE)}</w:p><w:tbl>{row}</w:tbl>"
        f"<w:tbl><w:tblPr><w:tblStyle w:val='GridTable4'/></w:tblPr>{styled}</w:tbl>"
    )
    assert texts(read(tmp_path, body)) == ["One two", "three", "a", "b"]


def test_merged_cells_repeat_so_that_each_value_keeps_its_column(tmp_path: Path) -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"

    down, on = "<w:vMerge w:val='restart'/>", "<w:vMerge/>"
    rows = (
        cell("Gate") + cell("crew") + cell("2019") + cell("2020"),
        cell("Harrow", down) + cell("1") + cell("11") + cell("12"),
        cell("", on) + cell("2") + cell("320") + cell("450"),
        cell("Marlowe", "<w:gridSpan w:val='2'/>") + cell("") + cell("57"),
        "<w:trPr><w:gridBefore w:val='1'/></w:trPr>" + cell("3") + cell("4") + cell("5"),
        cell("North", "<w:gridSpan w:val='4'/>"),
    )
    document = read(tmp_path, f"{FIRST}<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>")
    assert texts(document)[1].split("\n") == [
        "Gate | crew | 2019 | 2020",
        "Harrow | 1 | 11 | 12",
        "Harrow | 2 | 320 | 450",
        "Marlowe | Marlowe |  | 57",
        " | 3 | 4 | 5",
        "North",
    ]


@pytest.mark.parametrize(("value", "seen"), [("rtl", "320"), ("ltr", "023")])
def test_a_number_whose_direction_is_forced_is_read_as_it_is_seen(value: str, seen: str, tmp_path: Path) -> None:
    body = f"<w:p>{run('It costs ')}<w:bdo w:val='{value}'>{run('02')}{run('3')}</w:bdo>{run(' euros.')}</w:p>"
    assert texts(read(tmp_path, body)) == [f"It costs {seen} euros."]


@pytest.mark.parametrize(
    ("on", "seen"), [("t", "Before. The gate weighs 57 tonnes. Behind."), ("f", "Before. Behind.")]
)
def test_words_along_a_path_are_read(on: str, seen: str, tmp_path: Path) -> None:
    path = f"<v:shape><v:textpath on='{on}' string='The gate weighs 57 tonnes.'/></v:shape>"
    body = f"<w:p>{run('Before.')}<w:r><w:pict>{path}</w:pict></w:r>{run(' Behind.')}</w:p>"
    assert texts(read(tmp_path, body)) == [seen]


def test_hidden_and_struck_runs_of_a_formula_are_left_out(tmp_path: Path) -> None:
    runs = "".join(
        f"<m:r><w:rPr>{look}</w:rPr><m:t>{digit}</m:t></m:r>"
        for digit, look in enumerate(("", "<w:strike/>", "<w:vanish/>", "<w:dstrike/>", "<w:strike w:val='0'/>"))
    )
    assert texts(read(tmp_path, f"<w:p>{run('So')}<m:oMath>{runs}</m:oMath></w:p>")) == ["So 0 4"]


@pytest.mark.parametrize("kind", ["drop", "margin"])
def test_a_large_first_letter_belongs_to_its_word(kind: str, tmp_path: Path) -> None:
    letter = f"<w:p><w:pPr><w:framePr w:dropCap='{kind}' w:lines='3'/></w:pPr>{run('O')}</w:p>"
    assert texts(read(tmp_path, letter + paragraph("nce it had 5 gates.") + FIRST))[0] == "Once it had 5 gates."


def test_a_cell_that_was_deleted_is_not_read(tmp_path: Path) -> None:
    gone = f"<w:tc><w:tcPr><w:cellDel w:id='1'/></w:tcPr>{paragraph('5')}</w:tc>"
    assert texts(read(tmp_path, f"<w:tbl><w:tr>{gone}<w:tc>{paragraph('7')}</w:tc></w:tr></w:tbl>")) == ["7"]


def test_a_paragraph_whose_end_is_deleted_goes_on_in_the_next(tmp_path: Path) -> None:
    mark = "<w:pPr><w:rPr><w:del w:id='1' w:author='a'/></w:rPr></w:pPr>"
    begun = f"<w:p>{mark}{run('It weighs 12')}</w:p><w:bookmarkStart w:id='5' w:name='b'/>"
    cells = f"<w:tc>{begun}{paragraph('34 t')}</w:tc><w:tc>{paragraph('a')}{paragraph('b')}</w:tc>"
    body = f"{begun}{paragraph('34 tonnes.')}{begun}<w:tbl><w:tr>{cells}</w:tr></w:tbl>{begun}"
    assert texts(read(tmp_path, body)) == [
        "It weighs 1234 tonnes.",
        "It weighs 12",
        "It weighs 1234 t | a b",
        "It weighs 12",
    ]


def test_formulas_of_other_programs_and_embedded_objects_are_noted(tmp_path: Path) -> None:
    objects = "".join(
        f"<w:r><w:object><o:OLEObject ProgID='{name}'/></w:object></w:r>"
        for name in ("Equation.DSMT4", "Equation.3", "Excel.Sheet.12")
    )
    document = read(tmp_path, f"{FIRST}<w:p xmlns:o='urn:schemas-microsoft-com:office:office'>{objects}</w:p>")
    assert document.warnings == ("not read: 2 formulas drawn by another program, 1 embedded objects",)
