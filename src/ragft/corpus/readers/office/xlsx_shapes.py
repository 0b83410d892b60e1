"""The text of a sheet that stands in no cell: text boxes, shapes, diagrams, and the titles of charts."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import Any

from ragft.corpus.readers.archives import parse_xml
from ragft.corpus.readers.colours import alike
from ragft.corpus.readers.office.alternatives import ALTERNATIVES, chosen_form
from ragft.corpus.readers.office.colours import Theme, drawn
from ragft.corpus.readers.office.diagrams import CHART, DIAGRAM, diagram_texts
from ragft.corpus.readers.office.namespaces import A, R
from ragft.corpus.readers.office.pptx_chart import chart_table
from ragft.corpus.readers.office.pptx_text import SlideReader
from ragft.corpus.readers.office.switches import turned_on

_X = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"


class ShapeReader:
    """Reads the drawings of the sheets in `archive`. `theme`: the colours of the workbook."""

    def __init__(self, archive: zipfile.ZipFile, theme: Theme) -> None:
        self._archive = archive
        self._members = set(archive.namelist())
        self._theme = theme
        self._texts = SlideReader(None, None)

    @property
    def notes(self) -> tuple[str, ...]:
        """Remarks on what was left out so far."""
        return self._texts.notes()

    def texts(self, sheet: str) -> Iterator[str]:
        """The paragraphs of the shapes of a sheet, which is named by its member of the archive."""
        for drawing in self._related(sheet, "drawing").values():
            parts = self._related(drawing, "chart") | self._related(drawing, "diagramData")
            yield from self._in(parse_xml(self._archive.read(drawing)), parts)

    def _in(self, parent: Any, parts: dict[str, str]) -> Iterator[str]:
        for node in parent:
            if node.tag == ALTERNATIVES:
                yield from self._in(chosen_form(node, lambda held: held.tag in {f"{A}t", CHART, DIAGRAM}), parts)
            elif node.tag in {f"{_X}sp", f"{_X}graphicFrame", f"{_X}grpSp"} and _is_hidden(node):
                continue
            elif node.tag == f"{_X}sp":
                yield from (text for _, _, text in self._texts.paragraphs(self._seen(node), "paragraph"))
            elif node.tag == DIAGRAM and node.get(f"{R}dm") in parts:
                for held in diagram_texts(node, lambda key: self._archive.read(parts[key])):
                    yield from (text for _, _, text in self._texts.paragraphs(held, "list"))
            elif node.tag == CHART and (chart := parts.get(node.get(f"{R}id", ""))):
                title, _ = chart_table(parse_xml(self._archive.read(chart)))  # its values stand in the cells
                if title:
                    yield title
            elif isinstance(node.tag, str):
                yield from self._in(node, parts)

    def _seen(self, shape: Any) -> Any:
        """The text of a shape without runs in the colour of its fill."""
        body, fill = shape.find(f"{_X}txBody"), shape.find(f"{_X}spPr/{A}solidFill")
        ground = drawn(fill, self._theme) if fill is not None else None
        if body is not None and ground is not None:
            for run in list(body.iter(f"{A}r")):
                stated = run.find(f"{A}rPr/{A}solidFill")
                colour = drawn(stated, self._theme) if stated is not None else None
                if colour is not None and alike(colour, ground):
                    run.getparent().remove(run)
        return body

    def _related(self, member: str, kind: str) -> dict[str, str]:
        """The members that one is related to as a `kind`, by the identifier of the relation."""
        from openpyxl.packaging.relationship import get_dependents, get_rels_path

        relations = get_rels_path(member).lstrip("/")
        if relations not in self._members:
            return {}
        found = get_dependents(self._archive, relations)
        return {one.Id: one.target for one in found if one.Type.endswith(f"/{kind}") and one.target in self._members}


def _is_hidden(shape: Any) -> bool:
    about = next(shape.iter(f"{_X}cNvPr"), None)
    return about is not None and turned_on(about.get("hidden"))
