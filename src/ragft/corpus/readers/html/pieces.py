"""Reads the tree of a page to pieces of text in order, each once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from ragft.corpus.base import BlockKind
from ragft.corpus.merged_cells import Cell, placed, unmerged
from ragft.corpus.raised import Position, on_one_line
from ragft.corpus.readers.html.styled import POSITION
from ragft.corpus.text import has_blanks, one_line, sanitise_lines

_BLOCKS = frozenset(
    """address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer
    form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav noframes ol optgroup option
    output p pre search section summary table tbody td tfoot th thead tr ul caption textarea xmp plaintext""".split()
)
_FORMATTING = frozenset(
    """a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd mark math nobr q rb rt ruby s samp small span
    strike strong sub sup tt u var wbr""".split()
)
"""Elements that change how text looks and not where it stands: the text on both sides may be one word."""
_KINDS: dict[str, BlockKind] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("li", "dd"), "list"),
    **dict.fromkeys(("figcaption", "caption"), "caption"),
    **dict.fromkeys(("td", "th", "table"), "paragraph"),
}
_VERBATIM = {"pre", "listing", "xmp", "plaintext", "textarea"}
_RAISING = re.compile(r"(?:^|\s)(?:superscript|msupsub)(?:\s|$)")
_LOWERING = re.compile(r"(?:^|\s)subscript(?:\s|$)")
_NOTE_MARK = re.compile(
    r"(?:^|\s)(?:footnote-?ref(?:erence)?|noteref|ltx_note_mark|ltx_tag_note|sidenote-number)(?:\s|$)"
)
_NOTE = re.compile(r"(?:^|\s)(?:ltx_role_(?:foot|end)note|sidenote|marginnote)(?:\s|$)")
_PLACING = {"class", POSITION}
_MARKED: dict[str | None, Position] = {"raised": "raised", "lowered": "lowered", "note": "note"}
_BLANKS = re.compile(r"[^\S ]\s*| \s+")
"""Blanks that are not a single space already."""
_SENTENCE = re.compile(r"(?:\S+\s+){3,}.*[.!?…][\"”’)\]]*$|.*[。！？].*", re.DOTALL)
_LETTERS, _LINE = 0.85, 45
"""Of running text: the share of letters and spaces, characters a line."""
_COUNT = re.compile(r"\s*\+?(\d{1,6})")
_MOST_ACROSS, _MOST_DOWN = 1000, 65534
"""Columns and rows that a cell may cover in HTML; a `rowspan` of 0 is all rows that follow."""
_CONSENT = re.compile(r"cookie|consent|gdpr", re.IGNORECASE)
_SHORT_CELL = 200
"""Characters of a cell up to which paragraphs and lists in it are lines of a value, and no part of a page."""


class _Open(NamedTuple):
    """An element whose children are walked: what is to be undone when it is left."""

    tag: str
    moved: bool
    is_content: bool


class _Class(NamedTuple):
    """What the class attribute of an element says of its text."""

    is_note: bool
    is_note_mark: bool
    position: Literal["raised", "lowered"] | None
    is_cell: bool


@lru_cache(1024)
def _class(names: str) -> _Class:
    position: Literal["raised", "lowered"] | None = None
    if _RAISING.search(names):
        position = "raised"
    elif _LOWERING.search(names):
        position = "lowered"
    is_cell = "ltx_td" in names or "ltx_tr" in names
    return _Class(_NOTE.search(names) is not None, _NOTE_MARK.search(names) is not None, position, is_cell)


_UNNAMED = _class("")


@dataclass(frozen=True)
class Piece:
    """A block of text. `inside`: of the main part or an article; `linked`: how many of its characters are links."""

    text: str
    kind: BlockKind = "paragraph"
    level: int = 0
    inside: bool = True
    linked: int = 0


def _single_spaced(text: str) -> str:
    return _BLANKS.sub(" ", text) if has_blanks(text) else text


def pieces_of(root: Any) -> list[Piece]:
    """The pieces of a page. Outside its main part and articles only sentences are kept, with the headings over them."""
    walk = _Walk()
    walk.run(root)
    inside = sum(len(piece.text) for piece in walk.pieces if piece.inside)
    outside = sum(len(piece.text) - piece.linked for piece in walk.pieces if not piece.inside)
    if inside < outside:
        return walk.pieces
    return list(_without_surroundings(walk.pieces))


def element_text(node: Any) -> str:
    """The text of an element on one line."""
    child = node.child
    alone = child is not None and child.tag == "-text" and child.next is None
    if alone and node.attributes.keys().isdisjoint(_PLACING):  # as most cells of a table
        return one_line(_single_spaced(child.text_content or ""))
    walk = _Walk(flat=True)
    walk.run(node)
    return one_line(on_one_line(walk.runs))


def _without_surroundings(pieces: list[Piece]) -> Iterator[Piece]:
    headings: list[Piece] = []
    for piece in pieces:
        if piece.inside:
            headings.clear()
            yield piece
        elif piece.kind == "heading":
            headings.append(piece)
        elif _is_prose(piece):
            yield from headings
            headings.clear()
            yield piece


def _is_prose(piece: Piece) -> bool:
    if 2 * piece.linked > len(piece.text):
        return False
    return piece.kind in {"table", "code"} or (bool(_SENTENCE.match(piece.text)) and not _CONSENT.search(piece.text))


class _Walk:
    """Goes through a tree without recursion: a hostile page nests ten thousand deep."""

    def __init__(self, *, flat: bool = False) -> None:
        self.pieces: list[Piece] = []
        self.runs: list[tuple[str, Position]] = []
        self._flat = flat
        self._kinds: list[str] = []
        self._positions: list[Position] = ["line"]
        self._notes: list[Piece] = []
        self._inside = 0
        self._links = 0
        self._linked = 0
        self._border = False

    def run(self, root: Any) -> None:
        """Walk all of `root`."""
        entered = self._enter(root)
        path = [(entered, root.iter(include_text=True))] if entered else []
        while path:
            opened, children = path[-1]
            for child in children:
                if entered := self._enter(child):
                    path.append((entered, child.iter(include_text=True)))
                    break
            else:
                path.pop()
                self._leave(opened)
        self._flush()

    def _enter(self, node: Any) -> _Open | None:
        """What to leave later, if the children are to be walked."""
        tag = node.tag
        if tag == "-text":
            self._add(_single_spaced(node.text_content or ""))
            return None
        if tag is None or tag.startswith("-"):  # a processing instruction has no name
            return None
        if tag in {"br", "img"}:
            self._add(" ")
            return None
        attributes = node.attributes
        named = _class(names) if (names := attributes.get("class")) else _UNNAMED
        if not self._flat and (tag in _VERBATIM or (tag == "table" and _is_data(node, attributes)) or named.is_note):
            self._add_whole(node, tag)
            return None
        if tag == "q":
            self._add("“")
        if position := _position(node, tag, attributes, named):
            if self._positions[-1] in {"raised", "lowered"} and position != "note":
                self._add("^" if position == "raised" else "_")
            self._positions.append(position)
        if tag in _BLOCKS:
            self._flush()
            if tag in _KINDS:
                self._kinds.append(tag)
        elif named.is_cell:
            self._add(" ")
        elif tag not in _FORMATTING:
            self._border = True
        is_content = tag in {"main", "article"} or attributes.get("role") == "main"
        self._inside += is_content
        self._links += tag == "a"
        return _Open(tag, position is not None, is_content)

    def _leave(self, opened: _Open) -> None:
        tag = opened.tag
        if tag == "q":
            self._add("”")
        if opened.moved:
            self._positions.pop()
        if tag in _BLOCKS:
            self._flush()
            if tag in _KINDS:
                self._kinds.pop()
        elif tag not in _FORMATTING:
            self._border = True
        self._inside -= opened.is_content
        self._links -= tag == "a"

    def _add(self, text: str) -> None:
        if self._border and text:
            if text[0].isalnum() and self.runs and self.runs[-1][0][-1:].isalnum():
                self.runs.append((" ", "line"))
            self._border = False
        self.runs.append((text, self._positions[-1]))
        self._linked += len(text.strip()) if self._links else 0

    def _flush(self) -> None:
        if self._flat:
            self.runs.append((" ", "line"))
            return
        if not self.runs:
            return
        text = one_line(on_one_line(self.runs)) if any(text.strip() for text, _ in self.runs) else ""
        self.runs.clear()
        if text:
            tag = self._kinds[-1] if self._kinds else ""
            level = int(tag[1]) if _KINDS.get(tag) == "heading" else 0
            piece = Piece(text, _KINDS.get(tag, "paragraph"), level, self._inside > 0, self._linked)
            self.pieces += [piece, *self._notes]
            self._notes.clear()
        self._linked = 0

    def _add_whole(self, node: Any, tag: str) -> None:
        if tag == "table":
            self._flush()
            self.pieces.append(Piece(_rows(node), "table", inside=self._inside > 0, linked=_links_in(node)))
        elif tag in _VERBATIM:
            self._flush()
            self.pieces += [replace(piece, inside=self._inside > 0) for piece in _verbatim(node)]
        elif text := _note_text(node):
            self._notes.append(Piece(text, inside=self._inside > 0))


def _position(node: Any, tag: str, attributes: Mapping[str, str | None], named: _Class) -> Position | None:
    if marked := _MARKED.get(attributes.get(POSITION)):
        return marked
    if named.is_note_mark:
        return "note" if tag != "a" or _links_within(attributes) else None
    if tag == "sup":
        return "note" if _is_mark(node) else "raised"
    if tag == "sub":
        return "lowered"
    return named.position


def _links_within(attributes: Mapping[str, str | None]) -> bool:
    return (attributes.get("href") or "").startswith("#")


def _is_mark(node: Any) -> bool:
    """Whether a raised text is nothing but a link to a place of its page, or stands in one."""
    parent = node.parent
    link = node.css_first("a") or (parent if parent is not None and parent.tag == "a" else None)
    return (
        link is not None
        and _links_within(link.attributes)
        and (link.text() or "").strip() == (node.text() or "").strip()
    )


def _links_in(node: Any) -> int:
    return sum(len(element_text(link)) for link in node.css("a"))


def _is_data(table: Any, attributes: Mapping[str, str | None]) -> bool:
    """Whether a table holds values, not the layout of a page: no table, heading or form in its cells."""
    if attributes.get("role") in {"presentation", "none"} or table.css_first("h1,h2,h3,h4,form"):
        return False
    if table.css_matches("table:has(table)"):  # `table table` would match the table itself where it is within one
        return False
    cells = table.css("td,th")
    if len(cells) < 2 or table.css_first("th") is not None:
        return len(cells) > 1
    structured = [node for node in table.css("p,ul,ol,pre,hr") if _is_structured(node)]
    if not structured or any(node.tag in {"pre", "hr"} for node in structured):
        return not structured
    rows = len(table.css("tr"))
    return 1 < rows < len(cells) and all(len((cell.text() or "").strip()) <= _SHORT_CELL for cell in cells)


def _is_structured(node: Any) -> bool:
    """Whether an element of a cell is more than a line of text that a program put into a paragraph."""
    if node.tag != "p":
        return True
    before, around = node.prev, node.parent
    while before is not None and (before.tag or "-").startswith("-"):
        before = before.prev
    while around is not None and around.tag not in {"td", "th", "table", "div"}:
        around = around.parent
    return (before is not None and before.tag == "p") or (around is not None and around.tag == "div")


def _rows(table: Any) -> str:
    rows = [element_text(caption) for caption in table.css("caption")[:1]]
    cells: list[list[str]] = []
    if table.css_first("[rowspan],[colspan]") is not None:
        cells = unmerged(row for group in _groups(table) for row in placed(group))
    else:
        for node in _cells(table):
            if node.tag == "tr":
                cells.append([])
            elif cells:
                cells[-1].append(element_text(node))
    return "\n".join([*rows, *(" | ".join(row) for row in cells if any(row))])


def _cells(table: Any) -> list[Any]:
    """The rows and cells as they are shown: the head first and the foot last, wherever they are in the source."""
    found: list[Any] = table.css("tr,td,th")
    if table.css_first("tbody ~ thead,tfoot ~ tbody,tfoot ~ thead,tr ~ thead,tfoot ~ tr") is None:
        return found
    heads, feet = ({node.mem_id for node in table.css(f"{part} tr,{part} td,{part} th")} for part in ("thead", "tfoot"))
    return sorted(found, key=lambda node: (node.mem_id in feet) - (node.mem_id in heads))


def _groups(table: Any) -> Iterator[list[list[Cell]]]:
    """The rows of the head and of each body of a table: no cell reaches down out of its own."""
    around = None
    rows: list[list[Cell]] = []
    for node in _cells(table):
        if node.tag == "tr":
            if node.parent.mem_id != around and rows:
                yield rows
                rows = []
            around = node.parent.mem_id
            rows.append([])
        elif rows:
            attributes = node.attributes
            across = min(_span(attributes.get("colspan")) or 1, _MOST_ACROSS)
            down = _span(attributes.get("rowspan"))
            rows[-1].append(Cell(element_text(node), across, _MOST_DOWN if down == 0 else down))
    yield rows


def _span(value: str | None) -> int:
    """Columns or rows that an attribute says; one where it says no number."""
    number = _COUNT.match(value or "")
    return min(int(number[1]), _MOST_DOWN) if number else 1


def _note_text(node: Any) -> str:
    walk = _Walk(flat=True)
    for child in (node.css_first(".ltx_note_content") or node).iter(include_text=True):
        walk.run(child)
    return one_line(on_one_line(walk.runs))


def _verbatim(node: Any) -> Iterator[Piece]:
    """Code with its lines and their indentation; running text that was only broken into lines, as paragraphs."""
    for mark in node.css("br"):
        mark.replace_with("\n")
    lines = sanitise_lines(node.text() or "")
    if node.css_first("code,span") or not _is_running_text(lines):
        code = "\n".join(lines).strip("\n")
        if code.strip():
            yield Piece(code, "code")
        return
    for paragraph in "\n".join(line.strip() for line in lines).split("\n\n"):
        if text := " ".join(paragraph.split()):
            yield Piece(text)


def _is_running_text(lines: list[str]) -> bool:
    text = "".join(lines)
    filled = [line for line in lines if line]
    letters = sum(char.isalpha() or char == " " for char in text)
    return bool(filled) and letters >= _LETTERS * len(text) and len(text) >= _LINE * len(filled)
