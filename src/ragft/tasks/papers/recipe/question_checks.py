"""Checks of a question, all in code; a rejection is counted under the first check that fails."""

from __future__ import annotations

import re

from ragft.answer.checking.terms import content_terms, quantities
from ragft.corpus.stems import stem
from ragft.corpus.stopwords import ENGLISH
from ragft.corpus.words import words
from ragft.tasks.papers.recipe.angles import Angle
from ragft.tasks.papers.recipe.claims import Claim

_TAILS = frozenset(
    """about across after against among as at before between by during for from in into inside on over through to under
    when where while with within without""".split()
)
"""Words that what is added to the beginning of a question may start with: it says when, where or to what."""
_START = re.compile(
    r"^(?:what|which|who|whom|whose|when|where|why|how|in which|by how|at which|for which|on which)\b", re.I
)
_POINTING = re.compile(
    r"\b(?:(?:this|the|that) (?:paper|article|passage|text|context|document|statement|sentence|fact|study|section|"
    r"authors?)|according to|mentioned|described|given|above|following|you|your|we|our|they|it|them|this|these|"
    r"those)\b",
    re.IGNORECASE,
)


def question_problem(question: str, claim: Claim, angle: Angle) -> str | None:
    """Why `question` is no good question for `claim`; None where it is.

    Well-formed; names its subject without pointing at "the paper"; adds to the given beginning only a run of the
    claim's own words; leaves the answer to the claim; and is not a copy of it.
    """
    asked = words(question)
    if not question.startswith(angle.start) or not question.endswith("?") or question.count("?") != 1:
        return "malformed"
    if not _START.match(question) or not 3 <= len(asked) <= 30 or _repeats(asked):
        return "malformed"
    if _POINTING.search(question):
        return "unnamed_subject"
    if not _keeps_to(angle, question[len(angle.start) :]):
        return "reworded"
    least = 1 if angle.kind == "definition" else 2
    if len(set(content_terms(question)) & set(content_terms(claim.text))) < least and not _names(question):
        return "unnamed_subject"
    return _gives_away(question, claim, angle)


def _keeps_to(angle: Angle, added: str) -> bool:
    """Whether what the model added is a run of the words that may follow, from the first where the first is needed."""
    own, allowed = [stem(word) for word in words(added)], [stem(word) for word in words(angle.rest)]
    if own and words(added)[-1] in ENGLISH:
        return False  # "What does LoRA add to the?"
    if angle.rest_needed:
        return 2 * len(own) >= len(allowed) and own == allowed[: len(own)]
    if not own:
        return not added.strip(" ?")
    if words(added)[0] not in _TAILS:
        return False  # the object itself: "What does quantising a model reduce data that must be sent?"
    return any(own == allowed[place : place + len(own)] for place in range(len(allowed)))


def _gives_away(question: str, claim: Claim, angle: Angle) -> str | None:
    """The answer must be left to the claim: a number asked for may not be in the question, an answer's words not
    for the greater part."""
    if angle.kind == "number":
        given = quantities(angle.focus) & quantities(question) or angle.focus.lower() in question.lower().split()
        return "gives_answer_away" if given else None
    focus, asked = set(content_terms(angle.focus)), set(content_terms(question))
    numbers = quantities(angle.focus) - quantities(question)
    if not focus and not numbers:
        return "says_nothing"
    left = len(focus - asked) + len(numbers)
    least = 1 if angle.kind == "reason" else min(2, len(focus) + len(numbers))
    if left < least or left < 0.5 * (len(focus) + len(quantities(angle.focus))):
        return "gives_answer_away"
    # Asked for its subject, a claim is all question but for that subject.
    if angle.kind != "subject" and _shared_run(words(question), words(claim.text)) >= 12:
        return "copy"
    return None


def _names(question: str) -> bool:
    """Whether the question holds a name: a word with a capital or digit beyond its first letter, or after the start."""
    rest = question.split()[1:]
    return any(any(c.isupper() or c.isdigit() for c in word) for word in rest)


def _repeats(asked: list[str]) -> bool:
    content = [word for word in asked if word not in ENGLISH]
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
