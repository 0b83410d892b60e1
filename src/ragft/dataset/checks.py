"""Is the question right? Every check is code; a rejection is counted by the first one that fails."""

from __future__ import annotations

import re

from ragft.answer.terms import STOP_WORDS, content_terms, quantities, words
from ragft.dataset.angles import Angle
from ragft.dataset.claims import Claim

_START = re.compile(
    r"^(?:what|which|who|whom|whose|when|where|why|how|in which|by how|at which|for which|on which)\b", re.I
)
_POINTING = re.compile(
    r"\b(?:(?:this|the|that) (?:paper|article|passage|text|context|document|statement|sentence|fact|study|section|"
    r"authors?)|according to|mentioned|described|given|above|following|you|your|we|our|they|it|them|this|these|"
    r"those)\b",
    re.IGNORECASE,
)
_FREE_WORDS = frozenset("answer purpose main kind type way number amount role difference have get make do work".split())
"""Words a question may have that its sentence has not: they ask, they claim nothing."""


def question_problem(question: str, claim: Claim, angle: Angle) -> str | None:
    """Why `question` is no good question for `claim`; None where it is.

    Well-formed; names its subject without pointing at "the paper"; says nothing that the claim does not say; leaves
    the answer to the claim; and is no copy of it.
    """
    asked = words(question)
    if not question.startswith(angle.start) or not question.endswith("?") or question.count("?") != 1:
        return "malformed"
    if not _START.match(question) or not 3 <= len(asked) <= 30 or _repeats(asked):
        return "malformed"
    if _POINTING.search(question):
        return "unnamed_subject"
    terms, said = set(content_terms(question)), set(content_terms(claim.text))
    if terms - said - _FREE_WORDS - set(content_terms(angle.start)):
        return "foreign_words"
    if any(q not in quantities(claim.text) for q in quantities(question)):
        return "foreign_words"
    if len(terms & said) < 2 and not _names(question):
        return "unnamed_subject"
    return _gives_away(question, claim, angle)


def _gives_away(question: str, claim: Claim, angle: Angle) -> str | None:
    """The answer must be left to the claim: a number asked for may not stand in the question, an answer's words not
    for the greater part."""
    if angle.kind == "number":
        if quantities(angle.focus) & quantities(question) or angle.focus.lower() in question.lower().split():
            return "gives_answer_away"
        # "How many sets?" alone asks for nothing; the rest of the claim has to be named.
        rest = set(content_terms(question)) - set(content_terms(angle.start))
        return None if len(rest) >= 1 else "unnamed_subject"
    focus, asked = set(content_terms(angle.focus)), set(content_terms(question))
    numbers = quantities(angle.focus) - quantities(question)
    left = len(focus - asked) + len(numbers)
    if left < 2 or left < 0.5 * (len(focus) + len(quantities(angle.focus))):
        return "gives_answer_away"
    if _shared_run(words(question), words(claim.text)) >= 12:
        return "copy"
    return None


def _names(question: str) -> bool:
    """Whether the question holds a name: a word with a capital or digit beyond its first letter, or after the start."""
    rest = question.split()[1:]
    return any(any(c.isupper() or c.isdigit() for c in word) for word in rest)


def _repeats(asked: list[str]) -> bool:
    content = [word for word in asked if word not in STOP_WORDS]
    return len(content) - len(set(content)) > 1


def _shared_run(first: list[str], second: list[str]) -> int:
    """Words of the longest run that both share."""
    longest = 0
    previous = [0] * (len(second) + 1)
    for a in first:
        current = [0] * (len(second) + 1)
        for place, b in enumerate(second, start=1):
            if a == b:
                current[place] = previous[place - 1] + 1
                longest = max(longest, current[place])
        previous = current
    return longest
