"""What stands on a page: runs of words with their place, size and weight, as pdfium sees them.

Asking pdfium about every character costs more than reading the text, so only the first and last character of each
word are located.
"""

from __future__ import annotations

import ctypes
import math
import re
import statistics
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium_c

from ragft.corpus.pdf.annotations import NONE, Annotations
from ragft.corpus.pdf.binding import Box, address, bind
from ragft.corpus.pdf.glyphs import Glyphs
from ragft.corpus.pdf.raised_digits import ends_in_number, is_lifted, lifted, may_be_raised, raised, rises, scripted
from ragft.corpus.pdf.scene import Scene, Visibility
from ragft.corpus.pdf.styles import Style, style_reader

# pdfium writes one of these where it took a hyphen at a line's end out of the text.
_SOFT_BREAKS = "\x02\ufffe"
# What a code stands for that its font does not explain: controls, replacement characters, private use.
_UNMAPPED = re.compile("[\x00\x01\x03-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff]")
_SPACES = " \t\xa0"
_CLOSING = ".,;:)]"
_TOUCHING = 0.01
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\s\x00-\x1f\ufffe]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ACCENTS = frozenset("´`¨ˆ˜ˇ˘¸˚")
_LEVEL, _MOST_TILT = math.radians(0.1), math.radians(15)
"""The skew of a scan whose text layer is taken level, at least and at most."""
_LIFT = 0.2
"""Share of the height of type by which characters are raised at least."""
_WORD_GAP = 0.12
_WIDE_GAP = 1.0
"""Gaps in em: from the first on there is a space, beyond the second the words stand apart (columns, cells)."""

_locate = bind(pdfium_c.FPDFText_GetLooseCharBox, ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


Point = tuple[float, float]
Edges = tuple[float, float]
"""The upper and the lower edge of a character, growing upwards."""


@dataclass(slots=True)
class Span:
    """Words on one baseline without a wide gap; points, origin at the top left of the page as it is seen.

    `size` is that of most of its characters (`main` of them); `heavy` and `slanted` count the bold and italic ones.
    `hyphen`: a hyphen at its end was taken off by pdfium. `spaced`: a space stands before it.
    `turn`: quarter turns anticlockwise, 0 for upright.
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

    @property
    def width(self) -> float:
        """Points."""
        return self.right - self.left

    def copy(self) -> Span:
        """Another with the same words; `dataclasses.replace` takes five times as long."""
        return Span(*_fields_of(self))


_fields_of = attrgetter(*Span.__slots__)


@dataclass(frozen=True)
class PageSpans:
    """All spans of a page in the order of its content stream. `hidden` counts words nobody can see, left out.

    `unmapped` counts the characters whose fonts do not tell what they mean. `covered` counts words that were read
    although a picture lies over them.
    """

    width: float
    height: float
    spans: list[Span]
    hidden: int = 0
    unmapped: int = 0
    covered: int = 0


class Unseen(NamedTuple):
    """The middle of a word that leaves no mark on the page; `covered` where a picture painted later is why."""

    x: float
    y: float
    covered: bool


def read_spans(page: Any, annotations: Annotations = NONE, *, detail: bool = False, layers: bool = False) -> PageSpans:
    """The spans of a `pypdfium2.PdfPage`; with `detail` each carries the size of its every character.

    Text that cannot be seen is left out, unless nearly all of the page's text leaves no mark and images lie under or
    over it: then it is the text layer of a scan. `layers`: the file has layers that are switched off.
    """
    width, height = page.get_size()
    scene = Scene(page, annotations, layers=layers)
    textpage = page.get_textpage()
    try:
        text = _page_text(textpage)
        words = _words(page, textpage, scene, text + "\n", detail)
    finally:
        textpage.close()
    shown = [word for word, visibility in words if visibility == "shown"]
    unseen = [visibility for _, visibility in words if isinstance(visibility, Unseen)]
    covered = 0
    if len(unseen) > 4 * len(shown):
        over_image = sum(scene.is_over_image(place.x, place.y) for place in unseen)
        if 2 * over_image > len(unseen) or (not shown and scene.leaves_marks()):
            shown = [word for word, visibility in words if visibility != "gone"]
            covered = sum(place.covered for place in unseen)
    unmapped = len(_UNMAPPED.findall(text)) if text else scene.count_texts()
    return PageSpans(width, height, _join(shown), len(words) - len(shown), unmapped, covered)


def _words(page: Any, textpage: Any, scene: Scene, text: str, detail: bool) -> list[tuple[Span, Visibility | Unseen]]:
    """Each word of the page, and whether it can be seen.

    The innermost loop of reading: no needless call in it.
    """
    halves = _SURROGATE.search(text) is not None
    raw = address(textpage.raw)
    style_of, styles = style_reader(textpage, scene)
    place = _placement(page)
    turned = page.get_rotation() // 90
    rectangle = (ctypes.c_float * 4)()
    where, box_of = ctypes.addressof(rectangle), struct.Struct("4f").unpack

    def edges(index: int) -> Edges:
        _locate(raw, index, where)
        _, top, _, bottom = rectangle
        return top, bottom

    glyphs, mixable = Glyphs(page, textpage, scene), not scene.all_shown()
    words: list[tuple[Span, Visibility | Unseen]] = []
    for match in _WORD.finditer(text):
        runs = [match.span()]
        for start, end in runs:
            if not _locate(raw, start, where):
                continue
            x0, y1, x1, y0 = box_of(rectangle)
            size, bold, italic, direction, sight, _ = style_of(start)
            word = text[start:end]
            if end - start > 1 and _locate(raw, end - 1, where):
                left, top, right, bottom = box_of(rectangle)
                if direction & 1:
                    y0, y1 = min(y0, bottom), max(y1, top)
                elif not word.isalpha() and _DIGIT.search(word):
                    cuts = _cuts(edges, text, start, end, (y1, y0), (top, bottom))
                    if cuts:
                        runs += zip([start, *cuts], [*cuts, end], strict=True)
                        continue
                x0, x1 = left if left < x0 else x0, right if right > x1 else x1
            visibility, (low_x, low_y, high_x, high_y), covers, doubtful, added = sight
            mixed = mixable and end - start > 1 and style_of(end - 1).sight.visibility != visibility
            if mixed or covers or doubtful or x0 < low_x or y0 < low_y or x1 > high_x or y1 > high_y:
                visibility, parts = glyphs.look(text, start, end, sight, (x0, y0, x1, y1))
                if parts:
                    runs += parts
                    continue
            if halves and not word.isascii():
                word = _recombine(word)
            count = len(word)
            left, top, right, bottom = place(x0, y0, x1, y1, direction)
            sizes = tuple([style_of(i).size for i in range(start, end)][:count]) if detail else ()
            hyphen, spaced = text[end] in _SOFT_BREAKS, text[start - 1] in _SPACES
            heavy, slanted, turn = count if bold else 0, count if italic else 0, (direction - turned) % 4
            span = Span(word, left, top, right, bottom, size, heavy, slanted, hyphen, turn, sizes, count, spaced)
            if not (added and _is_repeat(span, words)):
                words.append((span, visibility if visibility == "shown" else _state(visibility, x0 + x1, y0 + y1)))
    _take_out_tilt([span for span, _ in words], list(styles.values()), page.get_size())
    return words


def _state(visibility: Visibility, x: float, y: float) -> Visibility | Unseen:
    return visibility if visibility in {"shown", "gone"} else Unseen(x / 2, y / 2, visibility == "covered")


def _is_repeat(word: Span, words: Sequence[tuple[Span, Visibility | Unseen]]) -> bool:
    """Whether a word of an annotation stands on the page itself, too, at the same place."""
    x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    return any(
        other.text == word.text
        and visibility == "shown"
        and other.left <= x <= other.right
        and other.top <= y <= other.bottom
        for other, visibility in words
    )


def _take_out_tilt(words: Sequence[Span], styles: Sequence[Style], size: tuple[float, float]) -> None:
    """Set words level that are all skewed, as in the text layer of a scan. `size`: the page's, in points."""
    tilt = statistics.median([style.tilt for style in styles] or [0.0])
    if _LEVEL < abs(tilt) < _MOST_TILT:
        for word in words:
            _set_level(word, tilt, size)


def _set_level(span: Span, tilt: float, size: tuple[float, float]) -> None:
    """Move a word to where it would stand if the page were turned clockwise by `tilt` radians about its middle."""
    x, y = span.left - size[0] / 2, (span.top + span.bottom - size[1]) / 2
    cos, sin = math.cos(tilt), math.sin(tilt)
    right, down = x * cos - y * sin - x, x * sin + y * cos - y
    wide = (span.right - span.left) / cos
    span.left += right
    span.right = span.left + wide
    span.top += down
    span.bottom += down


def _outer_digit(text: str, start: int, end: int) -> int | None:
    """Where a digit stands that may be set above or below the line: the last, before punctuation, or the first."""
    if text[end - 1].isdigit():
        return end - 1
    if text[end - 1] in _CLOSING and text[end - 2].isdigit():
        return end - 2
    return start if text[start].isdigit() else None


def _cuts(edges: Callable[[int], Edges], text: str, start: int, end: int, at_start: Edges, at_end: Edges) -> list[int]:
    """Where in a word the size of type changes, if it does so at its outer digit or at the first of the run it ends.

    Else where digits begin or end that are lifted. A word with digits only inside is cut where small characters are
    raised behind one of them. `edges` are those of a character, `at_start` and `at_end` those of the first and the
    last.
    """
    digit = _outer_digit(text, start, end)
    if digit is None or (digit == start and _is_as_high(at_end, at_start)):
        found = [at_start, *map(edges, range(start + 1, end - 1)), at_end]
        cuts = _changes(start, found)
        if any(text[i - 1].isdigit() and rises(*found[i - start - 1 : i - start + 1]) for i in cuts):
            return cuts
    if digit is None:
        cuts = [start + i for i in lifted(text[start:end], found)]
        is_behind_digit = any(text[i - 1].isdigit() and found[i - start][1] > found[i - start - 1][1] for i in cuts)
        return cuts if is_behind_digit else []
    first = digit
    while first > start + 1 and text[first - 1].isdigit():
        first -= 1
    usual, other = (at_start, at_end) if digit > start else (at_end, at_start)
    outer = other if digit in {start, end - 1} else edges(digit)
    if _is_as_high(usual, outer) and (first == digit or _is_as_high(usual, edges(first))):
        if abs(outer[1] - usual[1]) < _LIFT * (usual[0] - usual[1]):
            return []
        found = [at_start, *map(edges, range(start + 1, end - 1)), at_end]
        return [start + i for i in lifted(text[start:end], found)]
    return _changes(start, [at_start, *map(edges, range(start + 1, end - 1)), at_end])


def _changes(start: int, found: Sequence[Edges]) -> list[int]:
    """Where the size of type changes in a word that begins at `start`."""
    return [start + i for i in range(1, len(found)) if not _is_as_high(found[i - 1], found[i])]


def _is_as_high(one: Edges, other: Edges) -> bool:
    height = one[0] - one[1]
    return abs(height - other[0] + other[1]) < 0.1 * height


def _page_text(textpage: Any) -> str:
    """The text such that its i-th character is pdfium's i-th character."""
    count = textpage.count_chars()
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium_c.FPDFText_GetText(textpage.raw, 0, count, buffer)
    if written - 1 == count:
        text = bytes(buffer)[: 2 * count].decode("utf-16-le", "replace")
        # Beyond the basic plane pdfium counts two halves where Python counts one character.
        return text if len(text) == count else "".join(map(chr, buffer[:count]))
    raw = textpage.raw
    return "".join(_character(pdfium_c.FPDFText_GetUnicode(raw, i)) for i in range(count))


def _character(code: int) -> str:
    return chr(code) if 0 < code <= 0x10FFFF else "\ufffd"


def _recombine(word: str) -> str:
    """Surrogate halves, which pdfium counts as two characters, made one again."""
    return word.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _placement(page: Any) -> Callable[[float, float, float, float, int], Box]:
    """A function from a box in PDF coordinates to (left, top, right, bottom) in the frame its text is read in.

    Text that runs up or down the page gets a frame of its own, in which it is upright: so a table set sideways, or
    a page with /Rotate, reads like any other.
    """
    box_left, box_bottom, box_right, box_top = page.get_bbox()
    wide, high = box_right - box_left, box_top - box_bottom

    def place(x0: float, y0: float, x1: float, y1: float, direction: int) -> Box:
        x0, x1, y0, y1 = x0 - box_left, x1 - box_left, y0 - box_bottom, y1 - box_bottom
        if direction == 0:
            return x0, high - y1, x1, high - y0
        if direction == 1:
            return y0, x0, y1, x1
        if direction == 2:
            return wide - x1, y0, wide - x0, y1
        return high - y1, wide - x1, high - y0, wide - x0

    return place


def _join(words: Sequence[Span]) -> list[Span]:
    """Words that follow one another on a baseline, joined; a wide gap starts a new span."""
    spans: list[Span] = []
    last: Span | None = None
    base: Span | None = None
    for index, word in enumerate(words):
        if last is not None and (glue := _glue(last, word)) is not None:
            if not glue and is_lifted(words, index):
                word.text = raised(word.text)
            append(last, word, glue, base)
            if base is None or word.size >= base.size:
                base = word
        elif last is None or not _is_accent_over(last, word):
            spans.append(last := word)
            base = word.copy()
    return spans


def _is_accent_over(span: Span, word: Span) -> bool:
    """Whether this is an accent that TeX set back over a letter; read by itself it would tear the line apart."""
    return (
        word.text in _ACCENTS and span.left <= word.left < span.right and span.top - word.size < word.top < span.bottom
    )


def _glue(left: Span, right: Span) -> str | None:
    """What to put between two words, or None where they do not belong to one span."""
    if left.turn != right.turn or left.hyphen:
        return None
    em = left.size if left.size > right.size else right.size
    gap = right.left - left.right
    if gap < -0.5 * em or gap > _WIDE_GAP * em:
        return None
    if left.top != right.top or left.bottom != right.bottom:
        overlap = min(left.bottom, right.bottom) - max(left.top, right.top)
        needed = 0.0 if abs(gap) < _TOUCHING * em and may_be_raised(left.text, right.text) else 0.4
        if overlap < needed * min(left.bottom - left.top, right.bottom - right.top):
            return None
    return " " if right.spaced or gap > _WORD_GAP * em else ""


def append(span: Span, word: Span, glue: str, base: Span | None = None) -> None:
    """Lengthen `span` by `word`; the bigger part sets the size: a footnote mark must not shrink a title.

    `base`: its last word of full size; what stands behind a number is compared with it, as the span may be small.
    """
    added = word.text
    line = base if base is not None and base.size > span.size and not glue and ends_in_number(span.text) else span
    if word.size != line.size:
        added = scripted(added, word, line, behind="" if glue else span.text)
    if word.size != span.size:
        span.text = scripted(span.text, span, word)
    if span.sizes:
        sizes = word.sizes if len(word.sizes) == len(added) else (word.size,) * len(added)
        span.sizes += (word.size,) * len(glue) + sizes
    if abs(word.size - span.size) < 0.1:
        span.main += word.main
    elif word.main > span.main:
        span.size, span.top, span.bottom, span.main = word.size, word.top, word.bottom, word.main
    span.text += glue + added
    span.heavy += word.heavy
    span.slanted += word.slanted
    span.right = max(span.right, word.right)
    span.hyphen = word.hyphen
