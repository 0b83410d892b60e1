"""Resolves what a question to the catalogue refers back to: the paper of the last answer, or the last question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ragft.answer.base import Turn
from ragft.answer.library.grammar import plain_question
from ragft.answer.library.intent import FIELDS, Ask, Intent
from ragft.answer.library.paper_names import Names
from ragft.answer.library.parsing import readings

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
_OF_PAPERS = re.compile(
    r"\b(?:wrote|written?|authors?|published|publication|pages?|doi|titled?|paper|article|document|study|survey|"
    r"geschrieben|schrieb|verfasst|autor\w*|erstautor\w*|veröffentlicht|erschienen|seiten|titel|artikel|arbeit|studie|"
    r"écrite?|rédigée?|auteure?s?|publiée?|parue?|titre|étude|escrib\w+|escrito|autor\w*|publicó|publicado|páginas|"
    r"título|artículo|documento)\b|저자|누가|발표|출판|페이지|쪽|谁|誰|作者|发表|發表|出版|页|頁|著者|ページ"
)
_OTHER = re.compile(r"(?:and|what about|how about|and what about)(?: (?:of|for|about))? (?P<name>.+)")


def asked_before(question: str, history: Sequence[Turn]) -> list[Intent]:
    """What "and when?" or "and the ResNet paper?" asks after a question to the catalogue; nothing after another one."""
    before = _field_asked(history)
    if before is None:
        return []
    text = plain_question(question)
    for ask, pattern in _ELLIPSES:
        if re.fullmatch(pattern, text):
            return [replace(before, ask=ask, paper="", refers_back=True)]
    match = _OTHER.fullmatch(text)
    return [replace(before, paper=match["name"], refers_back=False)] if match else []


def speaks_of_paper(question: str, history: Sequence[Turn]) -> bool:
    """Whether "it" can only be a paper in `question`: it is written, published or has pages, or was asked about before.

    "How long is it?" and "when was it released?" may as well ask about a context window or a model.
    """
    return _OF_PAPERS.search(plain_question(question)) is not None or _field_asked(history) is not None


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
    *earlier, last = history[-LOOK_BACK:]
    intents = readings(last.question) or asked_before(last.question, earlier)
    return next((intent for intent in intents if intent.ask in FIELDS), None)
