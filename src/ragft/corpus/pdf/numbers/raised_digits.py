"""Marks digits above or below the line (`10⁻⁴`, `320¹`, `x₁`) until the whole text is known.

Raised text that has no characters of its own (`3.5`, `2i/d`, the mark `a` of a note) is put between two marks. What
each of them is, an exponent or the mark of a note, is decided by `ragft.corpus.raised` from the text before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ragft.corpus.pdf.base import TextSpan
from ragft.corpus.raised import DOWN_END, DOWN_START, UP_END, UP_START

SMALL = 0.85
_RISE = 0.12
_DROP = 0.3
"""Share of the type size by which a foot stands higher, or a head lower, than those of the line."""
_LIFT, _HIGHEST = 0.25, 0.7
"""The same for digits as large as the line: more, since the labels of a chart may stand a little higher."""
_LEAST, _MOST = 0.2, 0.6
"""The same as shares of the height of a character's box; beyond are the numbers of a fraction."""
_LEVEL = 0.1
_NUMBER = re.compile(r"[+−–-]?\d[\d,–]*(?:\.\d+)?[.,;:)\]]*")
_DIGITS = re.compile(r"[+−–-]?\d[\d,–]*[.,;:)\]]*|[+−–-]")
_DECIMAL = re.compile(r"\d+[.,]\d")
_POWER = re.compile(r"[+−–-]?(?:\d+[.,]\d+|\d{1,3}/\w{1,3}|\d?\w[+−–-]\d|\((?:\d|\w[+−–-]\d)\))[.,;:)]?")
"""What may stand behind a letter or a bracket: `d^−0.5`, `t^−1/2`, `h^(l−1)`."""
_BASE = re.compile(r"(?:(?<![^\W\d_])[^\W\d_]|[)\]|}‖⟩])$")
_LETTERS = re.compile(r"(?:[^\W\d_]{1,2}|[∗*⊤†]|\(\w\))[.,;:)\]|]*")
_SMALL_CAPITALS = re.compile(r"[A-Z]{2}\W*")
_MEANS = re.compile(r"[^\W_]|[*∗⁎†‡§¶#⋆∘◦°º]")
_CLOSES = frozenset(")]}|")
_OWN_SIGNS = frozenset("+−–-±")
_RAISED_DIGITS = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹")
_RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_LOWERED = str.maketrans("0123456789+-−", "₀₁₂₃₄₅₆₇₈₉₊₋₋")


def is_lifted(row: Sequence[TextSpan], index: int) -> bool:
    """Whether row[index] is of digits as large as what stands before them, and raised above that.

    What follows must be back on the line, or the line end there: the labels of a chart may rise step by step.
    """
    mark, line = row[index], row[index - 1]
    if mark.size <= SMALL * line.size or not (line.text[-1:].isalnum() or line.text[-1:] in _CLOSES):
        return False
    behind_a_digit = line.text[-1].isdecimal() and _would_join(line.text, mark.text)
    if not _NUMBER.fullmatch(mark.text) and not behind_a_digit:
        return False
    if not _LIFT * line.size <= line.bottom - mark.bottom <= _HIGHEST * line.size:
        return False
    if index > 1 and row[index - 2].bottom - line.bottom >= _LEVEL * line.size:
        return False
    following = row[index + 1] if index + 1 < len(row) else None
    if following is None or not -line.size < following.left - mark.right < line.size:
        return True
    return following.top >= mark.bottom or abs(following.bottom - line.bottom) < _LEVEL * line.size


def level_signs(words: Sequence[TextSpan]) -> None:
    """Give a sign the height of the digits right behind it: symbol fonts may name a box much taller than it."""
    for sign, digits in pairwise(words):
        if sign.text in _OWN_SIGNS and digits.text[:1].isdecimal() and sign.turn == digits.turn:
            touches = abs(digits.left - sign.right) < _LEVEL * digits.size
            if touches and abs(sign.size - digits.size) < _LEVEL * digits.size:
                sign.top, sign.bottom = digits.top, digits.bottom


def lifted(word: str, found: Sequence[tuple[float, float]]) -> list[int]:
    """Where digits of a word begin or end that stand above the characters beside them. `found`: its edges."""
    cuts: list[int] = []
    for i in range(1, len(word)):
        height = found[i][0] - found[i][1]
        rise = found[i][1] - found[i - 1][1]
        upper, lower = (word[i], word[i - 1]) if rise > 0 else (word[i - 1], word[i])
        counts = (
            upper.isdigit()
            or upper in "+−–-,"
            or (rise > 0 and lower.isdigit() and (upper.isalpha() or upper in "(*∗†‡§¶"))
        )
        if _LEAST * height < abs(rise) < _MOST * height and counts:
            cuts.append(i)
    return cuts


def raised_text(text: str) -> str:
    """`text` in raised characters; a hyphen or en dash at its beginning becomes a minus."""
    if text[0] in "–-":
        text = f"−{text[1:]}"
    return text.translate(_RAISED) if _DIGITS.fullmatch(text) else _between(UP_START, text, UP_END)


def scripted(text: str, small: TextSpan, line: TextSpan, *, behind: str = "") -> str:
    """The `text` of `small` as it stands on the `line` beside it: raised, lowered, or as it is.

    `behind`: what it directly follows; then it may be more than digits: whatever would change the number before it.
    """
    if small.size > SMALL * line.size:
        return text
    digits = _DIGITS.fullmatch(text) is not None
    letters = behind != "" and not digits and _marks_letter(behind, text)
    if not digits and not letters and not (behind and _would_join(behind, text)):
        return text
    if line.bottom - small.bottom > _RISE * line.size:
        in_a_range = text in {"–", "-"} and behind[-1:] in _RAISED_DIGITS
        return text if in_a_range else raised_text(text)
    if small.top - line.top > _DROP * line.size and small.bottom > line.bottom - 0.02 * line.size:
        if letters or (behind and _DECIMAL.match(text)):
            return _between(DOWN_START, text, DOWN_END)
        return text.translate(_LOWERED) if digits else text
    return text


def ends_in_number(text: str) -> bool:
    """Whether `text` ends in a digit on the line, or in what was raised behind one."""
    return text[-1:].isdecimal() or text[-1:] == UP_END


def may_be_raised(before: str, text: str) -> bool:
    """Whether `text` may be a raised part of what `before` ends with, however high it stands."""
    return before[-1:] == UP_END or (before[-1:].isdigit() and text[:1].isalnum())


def rises(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether the `other` character is the smaller and stands higher. Edges: top and bottom, upwards."""
    return other[0] - other[1] < one[0] - one[1] and other[1] > one[1]


def _would_join(before: str, text: str) -> bool:
    """Whether a number would come about, or another than `before` ends with, if `text` stood directly behind it."""
    last = before[-1:]
    if last == UP_END:
        return True
    if text[0] == "[" or not _MEANS.search(text):
        return False
    return last.isdecimal() or ((last.isalpha() or last in ")]}⁺⁻") and _POWER.fullmatch(text) is not None)


def _marks_letter(before: str, text: str) -> bool:
    """Whether small letters or a sign may belong to a letter of a formula, or to a bracket, right before them."""
    if _LETTERS.fullmatch(text) is None or (_SMALL_CAPITALS.fullmatch(text) and before[-1:].isupper()):
        return False
    return before[-1:] == DOWN_END or _BASE.search(before) is not None


def _between(start: str, text: str, end: str) -> str:
    bare = text.rstrip(".,;:" if "(" in text else ".,;:)]|")
    return f"{start}{bare}{end}{text[len(bare) :]}"
