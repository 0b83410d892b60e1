"""The numbers behind a chart, as a table: a row a category, a column a series."""

from __future__ import annotations

from typing import Any

from ragft.corpus.text import one_line

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def chart_table(root: Any) -> tuple[str, list[str]]:
    """The title of a chart and the lines of its table; none where the file keeps no values."""
    heading = root.find(f"{_C}chart/{_C}title")
    title = one_line(" ".join(node.text or "" for node in heading.iter(f"{_A}t"))) if heading is not None else ""
    names: list[str] = []
    categories: dict[int, str] = {}
    columns: list[dict[int, str]] = []
    for number, series in enumerate(root.iter(f"{_C}ser"), start=1):
        values = _points(series, "val") or _points(series, "yVal")
        if not values:
            continue
        name = series.find(f"{_C}tx")
        names.append(one_line(" ".join(node.text or "" for node in name.iter(f"{_C}v")) if name is not None else ""))
        names[-1] = names[-1] or f"series {number}"
        columns.append(values)
        categories = {**(_points(series, "cat") or _points(series, "xVal")), **categories}
    if not columns:
        return title, []
    places = sorted({place for column in columns for place in column})
    rows = [[categories.get(place, str(place + 1)), *(column.get(place, "") for column in columns)] for place in places]
    return title, [" | ".join(row) for row in (["", *names], *rows)]


def _points(series: Any, name: str) -> dict[int, str]:
    """Values by their place; the innermost of categories with several levels."""
    axis = series.find(f"{_C}{name}")
    level = axis.find(f".//{_C}lvl") if axis is not None else None
    found: dict[int, str] = {}
    for point in (level if level is not None else axis).iter(f"{_C}pt") if axis is not None else ():
        place = point.get("idx", "")
        if place.isdecimal():
            found[int(place)] = _plain(point.findtext(f"{_C}v") or "")
    return found


def _plain(value: str) -> str:
    """A number as short as it is exact, `0.453` for `0.45300000000000001`; anything else as it is."""
    try:
        return f"{float(value):.12g}"
    except ValueError:
        return one_line(value)
