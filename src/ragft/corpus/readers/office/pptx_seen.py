"""The ground behind the text of a slide: fills of shapes and cells, shapes below it, and the background."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ragft.corpus.readers.colours import WHITE, Rgb, alike
from ragft.corpus.readers.office.colours import drawn, is_clear, related_theme
from ragft.corpus.readers.office.namespaces import A, P
from ragft.corpus.readers.office.switches import turned_on

UNKNOWN = "unknown"
"""A gradient, a picture, a pattern, the style of a table."""
CLEAR = "clear"
"""No fill: of a shape, or of letters."""
_FILLS = {f"{A}{kind}Fill" for kind in ("solid", "grad", "blip", "patt", "grp", "no")}
_PLAIN_STYLES = {"{2D5ABB26-0587-4C30-8999-92F81FD0307C}", "{5940675A-B579-460E-94D1-54222C63F5DA}"}
"""The styles of tables that paint nothing, with and without lines."""
_PLAIN_BACKGROUND = "1001"
_PLAIN_FILL = "1"
"""The numbers of the first entry of a theme's fills, which is a plain colour."""

Box = tuple[int, int, int, int]
"""Left, top, right and bottom, in EMU."""
Ground = Rgb | str


class SlideColours:
    """The colours of one slide, with what its layout and master add to it. `part`: the slide's."""

    def __init__(self, part: Any, slide: Any) -> None:
        layout = part.slide_layout
        self._levels = [slide, layout.element, layout.slide_master.element]
        self._theme = _theme(part, slide)
        self._below: list[tuple[Any, Ground, Box | None]] = []
        shows_master = turned_on(slide.get("showMasterSp"), usual=True)
        for level in reversed(self._levels):
            if level is slide or shows_master:
                self._below += self._painted(level.find(f"{P}cSld/{P}spTree"), placeholders=level is slide)
        self._background = self._of_background()
        self._behind: list[Ground] = []
        self._shape: Any = None

    def enter(self, shape: Any) -> None:
        """Look at the text of a shape, or of a frame with a table, from now on."""
        fill = self._fill_of(shape) if shape.tag == f"{P}sp" else UNKNOWN
        self._shape = shape
        self._behind = [fill] if fill != CLEAR else self._around(shape)

    def enter_cell(self, cell: Any, table: Any) -> None:
        """Look at the text of a table's cell, in the frame that was entered last."""
        about = cell.find(f"{A}tcPr")
        fill = self._fill(about) if about is not None else None
        if fill is None:
            style = table.findtext(f"{A}tblPr/{A}tableStyleId")
            fill = CLEAR if style is None or style in _PLAIN_STYLES else UNKNOWN
        self._behind = self._around(self._shape) if fill == CLEAR else [fill]

    def is_opaque(self, shape: Any) -> bool:
        """Whether a shape (`p:sp`) is filled with one colour that lets nothing through."""
        return not isinstance(self._fill_of(shape), str)

    def hides(self, run: Any) -> bool:
        """Whether nobody sees a run (`a:r`) where it stands."""
        colour = self._text_colour(run)
        return colour == CLEAR or (colour is not None and all(alike(colour, ground) for ground in self._behind))

    def _text_colour(self, run: Any) -> Ground | None:
        """None where it is not stated, or not known."""
        look = run.find(f"{A}rPr")
        if look is not None and (fill := _fill_in(look)) is not None:
            if fill.tag == f"{A}noFill" or (fill.tag == f"{A}solidFill" and is_clear(fill)):
                return CLEAR if look.find(f"{A}ln") is None else None
            return drawn(fill, self._theme) if fill.tag == f"{A}solidFill" else None
        styled = self._shape.find(f"{P}style/{A}fontRef") if self._shape is not None else None
        listed = self._shape.find(f"{P}txBody/{A}lstStyle/{A}lvl1pPr") if self._shape is not None else None
        return drawn(styled, self._theme) if styled is not None and listed is None else None

    def _around(self, shape: Any) -> list[Ground]:
        """The colours that may lie behind a shape without a fill of its own."""
        box, found = box_of(shape), [self._background]
        for other, fill, place in self._below:
            if other is shape:
                break
            if fill != CLEAR and (box is None or place is None or _meet(box, place)):
                found.append(fill)
        return found

    def _painted(self, tree: Any, *, placeholders: bool) -> Iterator[tuple[Any, Ground, Box | None]]:
        """The shapes that may lie below others, in order; those of groups have no known place."""
        for node in tree.iter(f"{P}sp", f"{P}pic", f"{P}graphicFrame") if tree is not None else ():
            if not placeholders and next(node.iter(f"{P}ph"), None) is not None:
                continue
            fill = self._fill_of(node) if node.tag == f"{P}sp" else UNKNOWN
            grouped = node.getparent().tag == f"{P}grpSp"
            yield node, fill, None if grouped else box_of(node)

    def _fill_of(self, shape: Any) -> Ground:
        about = shape.find(f"{P}spPr")
        fill = self._fill(about) if about is not None else None
        if fill is None and (styled := shape.find(f"{P}style/{A}fillRef")) is not None:
            number = styled.get("idx", "0")
            fill = CLEAR if number == "0" else (number == _PLAIN_FILL and drawn(styled, self._theme)) or UNKNOWN
        if fill is None and (outline := self._outline(shape)) is not None:
            fill = self._fill(outline)
        return CLEAR if fill is None else fill

    def _outline(self, shape: Any) -> Any:
        """The properties of the placeholder of the layout, else of the master, that a shape fills; None without one."""
        place = next(shape.iter(f"{P}ph"), None)
        if place is None:
            return None
        for level, key in ((1, "idx"), (1, "type"), (2, "type")):
            for other in self._levels[level].iter(f"{P}sp"):
                found = next(other.iter(f"{P}ph"), None)
                if found is not None and found.get(key) == place.get(key) and other.find(f"{P}spPr") is not None:
                    return other.find(f"{P}spPr")
        return None

    def _fill(self, about: Any) -> Ground | None:
        """The fill in the properties of a shape or a cell; None if they have none."""
        fill = _fill_in(about)
        if fill is None:
            return None
        if fill.tag == f"{A}noFill" or (fill.tag == f"{A}solidFill" and is_clear(fill)):
            return CLEAR
        return (drawn(fill, self._theme) or UNKNOWN) if fill.tag == f"{A}solidFill" else UNKNOWN

    def _of_background(self) -> Ground:
        for level in self._levels:
            ground = level.find(f"{P}cSld/{P}bg")
            if ground is None:
                continue
            styled = ground.find(f"{P}bgRef")
            if styled is not None:
                plain = styled.get("idx") == _PLAIN_BACKGROUND
                return drawn(styled, self._theme) or UNKNOWN if plain else UNKNOWN
            about = ground.find(f"{P}bgPr")
            fill = self._fill(about) if about is not None else UNKNOWN
            return WHITE if fill in {None, CLEAR} else fill or UNKNOWN
        return WHITE


def _theme(part: Any, slide: Any) -> dict[str, Rgb]:
    """The colours of the theme, and those that the slide, or its master, calls by other names."""
    master = part.slide_layout.slide_master
    theme = related_theme(master.part)
    found = dict(theme)
    for names in (master.element.find(f"{P}clrMap"), slide.find(f"{P}clrMapOvr/{A}overrideClrMapping")):
        for name, meant in names.items() if names is not None else ():
            if meant in theme:
                found[name] = theme[meant]
    return found


def _fill_in(about: Any) -> Any:
    return next((child for child in about if child.tag in _FILLS), None)


def box_of(shape: Any) -> Box | None:
    """Where a shape stands on its slide; None where it does not say, or is turned or grouped."""
    form = next(shape.iter(f"{A}xfrm", f"{P}xfrm"), None)
    if form is None or form.get("rot", "0") != "0" or shape.getparent().tag == f"{P}grpSp":
        return None
    start, size = form.find(f"{A}off"), form.find(f"{A}ext")
    try:
        left, top = int(start.get("x")), int(start.get("y"))
        return left, top, left + int(size.get("cx")), top + int(size.get("cy"))
    except (AttributeError, TypeError, ValueError):
        return None


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
