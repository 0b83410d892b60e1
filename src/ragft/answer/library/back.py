"""What a question to the catalogue refers back to: the paper talked about, or the question before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ragft.answer.base import Turn
from ragft.answer.library.grammar import plain
from ragft.answer.library.intent import FIELDS, Ask, Intent
from ragft.answer.library.names import Names
from ragft.answer.library.reading import readings

LOOK_BACK = 3
"""Turns in which the paper is looked for."""
MOST = 3
"""Papers that an answer may have cited for "it" to mean them."""
_ELLIPSES: tuple[tuple[Ask, str], ...] = (
    ("year", r"(?:and )?(?:when|(?:in |of |from )?(?:what|which) year)"),
    ("authors", r"(?:and )?(?:by whom|who|the authors?|its authors?|who are the authors?)"),
    ("pages", r"(?:and )?(?:how (?:long|many pages)|its length)"),
    ("doi", r"(?:and )?(?:its |the )?doi"),
    ("title", r"(?:and )?(?:its |the )?(?:full )?title"),
)
_OTHER = re.compile(r"(?:and|what about|how about|and what about)(?: (?:of|for|about))? (?P<name>.+)")


def asked_before(question: str, history: Sequence[Turn]) -> list[Intent]:
    """What "and when?" or "and the ResNet paper?" asks after a question to the catalogue; nothing after another one."""
    before = _field_asked(history)
    if before is None:
        return []
    text = plain(question)
    for ask, pattern in _ELLIPSES:
        if re.fullmatch(pattern, text):
            return [replace(before, ask=ask, paper="", refers_back=True)]
    match = _OTHER.fullmatch(text)
    return [replace(before, paper=match["name"], refers_back=False)] if match else []


def documents_before(history: Sequence[Turn], names: Names) -> list[str]:
    """Ids of the documents that "it" means: those cited last, where they are few, or else named last."""
    for turn in reversed(history[-LOOK_BACK:]):
        if 0 < len(turn.documents) <= MOST:
            return list(turn.documents)
        for intent in readings(turn.question):
            if intent.paper and (found := names.find(intent.paper).papers):
                return [paper.id for paper in found]
        if turn.documents:
            return []
    return []


def _field_asked(history: Sequence[Turn]) -> Intent | None:
    """The field of a paper that the last question asked for, also where that was elliptic itself."""
    if not history:
        return None
    *earlier, last = history
    intents = readings(last.question) or asked_before(last.question, earlier)
    return next((intent for intent in intents if intent.ask in FIELDS), None)
