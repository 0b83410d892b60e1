"""Reads the XML of a Word document to blocks in order: every visible part, once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ragft.corpus import overrides
from ragft.corpus.base import BlockKind
from ragft.corpus.merged_cells import PlacedCell, continued, unmerged
from ragft.corpus.raised import Position, on_one_line
from ragft.corpus.readers.office import omml
from ragft.corpus.readers.office.alternatives import ALTERNATIVES, chosen_form
from ragft.corpus.readers.office.colours import Theme
from ragft.corpus.readers.office.docx_colours import Palette
from ragft.corpus.readers.office.docx_contents import is_of_contents
from ragft.corpus.readers.office.docx_fields import Fields
from ragft.corpus.readers.office.docx_numbering import Numbering
from ragft.corpus.readers.office.docx_related import SHOWN, RelatedParts
from ragft.corpus.readers.office.docx_seen import Look, StyleLooks, look_of
from ragft.corpus.readers.office.docx_symbols import shown_in_font, symbol
from ragft.corpus.readers.office.docx_xml import goes_on, is_on, line_of
from ragft.corpus.readers.office.docx_xml import value as _value
from ragft.corpus.readers.office.namespaces import M, W
from ragft.corpus.text import one_line

_TEXT_PATH = "{urn:schemas-microsoft-com:vml}textpath"
"""Words that are drawn along a path, as decorative text was before Word 2010."""
_HEADING = re.compile(r"(?:heading|überschrift|titre|título|titolo|kop|заголовок|标题|見出し)\s*(\d)", re.IGNORECASE)
_TITLES = frozenset("title titel titre título titolo название 标题 表題".split())
_GONE = {f"{W}{name}" for name in "del moveFrom rPr pPr sdtPr delText rt tblPr tblGrid trPr tcPr sectPr".split()}
_LOW = 20
"""Height in twentieths of a point up to which a line counts as hidden."""
_HOLDERS = {f"{W}{name}" for name in ("p", "tbl", "tr", "tc")}
_SPACES = {f"{W}{name}" for name in ("tab", "br", "cr", "ptab")}
_FIELDS = {f"{W}fldChar", f"{W}instrText"}
_NOTES = {f"{W}footnoteReference": "footnotes", f"{W}endnoteReference": "endnotes"}
_FORMULAS = {f"{M}oMath", f"{M}oMathPara"}

Part = tuple[BlockKind, int, str]
"""(kind, heading level, text); the title comes as a heading of level 0."""


@dataclass(frozen=True)
class DocxStyles:
    """The effects of styles on their paragraphs and runs, by identifier; `usual`: for paragraphs that name none."""

    names: dict[str, str] = field(default_factory=dict)
    levels: dict[str, int] = field(default_factory=dict)
    looks: StyleLooks = field(default_factory=StyleLooks)
    palette: Palette = field(default_factory=Palette)
    elements: dict[str, Any] = field(default_factory=dict)
    usual: str = ""


def read_styles(root: Any, theme: Theme) -> DocxStyles:
    """The styles of a `w:styles` element, each with what it takes over from the one it is based on."""
    found = {style.get(f"{W}styleId", ""): style for style in root.iter(f"{W}style")}
    names = {key: _value(style, "name").casefold() for key, style in found.items()}
    levels: dict[str, int] = {}
    for key in found:
        for style in line_of(key, found):
            if key not in levels and (level := _value(style, "pPr/outlineLvl")).isdecimal() and int(level) < 9:
                levels[key] = int(level) + 1
    palette = Palette(theme, found)
    usual = next((key for key, style in found.items() if _is_usual(style)), "")
    everywhere = look_of(root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"), palette)
    looks = StyleLooks(found, palette, usual, everywhere)
    return DocxStyles(names, levels, looks, palette, found, usual)


class Reader:
    """Reads a body; `notes` are the elements of footnotes and endnotes by (part, identifier).

    Attributes:
        contents: entries of the table of contents, which are left out unless it is read `with_contents`.
        struck: characters that are struck out, and so left out.
        unknown: characters of symbol fonts that are not known, and so blanks.
        fields: what the codes of fields show.
    """

    def __init__(
        self,
        styles: DocxStyles,
        notes: dict[tuple[str, str], Any],
        related: RelatedParts,
        separator: str = ",",
        numbering: Any = None,
        *,
        with_contents: bool = False,
    ) -> None:
        """`numbering`: the `w:numbering` element, if there is one; `separator`: see `Fields`."""
        self._styles = styles
        self._numbering = Numbering(numbering, styles.elements, styles.usual)
        self._notes = notes
        self._related = related
        self._later: list[Any] = []
        self._behind = Look()
        self._begun: list[str] = []
        self._with_contents = with_contents
        self.contents = 0
        self.struck = 0
        self.unknown = 0
        self.fields = Fields(separator)

    def parts(self, parent: Any) -> Iterator[Part]:
        """The parts of a body, a text box or a note; what a paragraph refers to follows it."""
        yield from self._parts(parent)
        yield from self._rest()

    def _parts(self, parent: Any) -> Iterator[Part]:
        for node in parent:
            if node.tag == f"{W}p":
                yield from self._paragraph(node)
            elif node.tag == f"{W}tbl":
                yield from self._rest()
                yield from self._table(node)
            elif node.tag == ALTERNATIVES:
                yield from self._parts(chosen_form(node, _is_text))
            elif node.tag in SHOWN:
                yield from self._rest()
                yield from self._related.parts(node)
            elif isinstance(node.tag, str) and node.tag not in _GONE:
                yield from self._parts(node)

    def _rest(self) -> Iterator[Part]:
        """What a paragraph began that goes on in no other."""
        text, self._begun = one_line("".join(self._begun)), []
        if text:
            yield "paragraph", 0, text

    def _paragraph(self, node: Any) -> Iterator[Part]:
        text = self._text(node)
        if text and (_is_first_letter(node) or goes_on(node)):
            self._begun.append(text.strip() if _is_first_letter(node) else text)
            return
        text, self._begun = one_line("".join([*self._begun, text])), []
        number = self._number(node, text)
        if text and not self._with_contents and is_of_contents(node, self._style_name(node)):
            self.contents += 1
        elif text and not _is_flat(node):
            yield (*self._kind(node), f"{number} {text}" if number else text)
        yield from self._waiting()

    def _waiting(self) -> Iterator[Part]:
        """The notes, text boxes and drawings that follow the paragraph or table that they are in."""
        waiting, self._later = self._later, []
        for held in waiting:
            yield from self._related.parts(held) if held.tag in SHOWN else self.parts(held)

    def _kind(self, node: Any) -> tuple[BlockKind, int]:
        style, name = _value(node, "pPr/pStyle"), self._style_name(node)
        outline = _value(node, "pPr/outlineLvl")
        if name in _TITLES:
            return "heading", 0
        if heading := _HEADING.match(name):
            return "heading", int(heading.group(1))
        if outline.isdecimal() and int(outline) < 9:
            return "heading", int(outline) + 1
        if level := self._styles.levels.get(style, 0):
            return "heading", level
        if name == "caption":
            return "caption", 0
        return ("list" if name.startswith("list") or node.find(f"{W}pPr/{W}numPr") is not None else "paragraph"), 0

    def _style_name(self, paragraph: Any) -> str:
        return self._styles.names.get(_value(paragraph, "pPr/pStyle"), "")

    def _table(self, table: Any) -> Iterator[Part]:
        inner: list[Any] = []
        shown = (row for row in _children(table, f"{W}tr") if not _is_hidden_row(row))
        rows = unmerged(continued(list(self._row(row, inner)) for row in shown))
        if rows:
            yield "table", 0, "\n".join(map(" | ".join, rows))
        yield from self._waiting()
        for nested in inner:
            yield from self._table(nested)

    def _row(self, row: Any, inner: list[Any]) -> Iterator[PlacedCell]:
        column = _count(_value(row, "trPr/gridBefore"), 0)
        for cell in _children(row, f"{W}tc"):
            if cell.find(f"{W}tcPr/{W}cellDel") is not None:
                continue
            across = _count(_value(cell, "tcPr/gridSpan"), 1)
            merged = cell.find(f"{W}tcPr/{W}vMerge")
            own = merged is None or merged.get(f"{W}val") == "restart"
            yield PlacedCell(self._cell(cell, inner), column, across, own)
            column += across

    def _cell(self, cell: Any, inner: list[Any]) -> str:
        inner += _children(cell, f"{W}tbl")
        parts: list[str] = []
        begun = ""
        for paragraph in _children(cell, f"{W}p"):
            begun += self._text(paragraph)
            if goes_on(paragraph):
                continue
            text, begun = one_line(begun), ""
            parts += [self._number(paragraph, text), text]  # a row of a table may have nothing but its number
        return " ".join(filter(None, [*parts, one_line(begun)]))

    def _number(self, paragraph: Any, text: str) -> str:
        """What stands before the `text` of a paragraph by itself; called for each in the order of the document."""
        palette = self._styles.palette
        mark = look_of(paragraph.find(f"{W}pPr/{W}rPr"), palette)
        if mark.vanish and not text:
            return ""  # nothing of it is seen, and it is not counted
        number = self._numbering.next(paragraph)
        if number is None or not number.text:
            return ""
        look = look_of(number.properties, palette).over(mark)
        is_unseen = look.struck or look.over(self._behind).is_hidden(paragraph, palette)
        return "" if is_unseen else one_line(number.text)

    def _text(self, paragraph: Any) -> str:
        """What is seen of a paragraph, with the blanks at its ends."""
        style = self._styles.looks.of(_value(paragraph, "pPr/pStyle"))
        fill = self._styles.palette.fill(paragraph.find(f"{W}pPr"))
        self._behind = replace(Look(fill=fill).over(style), position=None)
        runs = [*self._runs(paragraph, "line"), (self.fields.end_paragraph(), "line")]
        return on_one_line(runs)

    def _runs(self, parent: Any, position: Position, font: str = "") -> Iterator[tuple[str, Position]]:
        for node in parent:
            tag = node.tag
            if tag in _GONE or not isinstance(tag, str):
                continue
            if tag == f"{W}r":
                yield from self._run(node)
            elif tag in _NOTES:
                yield "*", "note"
                # Each note once, even where one refers to itself.
                note = self._notes.pop((_NOTES[tag], node.get(f"{W}id", "")), None)
                self._later += [note] if note is not None else []
            elif tag in _FORMULAS:
                yield f" {omml.omml_line(node)} ", "line"
            elif tag == f"{W}txbxContent" or tag in SHOWN:
                self._later.append(node)
            elif tag == ALTERNATIVES:
                yield from self._runs(chosen_form(node, _is_text), position, font)
            elif text := self._characters(node, font):
                yield (text if tag in _FIELDS else self.fields.text(text)), position
            elif tag == f"{W}bdo" and node.get(f"{W}val") == "rtl":
                yield overrides.BEGIN, position
                yield from self._runs(node, position, font)
                yield overrides.END, position
            else:
                yield from self._runs(node, position, font)

    def _run(self, node: Any) -> Iterator[tuple[str, Position]]:
        look = self._look(node)
        if look.is_hidden(node, self._styles.palette):
            for mark in node.iter(f"{W}fldChar"):
                self.fields.part(mark)
        elif look.struck:
            self.struck += sum(len(text.text or "") for text in node.iter(f"{W}t"))
            yield " ", "line"
        else:
            yield from self._runs(node, look.position or "line", look.font or "")

    def _characters(self, node: Any, font: str) -> str:
        """The characters that an element stands for."""
        if node.tag == f"{W}t":
            text, unknown = shown_in_font(node.text or "", font)
            self.unknown += unknown
            return text
        if node.tag in _FIELDS:
            return self.fields.part(node)
        if node.tag == f"{W}fldSimple":
            return "" if node.find(f".//{W}t") is not None else self.fields.shown(node.get(f"{W}instr", ""))
        if node.tag in _SPACES:
            return " "
        if node.tag == _TEXT_PATH:
            return f" {node.get('string', '')} " if node.get("on", "t").casefold() not in {"f", "false", "0"} else ""
        if node.tag == f"{W}noBreakHyphen":
            return "-"
        if node.tag != f"{W}sym":
            return ""
        char = symbol(int(node.get(f"{W}char", "0"), 16), node.get(f"{W}font", ""))
        self.unknown += not char
        return char or " "

    def _look(self, run: Any) -> Look:
        style = self._styles.looks.of(_value(run, "rPr/rStyle"))
        return look_of(run.find(f"{W}rPr"), self._styles.palette).over(style).over(self._behind)


def _is_usual(style: Any) -> bool:
    """Whether a style is that of the paragraphs which name none."""
    return style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in {"1", "true", "on"}


def _is_hidden_row(row: Any) -> bool:
    """Whether a row of a table is hidden, deleted, or too low to be seen."""
    about = row.find(f"{W}trPr")
    if about is None:
        return False
    height = about.find(f"{W}trHeight")
    low = height is not None and height.get(f"{W}hRule") == "exact" and _count(height.get(f"{W}val", ""), 0) <= _LOW
    return low or is_on(about.find(f"{W}hidden")) or about.find(f"{W}del") is not None


def _is_first_letter(paragraph: Any) -> bool:
    """Whether a paragraph is a large first letter, which the next one goes on from."""
    frame = paragraph.find(f"{W}pPr/{W}framePr")
    return frame is not None and frame.get(f"{W}dropCap", "none") != "none"


def _is_flat(paragraph: Any) -> bool:
    """Whether the lines of a paragraph are too low for anything of them to be seen."""
    spacing = paragraph.find(f"{W}pPr/{W}spacing")
    return (
        spacing is not None
        and spacing.get(f"{W}lineRule") == "exact"
        and 0 < _count(spacing.get(f"{W}line", ""), 0) <= _LOW
    )


def _is_text(node: Any) -> bool:
    return node.tag == f"{W}sym" or (node.tag in {f"{W}t", f"{M}t"} and bool(node.text))


def _count(value: str, least: int) -> int:
    return max(least, int(value)) if value.isascii() and value.isdecimal() and len(value) < 6 else least


def _children(parent: Any, tag: str) -> list[Any]:
    """The children of a kind, those inside content controls and insertions too."""
    found: list[Any] = []
    for node in parent:
        if node.tag == tag:
            found.append(node)
        elif isinstance(node.tag, str) and node.tag not in _GONE and node.tag not in _HOLDERS:
            found += _children(node, tag)
    return found
