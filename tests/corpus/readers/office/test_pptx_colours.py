"""Text of slides that has the colour of its fill, its cell, what it lies on or the background; numbers of charts."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import MSO_SHAPE
from pptx.util import Inches

from tests.corpus.readers.office.test_pptx import BOX, A, found, read, slide

WHITE, NAVY = RGBColor(255, 255, 255), RGBColor(0, 0, 128)
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
FAR = (Inches(6), Inches(5), Inches(1), Inches(1))


def box(made: Any, colour: RGBColor | None = WHITE, fill: RGBColor | None = None) -> Any:
    shape = made.shapes.add_textbox(*BOX)
    run = shape.text_frame.paragraphs[0].add_run()
    run.text = "4711 bolts"
    if colour is not None:
        run.font.color.rgb = colour
    if fill is not None:
        shape.fill.solid()
        shape.fill.fore_color.rgb = fill
    return run


def shape(made: Any, place: tuple[int, ...], fill: RGBColor | None) -> None:
    drawn = made.shapes.add_shape(MSO_SHAPE.RECTANGLE, *place)
    drawn.fill.solid()
    if fill is None:
        drawn.fill.background()
    else:
        drawn.fill.fore_color.rgb = fill


def on_dark_background(made: Any) -> None:
    made.background.fill.solid()
    made.background.fill.fore_color.rgb = NAVY
    box(made)


def on_dark_layout(made: Any) -> None:
    made.slide_layout.background.fill.solid()
    made.slide_layout.background.fill.fore_color.rgb = NAVY
    box(made)


def in_theme_colour(made: Any, colour: MSO_THEME_COLOR) -> None:
    box(made, None).font.color.theme_color = colour


def in_swapped_accents(made: Any, fill: str) -> None:
    """Words in the second accent of a theme (C0504D), which the master calls the first (4F81BD)."""
    names = made.slide_layout.slide_master._element.find(f"{{{P}}}clrMap")
    names.set("accent1", "accent2")
    names.set("accent2", "accent1")
    box(made, None, RGBColor.from_string(fill)).font.color.theme_color = MSO_THEME_COLOR.ACCENT_2


def let_through(made: Any, xml: str) -> None:
    look = box(made, None)._r.get_or_add_rPr()
    look.append(etree.fromstring(f"<a:w xmlns:a='{A}'>{xml}</a:w>")[0])


def in_cell(made: Any, fill: RGBColor | None, colour: RGBColor, style: str = "") -> None:
    frame = made.shapes.add_table(1, 1, *BOX)
    cell = frame.table.cell(0, 0)
    run = cell.text_frame.paragraphs[0].add_run()
    run.text = "4711 bolts"
    run.font.color.rgb = colour
    if fill is not None:
        cell.fill.solid()
        cell.fill.fore_color.rgb = fill
    if style:
        next(frame._element.iter(f"{{{A}}}tableStyleId")).text = style


def on_gradient(made: Any) -> None:
    body = box(made)._r.getparent().getparent()
    fill = next(body.getparent().iter(f"{{{A}}}noFill"))
    fill.getparent().replace(fill, etree.fromstring(f"<a:gradFill xmlns:a='{A}'/>"))


def without_its_fill(made: Any) -> None:
    """A shape whose words are white by its style, and whose fill was taken away."""
    drawn = made.shapes.add_shape(MSO_SHAPE.RECTANGLE, *BOX)
    drawn.text_frame.text = "4711 bolts"
    drawn.fill.background()


def with_its_fill(made: Any) -> None:
    made.shapes.add_shape(MSO_SHAPE.RECTANGLE, *BOX).text_frame.text = "4711 bolts"


NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
UNSEEN: dict[str, Callable[[Any], object]] = {
    "white on white": box,
    "nearly white": lambda made: box(made, RGBColor(253, 252, 254)),
    "in its fill": lambda made: box(made, NAVY, NAVY),
    "colour of the theme": lambda made: in_theme_colour(made, MSO_THEME_COLOR.BACKGROUND_1),
    "colour that the master renames": lambda made: in_swapped_accents(made, "4F81BD"),
    "on a shape without a fill": lambda made: (shape(made, BOX, None), box(made)),
    "beside a dark shape": lambda made: (shape(made, FAR, NAVY), box(made)),
    "below a dark shape": lambda made: (box(made), shape(made, FAR, NAVY)),
    "no fill": lambda made: let_through(made, "<a:noFill/>"),
    "let through": lambda made: let_through(
        made, "<a:solidFill><a:srgbClr val='FF0000'><a:alpha val='0'/></a:srgbClr></a:solidFill>"
    ),
    "in a cell": lambda made: in_cell(made, NAVY, NAVY),
    "in a table without style": lambda made: in_cell(made, None, WHITE, NO_STYLE),
    "without its fill": without_its_fill,
}
SEEN: dict[str, Callable[[Any], object]] = {
    "white on its fill": lambda made: box(made, WHITE, NAVY),
    "white on a background": on_dark_background,
    "white on the layout's background": on_dark_layout,
    "white on a shape": lambda made: (shape(made, BOX, NAVY), box(made)),
    "white on a gradient": on_gradient,
    "dark colour of the theme": lambda made: in_theme_colour(made, MSO_THEME_COLOR.TEXT_1),
    "another colour that the master renames": lambda made: in_swapped_accents(made, "C0504D"),
    "white in a styled table": lambda made: in_cell(made, None, WHITE),
    "white in a dark cell": lambda made: in_cell(made, NAVY, WHITE),
    "white by the style of its shape": with_its_fill,
    "no colour": lambda made: box(made, None),
}


def texts(folder: Path, fill: Callable[[Any], object]) -> list[str]:
    return [text for _, text, _ in found(read(folder, lambda made: fill(slide(made, "Gates", layout=5))))]


@pytest.mark.parametrize("name", UNSEEN)
def test_text_in_the_colour_of_what_is_behind_it(name: str, tmp_path: Path) -> None:
    assert "4711" not in " ".join(texts(tmp_path, UNSEEN[name]))


def test_text_in_the_colour_of_the_background(tmp_path: Path) -> None:
    def fill(made: Any) -> None:
        on_dark_background(made)
        box(made, NAVY).text = "57 nuts"

    assert texts(tmp_path, fill) == ["Gates", "4711 bolts"]


@pytest.mark.parametrize("name", SEEN)
def test_text_in_another_colour_is_read(name: str, tmp_path: Path) -> None:
    assert "4711 bolts" in texts(tmp_path, SEEN[name])


def test_what_is_left_out_is_noted(tmp_path: Path) -> None:
    document = read(tmp_path, lambda made: box(slide(made, "Gates", layout=5)))
    assert "text in the colour of its ground is left out (10 characters)" in document.warnings


def chart(folder: Path, change: Callable[[Any], object], code: str = "General", *values: float) -> str:
    def fill(made: Any) -> None:
        data = CategoryChartData(number_format=code)
        data.categories = ["Brest", "Kiel"][: len(values)]
        data.add_series("spring", values)
        change(slide(made, "Heights").shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *BOX, data).chart)

    return found(read(folder, fill))[-1][1]


def with_labels(code: str, linked: bool) -> Callable[[Any], None]:
    def change(drawn: Any) -> None:
        drawn.plots[0].has_data_labels = True
        drawn.plots[0].data_labels.number_format = code
        drawn.plots[0].data_labels.number_format_is_linked = linked

    return change


def test_the_numbers_of_a_chart_are_in_their_format(tmp_path: Path) -> None:
    assert chart(tmp_path, id, "0.0%", 0.453, 0.5) == " | spring\nBrest | 45.3%\nKiel | 50.0%"
    assert chart(tmp_path, id, "#,##0", 12345.6) == " | spring\nBrest | 12,346"
    assert chart(tmp_path, id, "yyyy-mm-dd", 43831) == " | spring\nBrest | 2020-01-01"


def test_the_format_of_the_labels_counts_where_it_is_their_own(tmp_path: Path) -> None:
    assert chart(tmp_path, with_labels("0%", False), "General", 0.453) == " | spring\nBrest | 45%"
    assert chart(tmp_path, with_labels("0%", True), "0.0", 0.453) == " | spring\nBrest | 0.5"


def test_years_and_dates_of_categories_are_shown(tmp_path: Path) -> None:
    def fill(made: Any) -> None:
        data = CategoryChartData()
        data.categories = [datetime.date(2020, 1, 1), datetime.date(2021, 1, 1)]
        data.add_series("spring", (6.2, 3))
        slide(made, "Heights").shapes.add_chart(XL_CHART_TYPE.LINE, *BOX, data)

    assert found(read(tmp_path, fill))[-1][1] == " | spring\n2020-01-01 | 6.2\n2021-01-01 | 3"


@pytest.mark.parametrize(
    ("code", "linked", "value", "seen"),
    [
        ("mmm yyyy", False, 45429, "2024-05"),
        ("[h]:mm", False, 1.5, "36:00"),
        ("mmm yyyy", True, 45429, "45429"),
        ("hh:mm", False, 45429.5, "12:00"),
        ("0", False, 2024, "2024"),
    ],
)
def test_days_that_are_plain_numbers_are_dates_where_the_axis_says_so(
    code: str, linked: bool, value: float, seen: str, tmp_path: Path
) -> None:
    def fill(made: Any) -> None:
        data = CategoryChartData()
        data.categories = [value]
        data.add_series("spring", (6.2,))
        drawn = slide(made, "Heights").shapes.add_chart(XL_CHART_TYPE.LINE, *BOX, data).chart
        drawn.category_axis.tick_labels.number_format = code
        drawn.category_axis.tick_labels.number_format_is_linked = linked

    assert found(read(tmp_path, fill))[-1][1] == f" | spring\n{seen} | 6.2"
