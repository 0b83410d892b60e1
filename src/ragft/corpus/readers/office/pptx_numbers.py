"""The numbers that PowerPoint gives to paragraphs by itself: `1.`, `(a)`, `iv)`, as the text or its layout asks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ragft.corpus.readers.numerals import SLIDES
from ragft.corpus.readers.office.docx_symbols import check_mark
from ragft.corpus.readers.office.namespaces import A, P

_BULLETS = {f"{A}bu{kind}" for kind in ("None", "Char", "AutoNum", "Blip")}
_SCHEME = re.compile(r"(?P<digits>\w+?)(?P<form>ParenBoth|ParenR|Period|Plain|Minus)?")
_FORMS = {"ParenBoth": "({})", "ParenR": "{})", "Period": "{}.", "Minus": "{}-", "Plain": "{}"}
_STYLES = {"title": "titleStyle", "": "otherStyle"}
"""The element of a master that styles a kind of placeholder; `bodyStyle` for kinds that are not among them."""
_LEVELS = 9


class ParagraphNumbers:
    """Counts the paragraphs of one text, which have to come in their order.

    `lists`: the list styles that the text inherits from, the nearest first; see `lists_of`.
    """

    def __init__(self, lists: Sequence[Any] = ()) -> None:
        self._lists = lists
        self._counts: list[tuple[tuple[str, int], int] | None] = [None] * _LEVELS

    def _bullet(self, about: Any, level: int) -> Any:
        """The `a:bu…` element for a paragraph with the properties `about`, its own or inherited; None without one."""
        name = f"{A}lvl{level + 1}pPr"
        stated = [about, *(found for one in self._lists if (found := one.find(name)) is not None)]
        return next((node for one in stated if one is not None for node in one if node.tag in _BULLETS), None)

    def next(self, paragraph: Any) -> str:
        """The number before a paragraph with text, which is counted, or its check mark; else empty."""
        about = paragraph.find(f"{A}pPr")
        level = _level(about)
        bullet = self._bullet(about, level)
        self._counts[level + 1 :] = [None] * (_LEVELS - level - 1)
        if bullet is None or bullet.tag != f"{A}buAutoNum":
            self._counts[level] = None
            return "" if bullet is None else _mark(bullet)
        start = bullet.get("startAt", "1")
        scheme = bullet.get("type", "arabicPeriod"), int(start) if start.isdecimal() and len(start) < 6 else 1
        before = self._counts[level]
        count = before[1] + 1 if before is not None and before[0] == scheme else scheme[1]
        self._counts[level] = scheme, count
        return _written(scheme[0], count)


def lists_of(shape: Any, part: Any) -> Iterator[Any]:
    """The list styles that the paragraphs of a shape inherit from, the nearest first: its own, and those of the
    layout and the master of its slide, which is in `part`.
    """
    own = shape.find(f"{P}txBody/{A}lstStyle")
    if own is not None:
        yield own
    layout, kind = part.slide_layout, ""
    master = layout.slide_master
    if (place := next(shape.iter(f"{P}ph"), None)) is not None:
        kind = _kind(place)
        yield from _listed(layout.element, lambda other: other.get("idx") == place.get("idx"))
        yield from _listed(master.element, lambda other: _kind(other) == kind)
    styled = master.element.find(f"{P}txStyles/{P}{_STYLES.get(kind, 'bodyStyle')}")
    if styled is not None:
        yield styled


def _listed(element: Any, is_meant: Callable[[Any], bool]) -> Iterator[Any]:
    """The list style of the first placeholder that is meant, where it has one."""
    for shape in element.iter(f"{P}sp"):
        place = next(shape.iter(f"{P}ph"), None)
        if place is not None and is_meant(place):
            listed = shape.find(f"{P}txBody/{A}lstStyle")
            if listed is not None:
                yield listed
            return


def _kind(place: Any) -> str:
    """The kind of a placeholder; all that hold a text of several paragraphs are of one kind."""
    kind = str(place.get("type", "obj"))
    return {"ctrTitle": "title", "obj": "body"}.get(kind, kind)


def _mark(bullet: Any) -> str:
    """A bullet that says something of its paragraph; empty for all others."""
    font = bullet.getparent().find(f"{A}buFont")
    return check_mark(bullet.get("char", ""), font.get("typeface", "") if font is not None else "")


def _level(about: Any) -> int:
    stated = about.get("lvl", "0") if about is not None else "0"
    return min(int(stated), _LEVELS - 1) if stated.isdecimal() and len(stated) < 6 else 0


def _written(scheme: str, count: int) -> str:
    found = _SCHEME.fullmatch(scheme)
    if found is None:
        return str(count)
    digits = SLIDES.get(found["digits"], str)
    return _FORMS[found["form"] or "Plain"].format(digits(count))
