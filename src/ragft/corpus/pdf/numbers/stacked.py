"""Stacked numbers: writes fractions on one line, `3 1/2`, and reads drawn minus signs.

An index and an exponent of one symbol stand one above the other, too: without a bar between them, only digits that
hang on no symbol, or behind a number (`3½`), are a fraction.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ragft.corpus.pdf.base import TextSpan
from ragft.corpus.pdf.numbers.raised_digits import SMALL
from ragft.corpus.pdf.painted.rules import Rules
from ragft.corpus.pdf.pdfium.binding import Box

_LONGEST = 4
"""Digits."""
_STEP = 0.7, 1.8
"""Em from the foot of the upper number to that of the lower."""
_OVERLAP = 0.5
"""Share of the width of the narrower that stands over the other."""
_LINE = 0.2, 0.8
"""Where the middle of the line they stand in lies between theirs."""
_NEAR = 1.0
_APART = 0.2
"""Em up to which a word stands beside a fraction, and from which on it is not a symbol that they hang on."""


def write_fractions(words: list[TextSpan], rules: Rules) -> list[TextSpan]:
    """`words` with two numbers set as a fraction made one, of the size and at the height of the line around them."""
    numbers = [index for index, word in enumerate(words) if word.text.isdecimal()]
    pairs = {one for one, other in pairwise(numbers) if other == one + 1}
    if not pairs:
        return words
    found: list[TextSpan] = []
    index, last = 0, len(words) - 1
    while index <= last:
        word = words[index]
        if index in pairs:
            following = words[index + 2] if index + 2 <= last else None
            if fraction := _fraction(word, words[index + 1], found[-1] if found else None, following, rules):
                found.append(fraction)
                index += 2
                continue
        found.append(word)
        index += 1
    return found


def write_minuses(words: Sequence[TextSpan], rules: Rules) -> None:
    """Put a minus before each number in a line of text before which one is drawn, apart from it between two numbers."""
    for before, word in pairwise(words):
        if not word.text[:1].isdecimal():
            continue
        gap = word.left - before.right
        if not 0.35 * word.size < gap < 2 * word.size or word.turn:
            continue
        if abs(before.bottom - word.bottom) > 0.05 * word.size:
            continue
        number = before.text[-1:].isdecimal()
        middle = rules.between(_box(before), _box(word), word.size) if number else None
        line = middle or rules.minus(_box(word), word.size)
        if line is not None and line[0] - before.right > (_APART if number and not middle else -0.05) * word.size:
            sign = "− " if middle else "−"
            word.text, word.left, word.spaced = f"{sign}{word.text}", line[0], True
            word.sizes = (*[word.size] * len(sign), *word.sizes) if word.sizes else ()


def _fraction(
    one: TextSpan, two: TextSpan, before: TextSpan | None, after: TextSpan | None, rules: Rules
) -> TextSpan | None:
    upper, lower = (one, two) if one.top < two.top else (two, one)
    if upper.turn or lower.turn or not _is_stacked(upper, lower):
        return None
    left, right = min(upper.left, lower.left), max(upper.right, lower.right)
    before = before if before is not None and _is_beside(before, upper, lower, left - before.right) else None
    after = after if after is not None and _is_beside(after, upper, lower, after.left - right) else None
    line = before or after
    if line is None or not (
        rules.bar(_box(upper), _box(lower), upper.size) or _stands_free(upper, before, after, left)
    ):
        return None
    if after is not None and after.text[:1].isalnum():
        after.spaced = True
    text = f"{upper.text}/{lower.text}"
    spaced = one.spaced or (before is not None and before.text[-1:].isalnum())
    sizes = (line.size,) * len(text) if one.sizes else ()
    place = left, line.top, right, line.bottom, line.size
    heavy, slanted = (len(text) if all((a, b)) else 0 for a, b in ((one.heavy, two.heavy), (one.slanted, two.slanted)))
    return type(one)(text, *place, heavy, slanted, sizes=sizes, main=len(text), spaced=spaced, added=one.added)


def _is_stacked(upper: TextSpan, lower: TextSpan) -> bool:
    overlap = min(upper.right, lower.right) - max(upper.left, lower.left)
    step = (lower.bottom - upper.bottom) / upper.size
    return (
        overlap >= _OVERLAP * min(upper.width, lower.width)
        and _STEP[0] <= step <= _STEP[1]
        and abs(upper.size - lower.size) < 0.1 * upper.size
        and max(len(upper.text), len(lower.text)) <= _LONGEST
        and lower.text.strip("0") != ""
    )


def _is_beside(word: TextSpan, upper: TextSpan, lower: TextSpan, gap: float) -> bool:
    """Whether a word stands in the line whose middle runs between two numbers."""
    top, bottom = upper.top + upper.bottom, lower.top + lower.bottom
    share = (word.top + word.bottom - top) / (bottom - top)
    near = -0.3 * word.size < gap < _NEAR * word.size
    return near and not word.turn and word.size > 0.95 * upper.size and _LINE[0] < share < _LINE[1]


def _stands_free(upper: TextSpan, before: TextSpan | None, after: TextSpan | None, left: float) -> bool:
    """Whether small digits without a bar hang on no symbol; they may follow a number."""
    if before is not None:
        last, apart = before.text[-1:], left - before.right > _APART * before.size
        if upper.size > SMALL * before.size or not (last.isdecimal() or (apart and (last.isalpha() or last in ",;:"))):
            return False
    if after is None:
        return before is not None
    apart = after.left - upper.right > 0.1 * after.size
    return upper.size <= SMALL * after.size and (apart or not (after.text[:1].isalpha() or after.text[:1] in ")]}"))


def _box(span: TextSpan) -> Box:
    return span.left, span.top, span.right, span.bottom
