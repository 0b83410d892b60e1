"""Slide decks: what the slides show, slide by slide, and the speaker notes; hidden slides and shapes are left out."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pptx
import pytest
from lxml import etree
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from ragft.corpus.base import Document
from ragft.corpus.readers import read_document, read_here
from ragft.errors import DocumentError

A = "http://schemas.openxmlformats.org/drawingml/2006/main"
BOX = (Inches(1), Inches(1), Inches(4), Inches(1))


def slide(deck: Any, title: str, *items: str, layout: int = 1) -> Any:
    made = deck.slides.add_slide(deck.slide_layouts[layout])
    made.shapes.title.text = title
    if items:
        made.placeholders[1].text = "\n".join(items)
    return made


def deck(path: Path, *fill: Callable[[Any], object], name: str = "", author: str = "") -> Path:
    made = pptx.Presentation()
    made.core_properties.title, made.core_properties.author = name, author
    for each in fill:
        each(made)
    made.save(str(path))
    return path


def opening(made: Any) -> None:
    slide(made, "Tides of the North", "Ann Other", layout=0)


def read(path: Path, *fill: Callable[[Any], object]) -> Document:
    return read_here(deck(path / "d.pptx", opening, *fill))


def found(document: Document) -> list[tuple[str, str, int]]:
    """What stands on the slides behind the first."""
    return [(block.kind, block.text, block.page) for block in document.blocks if block.page > 1]


def with_xml(made: Any, xml: str) -> None:
    """A slide with a text box whose paragraph holds `xml`."""
    frame = slide(made, "Heights").shapes.add_textbox(*BOX).text_frame
    names = (
        f'xmlns:a="{A}" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
        'xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    )
    paragraph = frame.paragraphs[0]._p
    for node in etree.fromstring(f"<a:p {names}>{xml}</a:p>"):
        paragraph.append(node)


def test_a_slide_is_a_page_and_its_title_a_heading(tmp_path: Path) -> None:
    document = read(tmp_path, lambda made: slide(made, "Causes", "The moon", "The sun"))
    assert document.title == "Tides of the North"
    assert document.pages == 2
    assert found(document) == [("heading", "Causes", 2), ("list", "The moon", 2), ("list", "The sun", 2)]
    assert document.blocks[-1].section == "Causes"


def test_authors_are_those_of_the_file_and_not_of_its_template(tmp_path: Path) -> None:
    assert read_here(deck(tmp_path / "a.pptx", opening, author="Ann Other; Bo Two")).authors == ("Ann Other", "Bo Two")
    assert read_here(deck(tmp_path / "b.pptx", opening, author="Steve Canny")).authors == ()


def test_without_a_title_slide_the_property_counts_but_not_what_programs_write_there(tmp_path: Path) -> None:
    def untitled(made: Any) -> None:
        made.slides.add_slide(made.slide_layouts[6]).shapes.add_textbox(*BOX).text_frame.text = "Only text."

    assert read_here(deck(tmp_path / "a.pptx", untitled, name="Sluices")).title == "Sluices"
    assert read_here(deck(tmp_path / "my_talk.pptx", untitled, name="PowerPoint Presentation")).title == "my talk"


def test_speaker_notes_are_read_and_marked(tmp_path: Path) -> None:
    def noted(made: Any) -> None:
        slide(made, "Causes").notes_slide.notes_text_frame.text = "Say this slowly.\nThen wait."

    document = read(tmp_path, noted)
    assert found(document)[-1] == ("paragraph", "Speaker notes: Say this slowly. Then wait.", 2)


def test_hidden_slides_are_left_out_and_their_numbers_count(tmp_path: Path) -> None:
    def hidden(made: Any) -> None:
        slide(made, "Old", "Wrong").element.set("show", "0")

    document = read(tmp_path, hidden, lambda made: slide(made, "Causes", "The moon"))
    assert found(document) == [("heading", "Causes", 3), ("list", "The moon", 3)]
    assert document.warnings == ("hidden slides are left out: 2",)


def test_tables_come_with_their_head_and_a_cell_as_wide_as_the_table_once(tmp_path: Path) -> None:
    def table(made: Any) -> None:
        cells = slide(made, "Heights").shapes.add_table(3, 3, *BOX).table
        for row, texts in enumerate((("port", "spring", "neap"), ("Brest", "6.2", "2.8"), ("not measured", "", ""))):
            for column, text in enumerate(texts):
                cells.cell(row, column).text = text
        cells.cell(2, 0).merge(cells.cell(2, 2))

    assert found(read(tmp_path, table))[1] == ("table", "port | spring | neap\nBrest | 6.2 | 2.8\nnot measured", 2)


def test_merged_cells_repeat_so_that_each_value_keeps_its_column(tmp_path: Path) -> None:
    def table(made: Any) -> None:
        cells = slide(made, "Heights").shapes.add_table(4, 4, *BOX).table
        rows = (
            ("Gate", "crew", "2019", "2020"),
            ("Harrow", "1", "11", "12"),
            ("", "2", "", "450"),
            ("M", "", "57", "58"),
        )
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                cells.cell(row, column).text = text
        cells.cell(1, 0).merge(cells.cell(2, 0))
        cells.cell(3, 0).merge(cells.cell(3, 1))

    wanted = "Gate | crew | 2019 | 2020\nHarrow | 1 | 11 | 12\nHarrow | 2 |  | 450\nM | M | 57 | 58"
    assert found(read(tmp_path, table))[1] == ("table", wanted, 2)


def test_charts_are_read_as_tables(tmp_path: Path) -> None:
    def chart(made: Any) -> None:
        data = CategoryChartData()
        data.categories = ["Brest", "Kiel"]
        data.add_series("spring", (6.2, 0.1 + 0.2))
        data.add_series("neap", (2.8, None))
        drawn = slide(made, "Heights").shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *BOX, data).chart
        drawn.has_title = True
        drawn.chart_title.text_frame.text = "Metres"

    assert found(read(tmp_path, chart))[1:] == [
        ("caption", "Metres", 2),
        ("table", " | spring | neap\nBrest | 6.2 | 2.8\nKiel | 0.3 | ", 2),
    ]


def test_what_is_raised_keeps_its_number_and_struck_text_is_left_out(tmp_path: Path) -> None:
    xml = (
        '<a:r><a:t>It holds 10</a:t></a:r><a:r><a:rPr baseline="30000"/><a:t>-4</a:t></a:r><a:r><a:t> m</a:t></a:r>'
        '<a:r><a:rPr strike="sngStrike"/><a:t>wrong</a:t></a:r><a:br/><a:r><a:rPr sz="100"/><a:t>tiny</a:t></a:r>'
    )
    document = read(tmp_path, lambda made: with_xml(made, xml))
    assert found(document)[1] == ("paragraph", "It holds 10^-4 m", 2)
    assert document.warnings == ("struck text is left out (5 characters)",)


def test_formulas_are_read(tmp_path: Path) -> None:
    formula = (
        "<m:oMath><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:r><m:t>b</m:t></m:r></m:den></m:f></m:oMath>"
    )
    xml = (
        f'<a:r><a:t>Then</a:t></a:r><mc:AlternateContent><mc:Choice Requires="a14"><a14:m>{formula}</a14:m></mc:Choice>'
        "<mc:Fallback><a:r><a:t> </a:t></a:r></mc:Fallback></mc:AlternateContent><a:r><a:t>holds.</a:t></a:r>"
    )
    assert found(read(tmp_path, lambda made: with_xml(made, xml)))[1] == ("paragraph", "Then a/b holds.", 2)


def test_groups_are_read_and_what_is_hidden_or_beside_the_slide_is_not(tmp_path: Path) -> None:
    def shapes(made: Any) -> None:
        of = slide(made, "Causes").shapes
        of.add_group_shape().shapes.add_textbox(*BOX).text_frame.text = "Grouped."
        hidden = of.add_textbox(*BOX)
        hidden.text_frame.text = "Hidden."
        hidden._element.nvSpPr.cNvPr.set("hidden", "1")
        of.add_textbox(Inches(-9), *BOX[1:]).text_frame.text = "Beside."

    document = read(tmp_path, shapes)
    assert [text for _, text, _ in found(document)] == ["Causes", "Grouped."]
    assert document.warnings == ("text beside the slides is left out (1 shapes)",)


def test_footers_and_numbers_are_left_out(tmp_path: Path) -> None:
    def footer(made: Any) -> None:
        box = slide(made, "Causes").shapes.add_textbox(*BOX)
        box.text_frame.text = "Company, 2024"
        etree.SubElement(box._element.nvSpPr.nvPr, f"{{{PML}}}ph").set("type", "ftr")

    assert [text for _, text, _ in found(read(tmp_path, footer))] == ["Causes"]


PML = "http://schemas.openxmlformats.org/presentationml/2006/main"


def test_the_points_of_a_diagram_are_read(tmp_path: Path) -> None:
    plain = deck(tmp_path / "p.pptx", opening, lambda made: slide(made, "Cycle").shapes.add_textbox(*BOX))
    frame = (
        f'<p:graphicFrame xmlns:p="{PML}" xmlns:a="{A}"><p:nvGraphicFramePr><p:cNvPr id="9" name="d"/>'
        "<p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm/><a:graphic><a:graphicData "
        'uri="http://schemas.openxmlformats.org/drawingml/2006/diagram"><d:relIds '
        'xmlns:d="http://schemas.openxmlformats.org/drawingml/2006/diagram" xmlns:r='
        '"http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:dm="rId9"/>'
        "</a:graphicData></a:graphic></p:graphicFrame>"
    )
    points = "".join(
        f'<d:pt type="{kind}"><d:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></d:t></d:pt>'
        for kind, text in (("node", "Flood"), ("node", "Ebb"), ("pres", "no"))
    )
    data = f'<d:dataModel xmlns:d="http://schemas.openxmlformats.org/drawingml/2006/diagram" xmlns:a="{A}">{points}'
    relation = (
        '<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/diagramData"'
        ' Target="../diagrams/data1.xml"/></Relationships>'
    )
    changed = {
        "ppt/slides/slide2.xml": lambda text: text.replace("</p:spTree>", f"{frame}</p:spTree>"),
        "ppt/slides/_rels/slide2.xml.rels": lambda text: text.replace("</Relationships>", relation),
    }
    path = tmp_path / "d.pptx"
    with zipfile.ZipFile(plain) as whole, zipfile.ZipFile(path, "w") as archive:
        for name in whole.namelist():
            text = whole.read(name)
            archive.writestr(name, changed[name](text.decode()) if name in changed else text)
        archive.writestr("ppt/diagrams/data1.xml", f"{data}</d:dataModel>")
    assert [(kind, text) for kind, text, _ in found(read_here(path))][1:] == [("list", "Flood"), ("list", "Ebb")]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04broken", "cut short or no PPTX"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "encrypted or an old .ppt"),
    ],
)
def test_broken_and_encrypted_files(data: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "d.pptx"
    path.write_bytes(data)
    with pytest.raises(DocumentError, match=message) as caught:
        read_here(path)
    assert caught.value.fix


def test_a_deck_without_text(tmp_path: Path) -> None:
    path = deck(tmp_path / "d.pptx", lambda made: made.slides.add_slide(made.slide_layouts[6]))
    with pytest.raises(DocumentError, match="holds no text"):
        read_here(path)


def test_entities_in_a_slide_are_not_resolved(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("password")
    plain = deck(tmp_path / "p.pptx", opening, lambda made: slide(made, "Causes", "SECRET"))
    path = tmp_path / "d.pptx"
    with zipfile.ZipFile(plain) as whole, zipfile.ZipFile(path, "w") as archive:
        for name in whole.namelist():
            data = whole.read(name)
            if name == "ppt/slides/slide2.xml":
                entity = f"<!DOCTYPE p [<!ENTITY s SYSTEM '{(tmp_path / 'secret').as_uri()}'>]><p:sld"
                data = data.replace(b"<p:sld", entity.encode(), 1).replace(b"SECRET", b"&s;")
            archive.writestr(name, data)
    assert "password" not in str(read_here(path).blocks)


def test_decks_are_read_by_the_pool(tmp_path: Path) -> None:
    assert read_document(deck(tmp_path / "d.pptx", opening)).title == "Tides of the North"


def test_the_alone_standing_title_of_a_deck_is_its_text(tmp_path: Path) -> None:
    document = read_here(deck(tmp_path / "d.pptx", lambda made: slide(made, "Tides", layout=5)))
    assert (document.title, [block.text for block in document.blocks]) == ("Tides", ["Tides"])


def test_many_hidden_slides_are_listed_in_part_and_counted_as_pages(tmp_path: Path) -> None:
    def hide(value: str) -> Callable[[Any], object]:
        return lambda made: slide(made, "Old")._element.set("show", value)

    document = read(tmp_path, *[hide("0"), hide("false")] * 6)
    assert document.pages == 13
    assert document.warnings == ("hidden slides are left out: 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 …",)


def test_several_authors_are_named_and_programs_are_none(tmp_path: Path) -> None:
    path = deck(tmp_path / "d.pptx", opening, author="Ann Other, Bo Else; Microsoft Office User")
    assert read_here(path).authors == ("Ann Other", "Bo Else")


@pytest.mark.parametrize("named", ["PowerPoint-Präsentation", "Folie 1", "slide 12", "Presentation3"])
def test_names_that_programs_give_are_no_titles(named: str, tmp_path: Path) -> None:
    def box(made: Any) -> None:
        made.slides.add_slide(made.slide_layouts[6]).shapes.add_textbox(*BOX).text_frame.text = "It rises."

    assert read_here(deck(tmp_path / "d.pptx", box, name=named)).title == "d"


@pytest.mark.parametrize("place", [(-9, 1), (1, -9), (99, 1), (1, 99)])
def test_text_on_any_side_of_the_slide_is_left_out_but_not_in_a_group(place: tuple[int, int], tmp_path: Path) -> None:
    def shapes(made: Any) -> None:
        of = slide(made, "Causes").shapes
        for where in (of, of.add_group_shape().shapes):
            where.add_textbox(*map(Inches, place), *BOX[2:]).text_frame.text = "Grouped." if where is not of else "Out."
        of.add_textbox(*map(Inches, place), *BOX[2:])

    document = read(tmp_path, shapes)
    assert [text for _, text, _ in found(document)] == ["Causes", "Grouped."]
    assert document.warnings == ("text beside the slides is left out (1 shapes)",)


def test_a_hidden_group_is_not_read(tmp_path: Path) -> None:
    def shapes(made: Any) -> None:
        group = slide(made, "Causes").shapes.add_group_shape()
        group.shapes.add_textbox(*BOX).text_frame.text = "Hidden."
        group._element.nvGrpSpPr.cNvPr.set("hidden", "true")

    assert [text for _, text, _ in found(read(tmp_path, shapes))] == ["Causes"]


def test_fields_breaks_and_lowered_digits(tmp_path: Path) -> None:
    xml = (
        '<a:fld id="{B}" type="x"><a:t>57</a:t></a:fld><a:br/><a:r><a:t>m of CO</a:t></a:r>'
        '<a:r><a:rPr baseline="-25000" strike="noStrike"/><a:t>2</a:t></a:r><a:r><a:rPr baseline="x" sz="y"/>'
        "<a:t> rise</a:t></a:r>"
    )
    assert found(read(tmp_path, lambda made: with_xml(made, xml)))[1] == ("paragraph", "57 m of CO2 rise", 2)


def test_what_is_an_item_and_what_is_not(tmp_path: Path) -> None:
    def lists(made: Any) -> None:
        body = slide(made, "Causes", "moon", "sun").placeholders[1].text_frame
        etree.SubElement(body.paragraphs[1]._p.get_or_add_pPr(), f"{{{A}}}buNone")
        box = made.slides[1].shapes.add_textbox(*BOX).text_frame
        box.text = "wind"
        etree.SubElement(box.paragraphs[0]._p.get_or_add_pPr(), f"{{{A}}}buAutoNum").set("type", "arabicPeriod")

    assert found(read(tmp_path, lists))[1:] == [("list", "moon", 2), ("paragraph", "sun", 2), ("list", "1. wind", 2)]


def test_a_second_title_is_text(tmp_path: Path) -> None:
    def two(made: Any) -> None:
        box = slide(made, "Causes").shapes.add_textbox(*BOX)
        box.text_frame.text = "Another title"
        etree.SubElement(box._element.nvSpPr.nvPr, f"{{{PML}}}ph").set("type", "title")

    assert found(read(tmp_path, two)) == [("heading", "Causes", 2), ("paragraph", "Another title", 2)]


def test_a_chart_of_points_has_their_places_and_a_name_for_each_series(tmp_path: Path) -> None:
    def chart(made: Any) -> None:
        data = XyChartData()
        for points in ([(1.5, 6.2), (2, 0.1 + 0.2)], [(1.5, 7)]):
            series = data.add_series("")
            for point in points:
                series.add_data_point(*point)
        slide(made, "Heights").shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, *BOX, data)

    assert found(read(tmp_path, chart))[-1] == ("table", " | series 1 | series 2\n1.5 | 6.2 | 7\n2 | 0.3 | ", 2)


def test_a_chart_of_several_levels_has_the_names_of_all(tmp_path: Path) -> None:
    def chart(made: Any) -> None:
        data = CategoryChartData()
        for year in ("2023", "2024"):
            above = data.add_category(year)
            above.add_sub_category("Brest")
            above.add_sub_category("Kiel")
        data.add_series("spring", (6.2, 3, 6.4, 2.9))
        slide(made, "Heights").shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *BOX, data)

    rows = "2023 Brest | 6.2\n2023 Kiel | 3\n2024 Brest | 6.4\n2024 Kiel | 2.9"
    assert found(read(tmp_path, chart))[-1] == ("table", f" | spring\n{rows}", 2)


@pytest.mark.parametrize(("visible", "head"), [(True, "Year | tides (m)"), (False, "Year | tides")])
def test_the_titles_of_axes_stand_in_the_heads_of_a_chart(visible: bool, head: str, tmp_path: Path) -> None:
    def chart(made: Any) -> None:
        data = CategoryChartData()
        data.categories = ["1998", "1999"]
        data.add_series("tides", (6.2, 3))
        drawn = slide(made, "Heights").shapes.add_chart(XL_CHART_TYPE.LINE, *BOX, data).chart
        for axis, title in ((drawn.category_axis, "Year"), (drawn.value_axis, "m")):
            axis.has_title = True
            axis.axis_title.text_frame.text = title
        drawn.value_axis.visible = visible

    assert found(read(tmp_path, chart))[-1] == ("table", f"{head}\n1998 | 6.2\n1999 | 3", 2)


def test_slides_of_pictures_alone_are_named(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("L", (9, 9)).save(tmp_path / "p.png")

    def scanned(made: Any) -> None:
        made.slides.add_slide(made.slide_layouts[6]).shapes.add_picture(str(tmp_path / "p.png"), 0, 0)

    document = read(tmp_path, opening, scanned, lambda made: slide(made, "Heights", "Metres"), scanned)
    assert document.warnings == ("slides of pictures alone, whose text is not read: 3, 5",)


def test_embedded_objects_are_noted(tmp_path: Path) -> None:
    def sheet(made: Any) -> None:
        import io

        import openpyxl

        data = io.BytesIO()
        openpyxl.Workbook().save(data)
        data.seek(0)
        slide(made, "Heights", "Metres").shapes.add_ole_object(data, "Excel.Sheet.12", *BOX)

    assert read(tmp_path, sheet).warnings == ("embedded objects are not read (1)",)


def test_a_chart_without_values_keeps_its_title(tmp_path: Path) -> None:
    def chart(made: Any) -> None:
        data = CategoryChartData()
        data.categories = ["Brest"]
        data.add_series("spring", (None,))
        drawn = slide(made, "Heights").shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *BOX, data).chart
        drawn.has_title = True
        drawn.chart_title.text_frame.text = "Metres"

    assert found(read(tmp_path, chart))[1:] == [("caption", "Metres", 2)]
