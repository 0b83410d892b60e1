"""Merged areas of sheets that reach far beyond the rows, as where a whole column is merged.

openpyxl makes a cell for each place of an area: a million for a column.
"""

from __future__ import annotations

import io
import re
import zipfile

_AREA = re.compile(rb"(<(?:\w+:)?mergeCell\s[^<>]*?ref=\")([A-Z]{1,3}(\d{1,7}):[A-Z]{1,3})(\d{1,7})\"")
_ROW = re.compile(rb"<(?:\w+:)?row\s[^<>]*?\br=\"(\d{1,7})\"")
_FAR = 1_000
"""Rows without a value from which on an area is cut."""


def with_near_areas(file: str | io.BytesIO) -> str | io.BytesIO:
    """What is opened in the place of a workbook: itself, or a copy in memory where merged areas reach too far.

    Raises:
        zipfile.BadZipFile: it is damaged.
    """
    with zipfile.ZipFile(file) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        changed = {name: data for name in sheets if (data := _cut(archive.read(name)))}
        if not changed:
            return file
        copy = io.BytesIO()
        with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
            for name in archive.namelist():
                made.writestr(name, changed.get(name) or archive.read(name))
    copy.seek(0)
    return copy


def _cut(sheet: bytes) -> bytes:
    """A sheet whose areas end with its last row; empty where none reaches far beyond it."""
    areas = [int(last) for *_, last in _AREA.findall(sheet)]
    if not areas or max(areas) < _FAR:
        return b""
    end = max(map(int, _ROW.findall(sheet)), default=0)
    if max(areas) < end + _FAR:
        return b""
    return _AREA.sub(
        lambda found: b'%s%s%d"' % (found[1], found[2], max(int(found[3]), min(int(found[4]), end))), sheet
    )
