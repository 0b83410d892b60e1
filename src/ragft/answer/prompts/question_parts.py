"""The questions that stand in one: each is searched for beside the whole, whose vector lies between all of them.

parts_of("What is LoRA, and how much memory does QLoRA need?")
->  ["What is LoRA", "how much memory does QLoRA need?"]
"""

from __future__ import annotations

import re
from itertools import pairwise

from ragft.answer.checking.terms import content_terms
from ragft.answer.prompts.rewrite import is_follow_up
from ragft.answer.question_kind import name_stems
from ragft.corpus.stems import stem
from ragft.corpus.words import words

MOST = 3
"""Questions in one; what comes behind them stays with the last."""
_ASKS = (
    r"(?:(?:for |in |on |with |by |to |at |from )?(?:what|which|who|whom|whose|when|where|why|how)"
    r"|do|does|did|is|are|was|were|can|could|should|has|have)\b"
)
_MARK = re.compile(r"(?<=[?？؟])(?![\"'“«]|\s*[”’»」』)\]）】])\s*")
"""The end of a question; a mark inside quotes or brackets is one of a title: "Why Should I Trust You?"."""
_AND = re.compile(rf"[,;]?\s+and\s+(?:also\s+|then\s+)?(?={_ASKS})", re.IGNORECASE)
_BEGINS = re.compile(rf"\W*{_ASKS}", re.IGNORECASE)
_HELPED = re.compile(r"\W*(?:\w+\s+)?(?:do|does|did|can|could|should|has|have)\b", re.IGNORECASE)
"""The beginning of a question whose verb comes behind its subject."""


def parts_of(question: str) -> list[str]:
    """The questions in `question`, at most `MOST`; none where all of it is about one thing.

    What does not stand alone ("… and what is its rank?") stays with the question before.
    """
    asked = [part for whole in _between_marks(question) for part in _between_ands(whole)]
    if len(asked) > MOST:
        return [*asked[: MOST - 1], " ".join(asked[MOST - 1 :])]
    return asked if len(asked) > 1 else []


def _between_marks(question: str) -> list[str]:
    """`question` cut behind each question mark, if something else is asked behind it."""
    found: list[str] = []
    for piece in filter(None, _MARK.split(question)):
        if found and (piece[-1] not in "?？؟" or is_follow_up(piece)):
            found[-1] = f"{found[-1]} {piece}"
        else:
            found.append(piece)
    return found


def _between_ands(question: str) -> list[str]:
    """`question` cut at each "and" between two questions, if what is asked behind it has a name of its own."""
    ends = [match.span() for match in _AND.finditer(question)] if _BEGINS.match(question) else []
    found: list[str] = []
    for (begin, start), (end, _) in pairwise([(0, 0), *ends, (len(question), len(question))]):
        piece = question[start:end]
        if not found or (content_terms(found[0]) and _stands_alone(piece)):
            found.append(piece)
        else:
            found[-1] += question[begin:end]
    return found


def _stands_alone(piece: str) -> bool:
    """Whether a question has a name of its own, and a verb: "how does FiD?" has that of the question before."""
    names = name_stems(piece)
    helped = _HELPED.match(piece)
    has_verb = not helped or any(stem(word) not in names for word in words(piece[helped.end() :]))
    return bool(names) and has_verb and not is_follow_up(piece)
