"""The numbers behind a chart, in the format of its labels, as a table: a row a category, a column a series."""

from __future__ import annotations

import contextlib
import datetime
import math
from typing import Any

from ragft.corpus.readers.number_formats import shown_number
from ragft.corpus.readers.office_switches import turned_on
from ragft.corpus.readers.office_text import decoded
from ragft.corpus.text import one_line

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_GENERAL = "General"


def chart_table(root: Any) -> tuple[str, list[str]]:
    """The title of a chart and the lines of its table; none where the file keeps no values."""
    heading = root.find(f"{_C}chart/{_C}title")
    title = one_line(" ".join(node.text or "" for node in heading.iter(f"{_A}t"))) if heading is not None else ""
    names: list[str] = []
    categories: dict[int, str] = {}
    columns: list[dict[int, str]] = []
    dates = _format_of_dates(root)
    for number, series in enumerate(root.iter(f"{_C}ser"), start=1):
        label = _label_format(series)
        values = _points(series, "val", label) or _points(series, "yVal", label)
        if not values:
            continue
        name = series.find(f"{_C}tx")
        names.append(one_line(" ".join(node.text or "" for node in name.iter(f"{_C}v")) if name is not None else ""))
        names[-1] = names[-1] or f"series {number}"
        columns.append(values)
        categories = {**(_points(series, "cat", dates) or _points(series, "xVal", dates)), **categories}
    if not columns:
        return title, []
    places = sorted({place for column in columns for place in column})
    rows = [[categories.get(place, str(place + 1)), *(column.get(place, "") for column in columns)] for place in places]
    return title, [" | ".join(row) for row in (["", *names], *rows)]


def _points(series: Any, name: str, label: str = "") -> dict[int, str]:
    """What is shown of values, by their place; the innermost of categories with several levels.

    `label`: the number format of their labels, where that is not the format of the values.
    """
    axis = series.find(f"{_C}{name}")
    if axis is None:
        return {}
    level = axis.find(f".//{_C}lvl")
    usual = axis.findtext(f".//{_C}formatCode") or _GENERAL
    epoch = series.getroottree().getroot().find(f"{_C}date1904")
    since_1904 = epoch is not None and turned_on(epoch.get("val"), usual=True)
    found: dict[int, str] = {}
    for point in (axis if level is None else level).iter(f"{_C}pt"):
        place = point.get("idx", "")
        if place.isdecimal():
            code = label or point.get("formatCode") or usual
            found[int(place)] = _shown(point.findtext(f"{_C}v") or "", code, since_1904=since_1904)
    return found


def _format_of_dates(root: Any) -> str:
    """The number format of dates that the axis of the categories has of its own; empty without one."""
    for kind in ("dateAx", "catAx", "valAx"):
        axis = next(root.iter(f"{_C}{kind}"), None)
        if axis is not None:  # the first is that of the categories, or of the places of points
            stated = axis.find(f"{_C}numFmt")
            linked = stated is None or turned_on(stated.get("sourceLinked"))
            code = "" if stated is None or linked else str(stated.get("formatCode") or "")
            return code if _is_date(code) else ""
    return ""


def _label_format(series: Any) -> str:
    """The number format of the labels of a series, or of all in its chart; empty where it is that of the values."""
    for holder in (series, series.getparent()):
        labels = holder.find(f"{_C}dLbls")
        stated = labels.find(f"{_C}numFmt") if labels is not None else None
        if stated is not None and not turned_on(stated.get("sourceLinked")):
            return str(stated.get("formatCode") or "")
    return ""


def _is_date(code: str) -> bool:
    """Whether a number format shows a date or a time."""
    from openpyxl.styles.numbers import is_date_format

    return bool(code) and bool(is_date_format(code))


def _shown(value: str, code: str, *, since_1904: bool) -> str:
    """A number in its format, else as short as it is exact; a date as in a workbook; words as they are."""
    from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

    try:
        number = float(value)
    except ValueError:
        return one_line(decoded(value))
    if not math.isfinite(number):
        return one_line(value)
    if _is_date(code):
        with contextlib.suppress(ValueError, OverflowError):
            date = from_excel(number, MAC_EPOCH if since_1904 else WINDOWS_EPOCH)
            if isinstance(date, datetime.datetime) and date.time() == datetime.time():
                return date.date().isoformat()
            if isinstance(date, datetime.datetime | datetime.time):
                return date.isoformat()
    return shown_number(number, code)
