"""Fractions of formulas, written on the line that they stand in: `(a + b)/8` for words above and below a bar."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from ragft.corpus.pdf.base import TextSpan
from ragft.corpus.pdf.numbers.raised_digits import SMALL
from ragft.corpus.pdf.painted.rules import Rules
from ragft.corpus.pdf.pdfium.binding import Box

_LONGEST = 240.0
"""Points of a bar at most."""
_FROM, _TO, _INDICES = 0.15, 1.15, 1.5
"""Em between a bar and the middle of what stands above and below it, and that of small characters."""
_MOST = 2_000
"""Bars of a page, and words near one, that are looked at."""
_REACH = 40.0
"""Points from a bar within which its words are looked for."""
_BEYOND = 0.4
"""Em by which words may be longer than their bar."""
_AXIS = 0.35
"""Em between a bar and the middle of the line that it stands in."""
_NEAR = 0.55
"""Em between a bar and the next word of its line."""
_WORD_GAP = 0.12
"""Em from which on there is a space."""
_TALLEST = 1.5
"""Em of the box of a character; those of roots and large brackets are taller."""
_RADICALS = frozenset("√∛∜")
_WORD = re.compile(r"[^\W\d_]{4}")
_PLAIN = re.compile(r"[^\s+−–/·×=,;-]+")

Join = Callable[[Sequence["TextSpan"]], Sequence["TextSpan"]]


def write_bars(words: list[TextSpan], rules: Rules, join: Join) -> list[TextSpan]:
    """`words` with those above and below the bar of a fraction made one; `join` makes spans of words.

    The line that the fraction stands in goes on beside the bar, at its height: that tells it from a line under a word.
    """
    bars = rules.shorter_than(_LONGEST)[:_MOST]
    if not bars:
        return words
    order = sorted((word for word in words if not word.turn), key=_middle)
    places: dict[int, int] = {}
    """By the id of a word: where it stands in `words`."""
    made: dict[int, TextSpan | None] = {}
    """By the id of a word: the fraction in its place, or None."""
    for bar in bars:
        height = (bar[1] + bar[3]) / 2
        start = bisect_left(order, height - _REACH, key=_middle)
        end = min(bisect_right(order, height + _REACH, key=_middle), start + _MOST)
        if found := _parts(order[start:end], bar, height):
            places = places or {id(word): place for place, word in enumerate(words)}
            line, over, under = found
            terms = [sorted(part, key=lambda word: places[id(word)]) for part in (over, under)]
            first = min((part[0] for part in terms), key=lambda word: places[id(word)])
            whole = _fraction(first, line, bar, [_text(join([word.copy() for word in part])) for part in terms])
            made.update({id(word): None for part in terms for word in part})
            made[id(first)], places[id(whole)] = whole, places[id(first)]
            order[start:end] = [word for word in order[start:end] if id(word) not in made]
            insort(order, whole, key=_middle)
    return list(_with(words, made)) if made else words


def _with(words: Sequence[TextSpan], made: dict[int, TextSpan | None]) -> Iterator[TextSpan]:
    for word in words:
        kept: TextSpan | None = word
        while kept is not None and id(kept) in made:
            kept = made[id(kept)]
        if kept is not None:
            yield kept


def _parts(near: Sequence[TextSpan], bar: Box, height: float) -> tuple[TextSpan, list[TextSpan], list[TextSpan]] | None:
    """A word of the line that a bar stands in, and those above and below it; None where it is not a fraction's."""
    line = next((word for word in near if _is_beside(word, bar, height)), None)
    if line is None:
        return None
    inside = [word for word in near if bar[0] < (word.left + word.right) / 2 < bar[2]]
    over = [word for word in inside if _is_part(word, height - _middle(word), line)]
    under = [word for word in inside if _is_part(word, _middle(word) - height, line)]
    return (line, over, under) if _are_terms(over, bar, line) and _are_terms(under, bar, line) else None


def _are_terms(part: Sequence[TextSpan], bar: Box, line: TextSpan) -> bool:
    """Whether words are one half of a fraction in a line: within its bar, without the gaps and the words of a table."""
    words = sorted(part, key=lambda word: word.left)
    beyond = _BEYOND * line.size
    if not words or words[0].left < bar[0] - beyond or words[-1].right > bar[2] + beyond:
        return False
    apart = any(after.left - before.right > line.size for before, after in pairwise(words))
    large = any(word.size > 1.05 * line.size for word in words)
    spoken = line.text[-1:].isalpha() and any(_WORD.search(word.text) for word in words)
    return not (apart or large or spoken)


def _fraction(first: TextSpan, line: TextSpan, bar: Box, terms: Sequence[str]) -> TextSpan:
    """The fraction of two terms in a line; `first`: the first word of either."""
    whole, size, height = first.copy(), line.size, (bar[1] + bar[3]) / 2
    whole.text, whole.size = "/".join(terms), size
    whole.main = len(whole.text)
    whole.left, whole.top, whole.right, whole.bottom = bar[0], height - size / 2, bar[2], height + size / 2
    spaced = bar[0] - line.right > _WORD_GAP * size if line.right <= bar[0] + size / 2 else first.spaced
    whole.spaced = spaced or line.text[-1:].isalnum()
    whole.sizes = (size,) * len(whole.text) if whole.sizes else ()
    return whole


def _is_beside(word: TextSpan, bar: Box, height: float) -> bool:
    gap = max(bar[0] - word.right, word.left - bar[2])
    usual = word.bottom - word.top < _TALLEST * word.size and word.text not in _RADICALS
    return usual and -0.2 * word.size < gap < _NEAR * word.size and abs(_middle(word) - height) < _AXIS * word.size


def _is_part(word: TextSpan, distance: float, line: TextSpan) -> bool:
    """Whether a word is as far from a bar as a part of the fraction may be; indices of it are further away."""
    farthest = _TO if word.size > SMALL * line.size else _INDICES
    return _FROM * word.size < distance < farthest * line.size


def _middle(word: TextSpan) -> float:
    return (word.top + word.bottom) / 2


def _text(spans: Sequence[TextSpan]) -> str:
    text = " ".join(span.text for span in spans)
    return text if _PLAIN.fullmatch(text) else f"({text})"
