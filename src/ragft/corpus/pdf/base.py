"""Types of what stands on a page: spans of words, lines, cells of tables with drawn lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter
from typing import Literal, NamedTuple

Visibility = Literal["shown", "unseen", "covered", "gone", "struck"]
"""`unseen`: painted so that it leaves no mark, as the text layer of a scan is; `covered`: the same, since a picture was
laid over it; `gone`: hidden in any case; `struck`: a line is drawn through it."""
FIRST_SLANTED = 4
"""The value of `TextSpan.turn` for slanted text of 0 degrees; below are quarter turns."""
DOWNWARDS = FIRST_SLANTED + 270
"""The same for columns of upright characters, as Chinese and Japanese are set; they follow one another to the left."""


@dataclass(frozen=True, slots=True, eq=False)
class RuledTable:
    """The left and right edge of a table, in points."""

    left: float
    right: float


@dataclass(frozen=True, slots=True, eq=False)
class RuledCell:
    """The lines around a cell: left, top, right and bottom in points, growing downwards."""

    table: RuledTable
    left: float
    top: float
    right: float
    bottom: float


@dataclass(slots=True)
class TextSpan:
    """Words on one baseline without a wide gap; points, origin at the top left of the page as it is seen.

    `size` is that of most of its characters (`main` of them); `heavy` and `slanted` count the bold and italic ones.
    `hyphen`: a hyphen at its end was taken off by pdfium. `spaced`: a space stands before it.
    `turn`: quarter turns anticlockwise, 0 for upright; `FIRST_SLANTED` or more for slanted text.
    `added`: some of it is the value of a form's field or stands in an annotation.
    `begins_cell`: it stands in another column than what is before it. `cell`: the one of a table with drawn lines.
    `sizes`: one font size per character of `text`, on the first page only (small capitals, footnote marks).
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    heavy: int = 0
    slanted: int = 0
    hyphen: bool = False
    turn: int = 0
    sizes: tuple[float, ...] = ()
    main: int = 0
    spaced: bool = False
    added: bool = False
    begins_cell: bool = False
    cell: RuledCell | None = None

    @property
    def table(self) -> RuledTable | None:
        """The table with drawn lines that it stands in."""
        return self.cell.table if self.cell else None

    @property
    def width(self) -> float:
        """The width of the words, in points."""
        return self.right - self.left

    def copy(self) -> TextSpan:
        """Another with the same words; `dataclasses.replace` takes five times as long."""
        return TextSpan(*_fields_of(self))


_fields_of = attrgetter(*TextSpan.__slots__)


@dataclass(frozen=True)
class PageSpans:
    """All spans of a page in the order of its content stream. `hidden` counts words nobody can see, left out.

    `unmapped` counts the characters whose fonts do not tell what they mean, `nameless` those that make up words.
    `covered` counts words that were read although a picture lies over them, `struck` characters left out because a
    line is drawn through them. `disordered`: it has columns of Chinese or Japanese that are not read in order.
    """

    width: float
    height: float
    spans: list[TextSpan]
    hidden: int = 0
    unmapped: int = 0
    covered: int = 0
    struck: int = 0
    nameless: int = 0
    disordered: bool = False


class Unseen(NamedTuple):
    """The middle of a word that leaves no mark on the page; `covered` if a later picture is the reason."""

    x: float
    y: float
    covered: bool


@dataclass(slots=True, eq=False)
class Line:
    """A line of one column in reading order.

    `cells` are the spans it is made of; `column` numbers the run of lines set between the same margins, of which
    `margins` are the outer edges. All else follows from the cells: `text` joins theirs with single spaces; `main` is
    the longest, whose `size`, `top` and `bottom` (points, growing downwards) stand for the line's; `bold` and `italic`
    tell that (nearly) all of it is; `hyphen` that one was taken off its end.
    """

    cells: list[TextSpan]
    page: int
    column: int
    margins: tuple[float, float] = (0.0, 0.0)
    text: str = field(init=False)
    main: TextSpan = field(init=False)
    left: float = field(init=False)
    right: float = field(init=False)
    top: float = field(init=False)
    bottom: float = field(init=False)
    size: float = field(init=False)
    bold: bool = field(init=False)
    italic: bool = field(init=False)
    hyphen: bool = field(init=False)
    table: RuledTable | None = field(init=False)
    """That with drawn lines that it is a row of."""

    def __post_init__(self) -> None:
        cells = self.cells
        first = main = cells[0]
        text, right, heavy, slanted = first.text, first.right, first.heavy, first.slanted
        if len(cells) > 1:
            text, right = " ".join([cell.text for cell in cells]), max([cell.right for cell in cells])
            heavy, slanted = sum([cell.heavy for cell in cells]), sum([cell.slanted for cell in cells])
            main = max(cells, key=lambda cell: len(cell.text))
        self.text, self.main, self.left, self.right = text, main, first.left, right
        self.top, self.bottom, self.size = main.top, main.bottom, main.size
        nearly_all = 0.97 * (len(text) - text.count(" "))
        self.bold, self.italic = heavy > nearly_all, slanted > nearly_all
        self.hyphen, self.table = cells[-1].hyphen, first.table

    @property
    def is_apart(self) -> bool:
        """Whether it is slanted, or comes from an annotation or a form field: then it is never a heading."""
        return any([cell.added or cell.turn >= FIRST_SLANTED for cell in self.cells])

    @property
    def mostly_bold(self) -> bool:
        """Whether it is bold but for symbols and marks."""
        return sum(cell.heavy for cell in self.cells) > 0.4 * len(self.text)
