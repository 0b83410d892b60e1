"""Charts and diagrams (SmartArt), which stand in parts of their own beside the document that shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ragft.corpus.base import BlockKind
from ragft.corpus.readers.archives import parse_xml
from ragft.corpus.readers.office.namespaces import A, C, R
from ragft.corpus.readers.office.pptx_chart import chart_table

_D = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
CHART, DIAGRAM = f"{C}chart", f"{_D}relIds"
"""The elements that stand for them in the document."""

Part = tuple[BlockKind, int, str]
"""A piece of text: the kind of its block, the level of a heading, and the words."""


def chart_parts(chart: Any, related: Callable[[str], bytes]) -> Iterator[Part]:
    """The title of a chart and the table behind it; `related` gives the part of an identifier."""
    title, lines = chart_table(parse_xml(related(chart.get(f"{R}id"))))
    if title:
        yield "caption", 0, title
    if lines:
        yield "table", 0, "\n".join(lines)


def diagram_texts(diagram: Any, related: Callable[[str], bytes]) -> Iterator[Any]:
    """The elements that hold the texts of a diagram, in its order, each with paragraphs of DrawingML."""
    for point in parse_xml(related(diagram.get(f"{R}dm"))).iter(f"{_D}pt"):
        text = point.find(f"{_D}t")
        if (
            text is not None
            and point.get("type", "node") in {"node", "asst"}
            and next(text.iter(f"{A}t"), None) is not None
        ):
            yield text
