"""The text of a page: runs of words with place, size and weight, from pdfium.

Calls of pdfium for every character take longer than reading the text, so only the first and last character of each word
are located.
"""

from __future__ import annotations

import ctypes
import re
import struct
from collections.abc import Iterator, Sequence
from typing import Any

from ragft.corpus.pdf.annotations.annotations import NONE, Annotations
from ragft.corpus.pdf.annotations.combs import without_gaps
from ragft.corpus.pdf.annotations.free_text import FreeText, set_in_lines
from ragft.corpus.pdf.base import DOWNWARDS, FIRST_SLANTED, PageSpans, TextSpan, Unseen, Visibility
from ragft.corpus.pdf.numbers.fractions import write_bars
from ragft.corpus.pdf.numbers.raised_digits import (
    ends_in_number,
    is_lifted,
    level_signs,
    may_be_raised,
    raised_text,
    scripted,
)
from ragft.corpus.pdf.numbers.stacked import write_fractions, write_minuses
from ragft.corpus.pdf.painted.rules import Rules, Strikes
from ragft.corpus.pdf.painted.scene import Scene
from ragft.corpus.pdf.pdfium.actual_text import text_page
from ragft.corpus.pdf.pdfium.binding import Box, Place, address, pointer
from ragft.corpus.pdf.pdfium.page_characters import characters_of, recombine
from ragft.corpus.pdf.tables.columns import mark_cells
from ragft.corpus.pdf.tables.ruled import set_cells
from ragft.corpus.pdf.tables.ruled_rows import join_cells
from ragft.corpus.pdf.text.cuts import Cuts, locate
from ragft.corpus.pdf.text.glyphs import Glyphs, Run
from ragft.corpus.pdf.text.replaced import in_place
from ragft.corpus.pdf.text.right_to_left import has_right_to_left, set_digits, set_in_order
from ragft.corpus.pdf.text.styles import SLANTED, PageStyles, object_at
from ragft.corpus.pdf.text.turned import Slanted, take_out_tilt
from ragft.corpus.pdf.text.vertical import is_out_of_order, keep_turned

# pdfium writes one of these where it took a hyphen at a line's end out of the text.
_SOFT_BREAKS = "\x02\ufffe"
# What a code stands for that its font does not explain: controls, replacement characters, private use.
_UNMAPPED = re.compile("[\x00\x01\x03-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff]")
_UNMAPPED_WORD = re.compile(f"(?:{_UNMAPPED.pattern}){{3,}}")
"""Single such characters are mostly large brackets of formulas."""
_SPACES = " \t\xa0"
_TOUCHING = 0.01
_CJK = "\u2e80"  # the first of the characters that are also set in columns
_WORD = re.compile(r"[^\s\x00-\x1f\ufffe]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ACCENTS = frozenset("´`¨ˆ˜ˇ˘¸˚")
_WORD_GAP = 0.12
_WIDE_GAP = 1.0
"""Gaps in em: from the first on there is a space, beyond the second the words stand apart (columns, cells)."""
_FREE = 0.15
"""Share of a character's width at each end that a line which strikes it out may leave free."""
_WHOLE: Sequence[Run] = ()
"""The parts of a word that is not split."""


def read_spans(page: Any, annotations: Annotations = NONE, *, detail: bool = False, layers: bool = False) -> PageSpans:
    """The spans of a `pypdfium2.PdfPage`; with `detail` each carries the size of its every character.

    Text that cannot be seen is left out, unless nearly all of the page's text leaves no mark and images lie under or
    over it: then it is the text layer of a scan. `layers`: the file has layers that are switched off.
    """
    width, height = page.get_size()
    scene = Scene(page, annotations, layers=layers)
    place, turned = _placement(page), page.get_rotation() // 90
    rules = Rules(place(*box, turned) for box in scene.lines())
    textpage = text_page(page, scene.texts())
    try:
        text = characters_of(textpage)
        words = _words(page, textpage, scene, text + "\n", detail, rules)
    finally:
        textpage.close()
    words += [(span, "shown") for item in annotations.written for span in _written(item, page)]
    for item in annotations.combs:
        words = without_gaps(words, item.value, place(*item.box, turned))
    words = in_place(words)
    shown = [word for word, visibility in words if visibility == "shown"]
    others = [pair for pair in words if pair[1] != "shown"] if len(shown) < len(words) else []
    unseen = [visibility for _, visibility in others if isinstance(visibility, Unseen)]
    covered = 0
    if len(unseen) > 4 * len(shown):
        over_image = sum(scene.is_over_image(place.x, place.y) for place in unseen)
        if 2 * over_image > len(unseen) or (not shown and scene.leaves_marks()):
            shown = [word for word, visibility in words if visibility not in {"gone", "struck"}]
            covered = sum(place.covered for place in unseen)
    unmapped = len(_UNMAPPED.findall(text)) if text else len(scene.texts())
    nameless = sum(map(len, _UNMAPPED_WORD.findall(text))) if unmapped else 0
    struck = [len(word.text) for word, visibility in others if visibility == "struck"]
    hidden = len(words) - len(shown) - len(struck)
    shown = write_fractions(shown, rules)
    if rules:
        write_minuses(shown, rules)
        shown = write_bars(shown, rules, _join)
    level_signs(shown)
    set_cells(shown, scene.strokes(), place, turned)
    if has_right_to_left(text):
        set_in_order(shown, width)
    disordered = is_out_of_order(shown)
    keep_turned(shown)
    mark_cells(shown)
    spans = join_cells(_join(shown))
    return PageSpans(width, height, spans, hidden, unmapped, covered, sum(struck), nameless, disordered)


def _words(
    page: Any, textpage: Any, scene: Scene, text: str, detail: bool, rules: Rules
) -> list[tuple[TextSpan, Visibility | Unseen]]:
    """Each word of the page, and whether it can be seen.

    The innermost loop of reading: no needless call in it.
    """
    halves, backwards = _SURROGATE.search(text) is not None, has_right_to_left(text)
    raw, styles = pointer(address(textpage.raw)), PageStyles(textpage, scene)
    known, read = styles.known, styles.read
    place, turned = _placement(page), page.get_rotation() // 90
    rectangle = (ctypes.c_float * 4)()
    where, box_of = pointer(rectangle), struct.Struct("4f").unpack
    cuts, glyphs = Cuts(textpage, text, styles, page.get_size()), Glyphs(page, textpage, scene)
    uneven, strikes, upright = list[Slanted](), Strikes(rules), bool(rules) and not turned
    words: list[tuple[TextSpan, Visibility | Unseen]] = []
    for match in _WORD.finditer(text):
        runs = [match.span()]
        for number, (start, end) in enumerate(runs, start=1):
            if not locate(raw, start, where):
                continue
            x0, y1, x1, y0 = box_of(rectangle)
            head, mixed = object_at(raw, start), False
            size, bold, italic, direction, sight, tilt, level = style = known.get(head) or read(start, head)
            visibility, (low_x, low_y, high_x, high_y), covers, doubtful, added = sight
            word = text[start:end]
            if end - start > 1 and locate(raw, end - 1, where):
                left, top, right, bottom = box_of(rectangle)
                if object_at(raw, end - 1) != head:
                    if found := cuts.within(start, end, style, (y1, y0), (top, bottom)):
                        runs[number:number] = zip([start, *found], [*found, end], strict=True)
                        continue
                    mixed = any(other.sight != sight for other in styles.among(start + 1, end))
                if not level or (word[0] >= _CJK and top <= y0 and left < x1 and right > x0):
                    direction = DOWNWARDS if level else direction
                    y0, y1 = min(y0, bottom), max(y1, top)
                x0, x1 = left if left < x0 else x0, right if right > x1 else x1
            box, parts = place(x0, y0, x1, y1, direction), _WHOLE
            if mixed or covers or doubtful or x0 < low_x or y0 < low_y or x1 > high_x or y1 > high_y:
                visibility, parts = glyphs.look(text, start, end, sight, (x0, y0, x1, y1))
            line, parts = (
                _line_through(rules, box, glyphs, word, (start, end), place)
                if upright and level and not parts and rules.meet(box[1], box[3])
                else (None, parts)
            )
            if parts:
                runs[number:number] = parts
                continue
            count = len(word := recombine(word) if halves and not word.isascii() else word)
            sizes = tuple([styles.at(i).size for i in range(start, end)][:count]) if detail else ()
            hyphen, spaced = text[end] in _SOFT_BREAKS, text[start - 1] in _SPACES
            turn = direction if direction >= FIRST_SLANTED else (direction - turned) % 4
            span = TextSpan(word, *box, size, bold * count, italic * count, hyphen, turn, sizes, count, spaced, added)
            span = set_digits(span, cuts.baselines.lefts(start, end, place, turned)) if backwards and not turn else span
            if not -SLANTED < tilt < SLANTED:
                uneven.append(Slanted(span, start, end, style))
            if not (added and _is_repeat(span, words)):
                words.append((span, visibility if visibility == "shown" else _state(visibility, x0 + x1, y0 + y1)))
                if line:
                    strikes.add(line, len(words) - 1, (start, end), box, size)
    every = (span for span, _ in words)
    cuts.baselines.set_upright(uneven, take_out_tilt(every, list(known.values()), page.get_size()), turned)
    return _strike_out(words, strikes.struck(lambda run: [place(*ink, 0) for ink in glyphs.inks(text, *run)]))


def _line_through(
    rules: Rules, box: Box, glyphs: Glyphs, word: str, run: Run, place: Place
) -> tuple[Box | None, list[Run]]:
    """The line across the middle of a word, or the parts of a word with digits of which it crosses only one.

    A short line over letters belongs to a drawing.
    """
    line = rules.across(box)
    if line or not (short := rules.part_of(box)) or not any(map(str.isdigit, word)):
        return line, []

    def is_crossed(character: Box) -> bool:
        left, _, right, _ = place(*character, 0)
        free = _FREE * (right - left)
        return short[0] < left + free and right - free < short[2]

    return None, glyphs.split(*run, is_crossed)


def _written(item: FreeText, page: Any) -> Iterator[TextSpan]:
    """The lines of a text written onto the page, if it is not beside it."""
    left, low, right, high = page.get_bbox()
    if item.box[0] < right and item.box[2] > left and item.box[1] < high and item.box[3] > low:
        box = _placement(page)(*item.box, page.get_rotation() // 90)
        _, height = page.get_size()
        for line, place in set_in_lines(item, box):
            if 0 < (place[1] + place[3]) / 2 < height:
                yield TextSpan(line, *place, item.size, main=len(line), added=True)


def _strike_out(
    words: list[tuple[TextSpan, Visibility | Unseen]], struck: Sequence[int]
) -> list[tuple[TextSpan, Visibility | Unseen]]:
    for index in struck:
        words[index] = words[index][0], "struck"
    return words


def _state(visibility: Visibility, x: float, y: float) -> Visibility | Unseen:
    return visibility if visibility in {"shown", "gone"} else Unseen(x / 2, y / 2, visibility == "covered")


def _is_repeat(word: TextSpan, words: Sequence[tuple[TextSpan, Visibility | Unseen]]) -> bool:
    """Whether a word of an annotation stands on the page itself, too, at the same place."""
    x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    return any(
        other.text == word.text
        and visibility == "shown"
        and other.left <= x <= other.right
        and other.top <= y <= other.bottom
        for other, visibility in words
    )


def _placement(page: Any) -> Place:
    """Where a box on a page lies in the frame that its text is read in.

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


def _join(words: Sequence[TextSpan]) -> list[TextSpan]:
    """Words that follow one another on a baseline, joined; a wide gap starts a new span."""
    spans: list[TextSpan] = []
    last: TextSpan | None = None
    base: TextSpan | None = None
    for index, word in enumerate(words):
        if last is not None and (glue := _glue(last, word)) is not None:
            if not glue and is_lifted(words, index):
                word.text = raised_text(word.text)
            append(last, word, glue, base)
            if base is None or word.size >= base.size:
                base = word
        elif last is None or not _is_accent_over(last, word):
            spans.append(last := word)
            base = word.copy()
    return spans


def _is_accent_over(span: TextSpan, word: TextSpan) -> bool:
    """Whether this is an accent that TeX set back over a letter; read by itself it would tear the line apart."""
    return (
        word.text in _ACCENTS and span.left <= word.left < span.right and span.top - word.size < word.top < span.bottom
    )


def _glue(left: TextSpan, right: TextSpan) -> str | None:
    """The separator between two words, or None if they do not belong to one span."""
    if left.turn != right.turn or left.hyphen or right.begins_cell or left.cell is not right.cell:
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


def append(span: TextSpan, word: TextSpan, glue: str, base: TextSpan | None = None) -> None:
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
    if word.size == span.size or abs(word.size - span.size) < 0.1:
        span.main += word.main
    elif word.main > span.main and added == word.text:  # two raised digits are no more of the line than the one before
        span.size, span.top, span.bottom, span.main = word.size, word.top, word.bottom, word.main
    span.text += glue + added
    span.heavy += word.heavy
    span.slanted += word.slanted
    span.added = span.added or word.added
    span.right = max(span.right, word.right)
    span.hyphen = word.hyphen
