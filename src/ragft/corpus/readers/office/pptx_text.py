"""From the XML of a slide to its text: titles, lists, tables, diagrams and charts, each part once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ragft.corpus.base import BlockKind
from ragft.corpus.merged_cells import PlacedCell, continued, unmerged
from ragft.corpus.raised import Position, on_one_line
from ragft.corpus.readers.office import omml
from ragft.corpus.readers.office.alternatives import ALTERNATIVES, chosen_form
from ragft.corpus.readers.office.character_codes import decoded
from ragft.corpus.readers.office.diagrams import CHART, DIAGRAM, chart_parts, diagram_texts
from ragft.corpus.readers.office.namespaces import A, M, P
from ragft.corpus.readers.office.pptx_covered import covered
from ragft.corpus.readers.office.pptx_numbers import ParagraphNumbers, lists_of
from ragft.corpus.readers.office.pptx_seen import SlideColours
from ragft.corpus.readers.office.switches import turned_on
from ragft.corpus.text import one_line

_FORMULAS = {f"{M}oMath", f"{M}oMathPara"}
_TITLES = {"title", "ctrTitle"}
_FURNITURE = {"ftr", "hdr", "dt", "sldNum"}
_SHIFT = 5000
"""Thousandths of a percent of the size of its letters by which raised text stands above the line, at least."""
_TINY = 100
"""Hundredths of a point up to which nobody reads a text."""

Part = tuple[BlockKind, int, str]
"""A piece of text: the kind of its block, the level of a heading, and the words."""


class SlideReader:
    """Reads the slides of a deck, whose size is in EMU; counts what it leaves out."""

    def __init__(self, width: int | None, height: int | None) -> None:
        self._size = (width or 0, height or 0)
        self._struck = self._outside = self._unseen = self._covered = self._embedded = 0
        self._colours: SlideColours | None = None

    def notes(self) -> tuple[str, ...]:
        """Remarks on what was left out so far."""
        found = []
        if self._struck:
            found.append(f"struck text is left out ({self._struck} characters)")
        if self._unseen:
            found.append(f"text in the colour of its ground is left out ({self._unseen} characters)")
        if self._covered:
            found.append(f"text under other shapes is left out ({self._covered} shapes)")
        if self._outside:
            found.append(f"text beside the slides is left out ({self._outside} shapes)")
        if self._embedded:
            found.append(f"embedded objects are not read ({self._embedded})")
        return tuple(found)

    def parts(self, part: Any, slide: Any) -> Iterator[Part]:
        """The title of a slide as a heading, then the rest in the order of the file, which screen readers follow."""
        tree = slide.find(f"{P}cSld/{P}spTree")
        shapes = list(self._shapes(tree)) if tree is not None else []
        self._colours = SlideColours(part, slide)
        under = covered(shapes, slide, self._colours)
        self._covered += sum(next(shape.iter(f"{A}t"), None) is not None for shape in under)
        shapes = [shape for shape in shapes if shape not in under]
        titles = [shape for shape in shapes if _placeholder(shape) in _TITLES][:1]
        for title in titles:
            self._colours.enter(title)
            said = self.paragraphs(title.find(f"{P}txBody"), "paragraph", tuple(lists_of(title, part)))
            if text := " ".join(text for _, _, text in said):
                yield "heading", 1, text
        for shape in shapes:
            if shape not in titles:
                self._colours.enter(shape)
                yield from self._shape(part, shape)
        self._colours = None

    def paragraphs(self, body: Any, kind: BlockKind, lists: Sequence[Any] = ()) -> Iterator[Part]:
        """The paragraphs of a text: items if they have a number or a bullet, others of the `kind` of the text.

        A paragraph that turns its bullet off is not part of a list. `lists`: see `ParagraphNumbers`.
        """
        numbers = ParagraphNumbers(lists)
        for paragraph in body.iterchildren(f"{A}p") if body is not None else ():
            if text := one_line(on_one_line(list(self._runs(paragraph)))):
                about = paragraph.find(f"{A}pPr")
                bullets = {node.tag for node in about} if about is not None else set()
                if number := numbers.next(paragraph):
                    yield "list", 0, f"{number} {text}"
                elif bullets & {f"{A}buChar", f"{A}buBlip"}:
                    yield "list", 0, text
                else:
                    yield "paragraph" if f"{A}buNone" in bullets else kind, 0, text

    def _shapes(self, tree: Any, *, grouped: bool = False) -> Iterator[Any]:
        for node in tree.iterchildren(f"{P}*", ALTERNATIVES):
            if node.tag == ALTERNATIVES:
                yield from self._shapes(chosen_form(node, _is_text), grouped=grouped)
            elif node.tag == f"{P}grpSp":
                if not _is_hidden(node):
                    yield from self._shapes(node, grouped=True)
            elif node.tag in {f"{P}sp", f"{P}graphicFrame"} and not _is_hidden(node):
                if not grouped and self._is_outside(node):
                    self._outside += next(node.iter(f"{A}t"), None) is not None
                else:
                    yield node

    def _shape(self, part: Any, shape: Any) -> Iterator[Part]:
        placeholder = _placeholder(shape)
        if placeholder in _FURNITURE:
            return
        if shape.tag == f"{P}sp":
            kind: BlockKind = "list" if placeholder in {"body", "obj"} else "paragraph"
            yield from self.paragraphs(shape.find(f"{P}txBody"), kind, tuple(lists_of(shape, part)))
            return
        self._embedded += next(shape.iter(f"{P}oleObj"), None) is not None
        for table in shape.iter(f"{A}tbl"):
            rows = unmerged(continued(list(self._row(row, table)) for row in table.iterchildren(f"{A}tr")))
            if rows:
                yield "table", 0, "\n".join(map(" | ".join, rows))
        for diagram in shape.iter(DIAGRAM):
            for text in diagram_texts(diagram, lambda key: part.related_part(key).blob):
                yield from self.paragraphs(text, "list")
        for chart in shape.iter(CHART):
            yield from chart_parts(chart, lambda key: part.related_part(key).blob)

    def _row(self, row: Any, table: Any) -> Iterator[PlacedCell]:
        """The cells of a row, but those that one to their left covers; one that continues the one above has no text."""
        for column, cell in enumerate(row.iterchildren(f"{A}tc")):
            if not turned_on(cell.get("hMerge")):
                across = max(1, _number(cell.get("gridSpan"), 1))
                yield PlacedCell(self._cell(cell, table), column, across, not turned_on(cell.get("vMerge")))

    def _cell(self, cell: Any, table: Any) -> str:
        if self._colours is not None:
            self._colours.enter_cell(cell, table)
        return " ".join(text for _, _, text in self.paragraphs(cell.find(f"{A}txBody"), "paragraph"))

    def _runs(self, parent: Any) -> Iterator[tuple[str, Position]]:
        for node in parent:
            if node.tag in {f"{A}r", f"{A}fld"}:
                yield from self._run(node)
            elif node.tag == f"{A}br":
                yield " ", "line"
            elif node.tag in _FORMULAS:
                yield f" {omml.omml_line(node)} ", "line"
            elif node.tag == ALTERNATIVES:
                yield from self._runs(chosen_form(node, _is_text))
            elif isinstance(node.tag, str) and node.tag not in {f"{A}pPr", f"{A}endParaRPr"}:
                yield from self._runs(node)  # what holds a formula

    def _run(self, run: Any) -> Iterator[tuple[str, Position]]:
        text = decoded(run.findtext(f"{A}t") or "")
        if self._colours is not None and self._colours.hides(run):
            self._unseen += len(text)
            return
        look = run.find(f"{A}rPr")
        if look is None:
            yield text, "line"
        elif look.get("strike", "noStrike") != "noStrike":
            self._struck += len(text)
            yield " ", "line"
        elif _number(look.get("sz"), _TINY + 1) > _TINY:
            shift = _number(look.get("baseline"), 0)
            raised: Position = "raised" if shift > 0 else "lowered"
            yield text, raised if abs(shift) >= _SHIFT else "line"

    def _is_outside(self, shape: Any) -> bool:
        """Whether a shape lies beside the slide; one without a place of its own has that of the layout."""
        form = next(shape.iter(f"{A}xfrm", f"{P}xfrm"), None)
        start = form.find(f"{A}off") if form is not None else None
        size = form.find(f"{A}ext") if form is not None else None
        if start is None or size is None or not all(self._size):
            return False
        x, y = (_number(start.get(name), 0) for name in ("x", "y"))
        across, down = (_number(size.get(name), 0) for name in ("cx", "cy"))
        return x + across < 0 or y + down < 0 or x > self._size[0] or y > self._size[1]


def _placeholder(shape: Any) -> str:
    """The part of the layout that a shape fills: "title", "body", …; empty if none."""
    found = next(shape.iter(f"{P}ph"), None)
    return str(found.get("type", "obj")) if found is not None else ""


def _is_hidden(shape: Any) -> bool:
    about = next(shape.iter(f"{P}cNvPr"), None)
    return about is not None and turned_on(about.get("hidden"))


def _is_text(node: Any) -> bool:
    return node.tag in {f"{A}t", f"{M}t"} and bool(node.text)


def _number(value: str | None, default: int) -> int:
    try:
        return int(value or default)
    except ValueError:
        return default
