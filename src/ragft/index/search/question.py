"""The aim of a question from its words, as far as it indicates where in a paper the answer is."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import pairwise

from ragft.corpus.stopwords import ENGLISH
from ragft.corpus.words import words
from ragft.index.search.foreign_question import Aim, foreign_aim, foreign_asks_what, foreign_compares

_PAPER = r"(?:paper|survey|article|review|study)"
_THIS_PAPER = rf"(?:the|this|that|your)\s+(?:(?!(?:of|in|from|on)\b)[\w’'-]+\s+){{0,4}}{_PAPER}\W*$"
_SUMMARY = re.compile(
    r"\b(?:summar\w*|gist(?! token)|tl;?dr|overview(?! (?:figure|table|network))|synopsis|rundown|recap|sum up|in short"
    r"|contributions|highlights|(?:key )?takeaways?"
    r"|(?:main|key|central|core|principal) (?:idea|point|contribution|finding|message|insight|claim)s?(?! of failure)"
    r"|in (?:one|two|three|a few|short) sentences?)\b"
    rf"|\b{_PAPER}\b.*\b(?:about|covers?|finds?|found|says?|do|propose)\W*(?:,.*)?$"
    r"|\babout\W*(?:in short\W*)?$"
    r"|^\W*(?:what|whats|what's) (?:does|did) [^?]* (?:cover|propose|find)\W*$"
    rf"|\b(?:(?:tell (?:me|us)|know) (?:more )?about|walk (?:me|us) through|outline) {_THIS_PAPER}",
    re.IGNORECASE,
)
_DETAIL = re.compile(r"^\W*(?:how (?:many|much|long|often)|which|when|where|who)\b", re.IGNORECASE)
_DEFINITION = re.compile(
    r"^\W*(?:so |and |please )*(?:what|whats|wat|what's|define|explain)\b"
    r"|\b(?:meaning|definition|defined|stands? for)\b|\bmeans?\W*$",
    re.IGNORECASE,
)
_COMPARISON = re.compile(r"\b(?:vs\.?|versus|compar\w+|differ\w*|than|both|same)\b", re.IGNORECASE)
_ASIDE = frozenset(
    """summary summarise summarize summarized summarised gist tl dr overview main key central core principal idea ideas
    point points contribution contributions finding findings message messages insight insights claim claims takeaway
    takeaways highlight highlights synopsis rundown recap sum short sentence sentences two three brief briefly paper
    survey article review study cover covers find found propose beginner mean means meaning definition define defined
    stand stands simple terms words original whats wat exactly called name""".split()
)
"""Words that only say that a paper is asked about."""


def aim_of(question: str, named: Collection[str]) -> Aim:
    """The aim of a question about the document `named`: what it is, what it says, or some detail.

    A question with other words of substance is about a detail: "what is the batch size in DPR".
    """
    rest = rest_of(question, named)
    if _DETAIL.match(question):
        return "detail"
    if _SUMMARY.search(question) and len(rest) <= 2:
        return "summary"
    if _DEFINITION.search(question) and not rest:
        return "definition"
    return foreign_aim(question, named)


def rest_of(question: str, named: Collection[str]) -> list[str]:
    """The words of an English question that say more than that it is about the paper `named`."""
    return [word for word in words(question) if word not in ENGLISH and word not in _ASIDE and word not in named]


def asks_what(question: str) -> bool:
    """Whether `question` asks what something is or means, of a paper or of a thing in it."""
    return _DEFINITION.search(question) is not None or foreign_asks_what(question)


def compares(question: str, named: Collection[str]) -> bool:
    """Whether `question` compares `named` with something else: "RAG or FiD", "both", "vs"."""
    if _COMPARISON.search(question) or foreign_compares(question):
        return True
    return any(
        (word in {"and", "or"} and after in named) or (after in {"and", "or"} and word in named)
        for word, after in pairwise(words(question))
    )


def without_words(question: str, names: Collection[str]) -> str:
    """`question` without the words `names` and their plurals, as long as other words are left."""
    kept = [token for token in question.split() if not _all_among(words(token), names)]
    return " ".join(kept) if any(words(token) for token in kept) else question


def _all_among(found: Collection[str], names: Collection[str]) -> bool:
    return bool(found) and all(word in names or word.removesuffix("s") in names for word in found)
