"""Small digits set above or below the line, written as such (`10⁻⁴`, `320¹`, `x₁`) until the whole text is known.

What each of them is, an exponent or the mark of a note, is decided by `ragft.corpus.raised` from the text before it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragft.corpus.pdf.spans import Span

_SMALL = 0.85
_RISE = 0.12
_DROP = 0.3
"""Share of the type size by which a foot stands higher, or a head lower, than those of the line."""
_DIGITS = re.compile(r"[+−–-]?\d[\d,–]*[.,;:)\]]*|[+−–-]")
_RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_LOWERED = str.maketrans("0123456789+-−", "₀₁₂₃₄₅₆₇₈₉₊₋₋")


def scripted(text: str, small: Span, line: Span) -> str:
    """The `text` of `small` as it stands on the `line` beside it: raised, lowered, or as it is."""
    if small.size > _SMALL * line.size or not _DIGITS.fullmatch(text):
        return text
    if line.bottom - small.bottom > _RISE * line.size:
        return text.translate(_RAISED)
    if small.top - line.top > _DROP * line.size and small.bottom > line.bottom - 0.02 * line.size:
        return text.translate(_LOWERED)
    return text
