"""What a question asks for, read off its words: the names it turns on and the kind of thing that would answer it."""

from __future__ import annotations

import re
from typing import Literal

from ragft.answer.terms import STOP_WORDS, content_terms, quantities, stem, words

AnswerType = Literal["number", "time", "person", "place", "reason", "any"]

_TYPES: tuple[tuple[AnswerType, re.Pattern[str]], ...] = (
    ("time", re.compile(r"\b(?:when|(?:what|which) (?:year|date|century|decade)|how long ago)\b")),
    ("number", re.compile(
        r"\b(?:how (?:many|much|large|big|long|far|fast|often|old|high|tall|deep|wide|heavy|strong)|"
        r"what (?:percentage|percent|number|fraction|share|(?:batch )?size|(?:learning )?rate|score|accuracy|rank)|"
        r"what is the (?:\w+ ){0,2}(?:number|percentage|size|rate|score|rank|dimension))\b")),
    ("person", re.compile(r"\b(?:who|whom|whose)\b")),
    ("place", re.compile(r"\b(?:where|(?:what|which) (?:country|city|state|place|region))\b")),
    ("reason", re.compile(r"\b(?:why|what (?:caused|causes|reason))\b")),
)  # fmt: skip
_YEAR = re.compile(r"\b(?:1\d{3}|20\d{2})\b|\b(?:\d{1,2}(?:st|nd|rd|th)|first|second|third)\s+centur|\bcentur|\bdecade")
_MONTH = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b", re.IGNORECASE
)
_CAPITALISED = re.compile(r"(?<![.!?…]\s)(?<!^)\b[A-Z][\w’'-]+")
_REASON = re.compile(
    r"\b(?:because|since|due to|owing to|so that|in order to|therefore|caused|reason|to avoid|as a result)\b"
)
_NAME = re.compile(r"[A-Z]\w*[A-Z0-9]\w*|\b[A-Z][\w’'-]*|\w*\d\w*")


def answer_type(question: str) -> AnswerType:
    """The kind of answer `question` expects; "any" where its words do not say."""
    lowered = question.lower()
    for kind, pattern in _TYPES:
        if pattern.search(lowered):
            return kind
    return "any"


def holds_type(kind: AnswerType, passage: str, question: str) -> bool:
    """Whether `passage` states something of that kind which the question did not already name."""
    if kind == "number":
        return bool({q.value for q in quantities(passage)} - {q.value for q in quantities(question)})
    if kind == "time":
        asked = set(_YEAR.findall(question.lower()))
        found = {m[0].lower() for m in _YEAR.finditer(passage.lower())} | {
            m[0].lower() for m in _MONTH.finditer(passage)
        }
        return bool(found - asked)
    if kind in ("person", "place"):
        asked_words = set(words(question))
        return any(not set(words(name)) <= asked_words for name in _CAPITALISED.findall(passage))
    if kind == "reason":
        return bool(_REASON.search(passage.lower()))
    return True


def names(question: str) -> frozenset[str]:
    """Stems of what a question turns on: capitalised words (but not the first), acronyms, words with digits."""
    found: set[str] = set()
    for match in _NAME.finditer(question):
        token = match[0]
        if match.start() == 0 and not (any(c.isupper() for c in token[1:]) or any(c.isdigit() for c in token)):
            continue
        if token.lower() not in STOP_WORDS:
            found |= {stem(word.removesuffix("'s")) for word in words(token) if not word[0].isdigit()}
    return frozenset(found & set(content_terms(question)))
