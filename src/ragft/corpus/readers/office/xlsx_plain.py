"""A copy of a workbook with its values, number formats and plainest looks alone.

Programs write fonts, dates and rules that the standard does not know. Excel passes over them; openpyxl stops at the
first and reads nothing.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

from ragft.corpus.readers.archives import parse_xml
from ragft.corpus.readers.office.alternatives import put_first_forms
from ragft.corpus.readers.office.namespaces import S

NOTE = "parts of the workbook are not as its format says: values and number formats are read, not all looks"
_NUMBER, _DECIMAL = re.compile(r"\d{1,7}"), re.compile(r"-?\d{1,9}(?:\.\d{1,20})?(?:[eE]-?\d{1,3})?")
_SWITCH, _COLOUR = re.compile("[01]|true|false"), re.compile(r"(?:[\dA-Fa-f]{2})?[\dA-Fa-f]{6}")
_AREA = re.compile(r"[A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7}")
_PATTERN = re.compile(
    "none|solid|gray(?:125|0625)|(?:medium|dark|light)Gray|(?:dark|light)(?:Horizontal|Vertical|Down|Up|Grid|Trellis)"
)
_OF_COLOURS = {
    "rgb": _COLOUR, "theme": _NUMBER, "indexed": re.compile(r"\d{1,2}"), "auto": _SWITCH, "tint": _DECIMAL
}  # fmt: skip
_ATTRIBUTES: dict[str, dict[str, re.Pattern[str]]] = {
    "workbookPr": {"date1904": _SWITCH},
    "sheetFormatPr": {"defaultColWidth": _DECIMAL, "defaultRowHeight": _DECIMAL, "customHeight": _SWITCH},
    "col": {"min": _NUMBER, "max": _NUMBER, "width": _DECIMAL, "hidden": _SWITCH},
    "row": {"r": _NUMBER, "ht": _DECIMAL, "hidden": _SWITCH},
    "c": {"r": re.compile(r"[A-Z]{1,3}\d{1,7}"), "s": _NUMBER, "t": re.compile("[nsbed]|str|inlineStr")},
    "mergeCell": {"ref": _AREA},
    "xf": {"numFmtId": _NUMBER, "fontId": _NUMBER, "fillId": _NUMBER},
    "sz": {"val": _DECIMAL},
    "strike": {"val": _SWITCH},
    "vertAlign": {"val": re.compile("superscript|subscript|baseline")},
    "patternFill": {"patternType": _PATTERN},
    "color": _OF_COLOURS,
    "fgColor": _OF_COLOURS,
}  # fmt: skip
"""Attributes that are kept, by element, with the form of their values."""
_NEEDED = {"col": ("min", "max"), "mergeCell": ("ref",), "sz": ("val",), "vertAlign": ("val",)}
_OF_SHEETS = frozenset({"sheetFormatPr", "cols", "sheetData", "mergeCells"})
_OF_BOOKS = frozenset({"workbookPr", "sheets"})
_OF_STYLES = frozenset({"numFmts", "fonts", "fills", "cellXfs"})
_STYLES = "xl/styles.xml"
_OF_FONTS = frozenset({"sz", "strike", "vertAlign", "color"})


def has_several_forms(file: str | io.BytesIO) -> bool:
    """Whether the looks of a workbook are given in several forms, of which openpyxl reads none.

    Raises:
        zipfile.BadZipFile: it is damaged.
    """
    with zipfile.ZipFile(file) as archive:
        return _STYLES in archive.namelist() and b":AlternateContent" in archive.read(_STYLES)


def plain_copy(file: str | io.BytesIO) -> io.BytesIO:
    """The copy, in memory.

    Raises:
        zipfile.BadZipFile, KeyError, lxml.etree.XMLSyntaxError: it is damaged, or no workbook.
    """
    copy = io.BytesIO()
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        names = archive.namelist()
        relations = parse_xml(archive.read("xl/_rels/workbook.xml.rels"))
        sheets = {one.get("Id"): one.get("Target") for one in relations if one.get("Type", "").endswith("/worksheet")}
        styles = parse_xml(archive.read(_STYLES)) if _STYLES in names else None
        formats = _plain_styles(styles) if styles is not None else 1
        listed = {"", *names}
        writers: dict[str, Callable[[Any], None]] = {
            "[Content_Types].xml": lambda root: _keep(root, lambda one: one.get("PartName", "/")[1:] in listed),
            "docProps/core.xml": lambda root: _keep(root, lambda one: "/dc/elements/" in str(one.tag)),
            "xl/workbook.xml": lambda root: _plain_book(root, sheets),
        }
        for name in names:
            if name.startswith("xl/worksheets/_rels/") or name == "docProps/custom.xml":
                continue
            is_sheet = name.startswith("xl/worksheets/") and name.endswith(".xml")
            writer = (lambda root: _plain_sheet(root, formats)) if is_sheet else writers.get(name)
            if name == _STYLES:
                made.writestr(name, _written(styles))
            elif writer is None:
                made.writestr(name, archive.read(name))
            else:
                root = parse_xml(archive.read(name))
                writer(root)
                made.writestr(name, _written(root))
    copy.seek(0)
    return copy


def _written(root: Any) -> bytes:
    from lxml import etree

    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _plain_book(root: Any, sheets: dict[str, str]) -> None:
    """Leave the sheets that have cells."""
    _keep(root, lambda one: _name(one) in _OF_BOOKS)
    for listed in root.iter(f"{S}sheets"):
        _keep(listed, lambda one: any(key.endswith("}id") and value in sheets for key, value in one.attrib.items()))
    _only_known_attributes(root)


def _plain_sheet(root: Any, formats: int) -> None:
    """Leave the cells, and of the formats of cells those that the workbook has."""
    _keep(root, lambda one: _name(one) in _OF_SHEETS)
    _only_known_attributes(root)
    for cell in root.iter(f"{S}c"):
        if int(cell.get("s", 0)) >= formats:
            del cell.attrib["s"]


def _plain_styles(root: Any) -> int:
    """Leave fonts, grounds and formats of cells, the usual ones for those that are missing; the number of formats."""
    from lxml import etree

    put_first_forms(root)
    _keep(root, lambda one: _name(one) in _OF_STYLES)
    for font in root.iter(f"{S}font"):
        _keep(font, lambda one: _name(one) in _OF_FONTS)
    for fill in root.iter(f"{S}fill"):
        if len(fill) != 1 or _name(fill[0]) != "patternFill":
            unknown = {"patternType": "gray125"} if len(fill) else {}
            _keep(fill, lambda _: False)
            etree.SubElement(fill, f"{S}patternFill", unknown)
        _keep(fill[0], lambda one: _name(one) == "fgColor")
    for format_ in root.iter(f"{S}xf"):
        _keep(format_, lambda _: False)
    _only_known_attributes(root)
    counts = {}
    for holder, one in (("fonts", "font"), ("fills", "fill"), ("cellXfs", "xf")):
        found = root.find(f"{S}{holder}")
        found = etree.SubElement(root, f"{S}{holder}") if found is None else found
        found.attrib.clear()
        if not len(found):
            first = etree.SubElement(found, f"{S}{one}")
            if one == "fill":
                etree.SubElement(first, f"{S}patternFill")
        counts[f"{one}Id"] = len(found)
    for format_ in root.iter(f"{S}xf"):
        for key in ("fontId", "fillId"):
            if int(format_.get(key, 0)) >= counts[key]:
                del format_.attrib[key]
    return counts["xfId"]


def _only_known_attributes(root: Any) -> None:
    for node in list(root.iter()):
        forms = _ATTRIBUTES.get(_name(node))
        if forms is None:
            continue
        for key, value in list(node.attrib.items()):
            if key not in forms or not forms[key].fullmatch(value):
                del node.attrib[key]
        if any(key not in node.attrib for key in _NEEDED.get(_name(node), ())):
            node.getparent().remove(node)


def _keep(parent: Any, wanted: Callable[[Any], bool]) -> None:
    for node in list(parent):
        if not isinstance(node.tag, str) or not wanted(node):
            parent.remove(node)


def _name(node: Any) -> str:
    return node.tag.removeprefix(S) if isinstance(node.tag, str) else ""
