"""The numbers that Word gives to paragraphs by itself: `2.1`, `(a)`, `Article 3`, as text or style ask for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ragft.corpus.readers.numerals import WORD
from ragft.corpus.readers.office.docx_symbols import check_mark
from ragft.corpus.readers.office.docx_xml import goes_on, is_on, line_of, value
from ragft.corpus.readers.office.namespaces import W

_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_NO_LIST = "0"
_LARGEST = 10**6
_MOST_DIGITS, _LONGEST_TEXT = 9, 200
"""Of numbers with zeros before them, and characters of the text around numbers: a file can ask for megabytes."""


@dataclass(frozen=True)
class _ListLevel:
    """One level of a list. `restart`: the level, counted from 1, whose use begins it anew; None where any above does.

    `properties`: the look of the number.
    """

    start: int = 1
    kind: str = "decimal"
    digits: int = 0
    text: str = ""
    restart: int | None = None
    legal: bool = False
    style: str = ""
    properties: Any = None

    @property
    def mark(self) -> str:
        """The bullet, in its font, if it is a mark such as `☑`."""
        named = self.properties.find(f"{W}rFonts") if self.properties is not None else None
        return check_mark(self.text, named.get(f"{W}ascii", "") if named is not None else "")

    def written(self, count: int, *, legal: bool) -> str:
        if self.kind == "bullet":
            return ""
        if legal and self.kind != "none":
            return str(count)
        return WORD[self.kind](count) if self.kind in WORD else f"{count:0{self.digits}}"


@dataclass(frozen=True)
class _NumberedList:
    """A list that paragraphs belong to. `key`: of the counters that it shares with others.

    `starts`: the numbers that the first paragraph of the list itself takes, by level.
    """

    key: str
    levels: tuple[_ListLevel, ...]
    starts: Mapping[int, int]


@dataclass(frozen=True)
class ParagraphNumber:
    """The number or check mark before a paragraph; empty for other bullets. `properties`: a `w:rPr` of its look."""

    text: str
    properties: Any = None


class Numbering:
    """Counts the paragraphs of a document, which have to come in their order.

    Args:
        root: the `w:numbering` element; None where the document has none.
        styles: the `w:style` elements by identifier.
        usual: the style of paragraphs that name none.
    """

    def __init__(self, root: Any = None, styles: Mapping[str, Any] | None = None, usual: str = "") -> None:
        self._styles = dict(styles or {})
        self._usual = usual
        self._lists = _lists(root, self._styles) if root is not None else {}
        self._counts: dict[str, list[int | None]] = {}
        self._begun: set[tuple[str, int]] = set()

    def next(self, paragraph: Any) -> ParagraphNumber | None:
        """The number of a paragraph, which is counted; None where it belongs to no list."""
        name, level = self._place(paragraph)
        found = self._lists.get(name)
        if found is None:
            return None
        about = found.levels[level]
        self._count(name, found, level)
        counts = self._counts[found.key]

        def written(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            count, other = counts[at], found.levels[at]
            return other.written(other.start if count is None else count, legal=about.legal)

        text = about.mark if about.kind == "bullet" else _PLACE.sub(written, about.text)
        return ParagraphNumber(text.strip(), about.properties)

    def _count(self, name: str, found: _NumberedList, level: int) -> None:
        counts = self._counts.setdefault(found.key, [None] * _LEVELS)
        before = counts[level]
        counts[level] = found.levels[level].start if before is None else before + 1
        if level in found.starts and (name, level) not in self._begun:
            counts[level] = found.starts[level]
        self._begun.add((name, level))
        for lower in range(level + 1, _LEVELS):
            restart = found.levels[lower].restart
            if restart is None or level < restart:
                counts[lower] = None

    def _place(self, paragraph: Any) -> tuple[str, int]:
        """The list of a paragraph and its level there: its own, else those of its style."""
        about = paragraph.find(f"{W}pPr")
        own = about.find(f"{W}numPr") if about is not None else None
        name = value(own, "numId") if own is not None else ""
        level = value(own, "ilvl") if own is not None else ""
        if not name:
            style = value(about, "pStyle") if about is not None else ""
            name, styled = self._by_style(style or self._usual)
            level = level or styled
        if goes_on(paragraph) and not _has_text(paragraph):
            return _NO_LIST, 0  # joined with the next one
        return name, min(_number(level), _LEVELS - 1)

    def _by_style(self, style: str) -> tuple[str, str]:
        line = [(one.get(f"{W}styleId", ""), one) for one in line_of(style, self._styles)]
        name = next((found for _, one in line if (found := value(one, "pPr/numPr/numId"))), "")
        levels = self._lists[name].levels if name in self._lists else ()
        for key, _ in line:
            for at, level in enumerate(levels):
                if level.style == key:
                    return name, str(at)
        return name, next((found for _, one in line if (found := value(one, "pPr/numPr/ilvl"))), "")


def _has_text(paragraph: Any) -> bool:
    return any(node.text for node in paragraph.iter(f"{W}t"))


def _lists(root: Any, styles: Mapping[str, Any]) -> dict[str, _NumberedList]:
    abstract = {node.get(f"{W}abstractNumId", ""): node for node in root.iterchildren(f"{W}abstractNum")}
    numbers = {node.get(f"{W}numId", ""): node for node in root.iterchildren(f"{W}num")}
    levels_of = {key: dict(_levels(node)) for key, node in abstract.items()}
    found: dict[str, _NumberedList] = {}
    for name, node in numbers.items():
        key = value(node, "abstractNumId")
        if key not in abstract or name == _NO_LIST:
            continue
        key = _linked(key, abstract, numbers, styles)
        levels = dict(levels_of[key])
        starts: dict[int, int] = {}
        for override in node.iterchildren(f"{W}lvlOverride"):
            at = _number(override.get(f"{W}ilvl"))
            levels.update(_levels(override))
            if override.find(f"{W}startOverride") is not None:
                starts[at] = _number(value(override, "startOverride"))
                levels[at] = replace(levels.get(at, _ListLevel()), start=starts[at])
        found[name] = _NumberedList(key, tuple(levels.get(at, _ListLevel()) for at in range(_LEVELS)), starts)
    return found


def _linked(key: str, abstract: Mapping[str, Any], numbers: Mapping[str, Any], styles: Mapping[str, Any]) -> str:
    """The definition that one takes its levels from, where it only names the style of a list."""
    style = value(abstract[key], "numStyleLink")
    if not style or style not in styles:
        return key
    other = numbers.get(value(styles[style], "pPr/numPr/numId"))
    meant = value(other, "abstractNumId") if other is not None else ""
    return meant if meant in abstract else key


def _levels(parent: Any) -> Iterator[tuple[int, _ListLevel]]:
    for node in parent.iterchildren(f"{W}lvl"):
        at = _number(node.get(f"{W}ilvl"))
        if at >= _LEVELS:
            continue
        kind, digits = _kind(list(node.iter(f"{W}numFmt")))
        restart = node.find(f"{W}lvlRestart")
        level = _ListLevel(
            _number(value(node, "start")),
            kind,
            digits,
            value(node, "lvlText")[:_LONGEST_TEXT],
            _number(value(node, "lvlRestart")) if restart is not None else None,
            is_on(node.find(f"{W}isLgl")),
            value(node, "pStyle"),
            node.find(f"{W}rPr"),
        )
        yield at, replace(level, kind="bullet") if node.find(f"{W}lvlPicBulletId") is not None else level


def _kind(formats: Sequence[Any]) -> tuple[str, int]:
    """How a level writes its numbers; for a format of its own, such as `001, 002, …`, with the least digits."""
    for node in formats:
        kind = node.get(f"{W}val", "decimal")
        if kind != "custom":
            return kind, 0
        first = node.get(f"{W}format", "").split(",")[0].strip()
        if first.isdecimal():
            return "decimal", min(len(first), _MOST_DIGITS)
    return "decimal", 0


def _number(text: str | None) -> int:
    return min(int(text), _LARGEST) if text and text.isascii() and text.isdecimal() and len(text) < 9 else 0
