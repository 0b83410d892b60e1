"""What a reader sees behind a sentence that the sources do not wholly support, in the language of the question.

marked("It has 48 bolts.", "not_found", "en")   ->  "It has 48 bolts. (not found in the sources)"
"""

from __future__ import annotations

from functools import cache

from ragft.answer.base import SentenceVerdict
from ragft.answer.shown.messages import LANGUAGES, say

_MESSAGES: dict[SentenceVerdict, str] = {
    "partly": "mark_partly",
    "not_found": "mark_not_found",
    "other_language": "mark_other_language",
}


def mark(verdict: SentenceVerdict, language: str) -> str:
    """The mark of a verdict, in round brackets; empty for one that needs none."""
    return f"({say(_MESSAGES[verdict], language)})" if verdict in _MESSAGES else ""


def marked(sentence: str, verdict: SentenceVerdict, language: str) -> str:
    """`sentence` with its mark behind it."""
    return f"{sentence} {mark(verdict, language)}".rstrip()


@cache
def _all() -> tuple[str, ...]:
    return tuple(f" {mark(verdict, language)}" for verdict in _MESSAGES for language in LANGUAGES)


def without_marks(text: str) -> str:
    """`text` as it was before it was marked."""
    for one in _all():
        text = text.replace(one, "")
    return text
