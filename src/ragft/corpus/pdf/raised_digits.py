"""Digits set above or below the line, written as such (`10⁻⁴`, `320¹`, `x₁`) until the whole text is known.

What each of them is, an exponent or the mark of a note, is decided by `ragft.corpus.raised` from the text before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragft.corpus.pdf.spans import Span

_SMALL = 0.85
_RISE = 0.12
_DROP = 0.3
"""Share of the type size by which a foot stands higher, or a head lower, than those of the line."""
_LIFT, _HIGHEST = 0.25, 0.7
"""The same for digits as large as the line: more, since the labels of a chart may stand a little higher."""
_LEVEL = 0.1
_NUMBER = re.compile(r"[+−–-]?\d[\d,–]*[.,;:)\]]*")
_DIGITS = re.compile(r"[+−–-]?\d[\d,–]*[.,;:)\]]*|[+−–-]")
_RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_LOWERED = str.maketrans("0123456789+-−", "₀₁₂₃₄₅₆₇₈₉₊₋₋")


def is_lifted(row: Sequence[Span], index: int) -> bool:
    """Whether row[index] is of digits as large as what stands before them, and raised above that.

    What follows must be back on the line, or the line end there: the labels of a chart may rise step by step.
    """
    mark, line = row[index], row[index - 1]
    if mark.size <= _SMALL * line.size or not _NUMBER.fullmatch(mark.text) or not line.text[-1:].isalnum():
        return False
    if not _LIFT * line.size <= line.bottom - mark.bottom <= _HIGHEST * line.size:
        return False
    if index > 1 and row[index - 2].bottom - line.bottom >= _LEVEL * line.size:
        return False
    following = row[index + 1] if index + 1 < len(row) else None
    if following is None or not -line.size < following.left - mark.right < line.size:
        return True
    return following.top >= mark.bottom or abs(following.bottom - line.bottom) < _LEVEL * line.size


def raised(text: str) -> str:
    """`text` written with raised digits."""
    return text.translate(_RAISED)


def scripted(text: str, small: Span, line: Span) -> str:
    """The `text` of `small` as it stands on the `line` beside it: raised, lowered, or as it is."""
    if small.size > _SMALL * line.size or not _DIGITS.fullmatch(text):
        return text
    if line.bottom - small.bottom > _RISE * line.size:
        return text.translate(_RAISED)
    if small.top - line.top > _DROP * line.size and small.bottom > line.bottom - 0.02 * line.size:
        return text.translate(_LOWERED)
    return text
