"""The numbers behind a chart, in the format of its labels, as a table: a row a category, a column a series."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping
from typing import Any

from ragft.corpus.readers.office.character_codes import decoded
from ragft.corpus.readers.office.date_formats import Moment, shown_date
from ragft.corpus.readers.office.namespaces import A, C
from ragft.corpus.readers.office.number_formats import shown_number
from ragft.corpus.readers.office.switches import turned_on
from ragft.corpus.text import one_line

_GENERAL = "General"
_MOST_DIGITS = 9
"""Of the place of a point."""


def chart_table(root: Any) -> tuple[str, list[str]]:
    """The title of a chart and the lines of its table; none where the file keeps no values.

    The titles of axes, which often name a unit, stand in the heads of the columns: `k€` in `2023 (k€)`.
    """
    title = _title_of(root.find(f"{C}chart"))
    names: list[str] = []
    categories: dict[int, str] = {}
    columns: list[dict[int, str]] = []
    dates, axes = _format_of_dates(root), _titles_of_axes(root)
    of_categories = ""
    for number, series in enumerate(root.iter(f"{C}ser"), start=1):
        label = _label_format(series)
        values = _points(series, "val", label) or _points(series, "yVal", label)
        if not values:
            continue
        name = series.find(f"{C}tx")
        called = one_line(" ".join(node.text or "" for node in name.iter(f"{C}v")) if name is not None else "")
        across, up = _axes_of(series, axes)
        names.append((called or f"series {number}") + (f" ({up})" if up else ""))
        of_categories = of_categories or across
        columns.append(values)
        categories = {**(_points(series, "cat", dates) or _points(series, "xVal", dates)), **categories}
    if not columns:
        return title, []
    places = sorted({place for column in columns for place in column})
    rows = [[categories.get(place, str(place + 1)), *(column.get(place, "") for column in columns)] for place in places]
    return title, [" | ".join(row) for row in ([of_categories, *names], *rows)]


def _title_of(holder: Any) -> str:
    heading = holder.find(f"{C}title") if holder is not None else None
    return one_line(" ".join(node.text or "" for node in heading.iter(f"{A}t"))) if heading is not None else ""


def _titles_of_axes(root: Any) -> dict[str, str]:
    """The titles of the axes that are shown, by their identifiers."""
    found = {}
    for axis in root.iter(*(f"{C}{kind}" for kind in ("catAx", "dateAx", "valAx", "serAx"))):
        named, deleted = axis.find(f"{C}axId"), axis.find(f"{C}delete")
        if named is not None and (deleted is None or not turned_on(deleted.get("val"), usual=True)):
            found[named.get("val", "")] = _title_of(axis)
    return found


def _axes_of(series: Any, titles: Mapping[str, str]) -> tuple[str, str]:
    """The titles of the axes of a series: that of its categories, and that of its values."""
    named = [titles.get(axis.get("val"), "") for axis in series.getparent().iterchildren(f"{C}axId")]
    across, up = [*named, "", ""][:2]
    return across, up


def _points(series: Any, name: str, label: str = "") -> dict[int, str]:
    """What is shown of values, by their place; of categories with several levels all, the outermost first.

    `label`: the number format of their labels, where that is not the format of the values.
    """
    axis = series.find(f"{C}{name}")
    if axis is None:
        return {}
    innermost, *outer = axis.findall(f".//{C}lvl") or [axis]
    usual = axis.findtext(f".//{C}formatCode") or _GENERAL
    epoch = series.getroottree().getroot().find(f"{C}date1904")
    since_1904 = epoch is not None and turned_on(epoch.get("val"), usual=True)
    found: dict[int, str] = {}
    for place, point in _placed(innermost):
        code = label or point.get("formatCode") or usual
        found[place] = _shown(point.findtext(f"{C}v") or "", code, since_1904=since_1904)
    for level in outer:
        begins = {place: point.findtext(f"{C}v") or "" for place, point in _placed(level)}
        over = ""
        for place in sorted(found.keys() | begins.keys()):
            over = one_line(begins.get(place, over))
            if place in found and over:
                found[place] = f"{over} {found[place]}"
    return found


def _placed(level: Any) -> Iterator[tuple[int, Any]]:
    """The points of a level, each with its place; those without one are left out."""
    for point in level.iter(f"{C}pt"):
        place = point.get("idx", "")
        if place.isdecimal() and len(place) <= _MOST_DIGITS:
            yield int(place), point


def _format_of_dates(root: Any) -> str:
    """The number format of dates that the axis of the categories has of its own; empty without one."""
    for kind in ("dateAx", "catAx", "valAx"):
        axis = next(root.iter(f"{C}{kind}"), None)
        if axis is not None:  # the first is that of the categories, or of the places of points
            stated = axis.find(f"{C}numFmt")
            linked = stated is None or turned_on(stated.get("sourceLinked"))
            code = "" if stated is None or linked else str(stated.get("formatCode") or "")
            return code if _is_date(code) else ""
    return ""


def _label_format(series: Any) -> str:
    """The number format of the labels of a series, or of all in its chart; empty where it is that of the values."""
    for holder in (series, series.getparent()):
        labels = holder.find(f"{C}dLbls")
        stated = labels.find(f"{C}numFmt") if labels is not None else None
        if stated is not None and not turned_on(stated.get("sourceLinked")):
            return str(stated.get("formatCode") or "")
    return ""


def _is_date(code: str) -> bool:
    """Whether a number format shows a date or a time."""
    from openpyxl.styles.numbers import is_date_format

    return bool(code) and bool(is_date_format(code))


def _shown(value: str, code: str, *, since_1904: bool) -> str:
    """A number in its format, else as short as it is exact; a date as in a workbook; words as they are."""
    from openpyxl.styles.numbers import is_timedelta_format
    from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

    try:
        number = float(value)
    except ValueError:
        return one_line(decoded(value))
    if not math.isfinite(number):
        return one_line(value)
    if _is_date(code):
        with contextlib.suppress(ValueError, OverflowError):
            epoch = MAC_EPOCH if since_1904 else WINDOWS_EPOCH
            date = from_excel(number, epoch, timedelta=is_timedelta_format(code))
            if isinstance(date, Moment):
                return shown_date(date, code)
    return shown_number(number, code)
