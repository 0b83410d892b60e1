"""Recognises answers in which a model says that it does not know."""

from __future__ import annotations

import re

from ragft.answer.written.declines import declines as declines_for_sources
from ragft.corpus.fold import fold

_SAYS_SO = re.compile(
    r"\b(?:do not|don't|does not|doesn't|cannot|can't|am not|i'm not|is not|are not|isn't|no)\b[^.]{0,40}?"
    r"\b(?:know|known|say|tell|aware|sure|information|answer|access|mentioned|specified|given|provided|available)\b"
    r"|\bunknown\b|모릅니다|모르겠|알 수 없|알려져 있지 않|정보가 없"
)
_LONGEST = 200
"""A longer text may deny something in passing and answer all the same."""


def declines(text: str) -> bool:
    """Whether `text`, a whole answer, says that the answer is not known; an empty one does not."""
    plain = fold(text)
    return len(plain) < _LONGEST and (_SAYS_SO.search(plain) is not None or declines_for_sources(text))
