"""What a sentence compares with what, and whether its source compares them the other way round.

compared_otherwise("Adam is slower than SFO.", ["SFO is 5x slower per iteration compared to Adam."])  ->  True
compared_otherwise("Adam is faster than SFO.", ["SFO is 5x slower per iteration compared to Adam."])  ->  False
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ragft.answer.checking.support import sentences_in
from ragft.answer.checking.terms import content_terms, quantities
from ragft.corpus.fold import fold
from ragft.corpus.words import words

_PIVOT = re.compile(
    r"\bas (?:\w+ ){1,3}as\b(?: (?:that|those) of\b)?|\bthan\b|\b(?:compared|relative) (?:to|with)\b|\bsubset of\b"
    r"|\b(?P<kind>variant|version|extension|generali[sz]ation|special case|instance|subclass) of\b"
    r"|\b(?:outperform|exceed|surpass)(?:s|ed|ing)?\b(?! by\b)|\bbeats?\b"
    r"|\b(?:superior|inferior|preferred) (?:to|over)\b|\bto (?:that|those) of\b|\d\s?(?:×|x|times) that of\b"
)
"""What stands between two things that are compared."""
_BEFORE = re.compile(r"[;:()]|\.\s|\b(?:while|whereas|but|because|although|which)\b")
"""Where the first of the two begins at the latest."""
_BEHIND = re.compile(r"[,.;:()]|\b(?:while|whereas|but|because|although|which|that|based|using|by|in|on|at|for|with)\b")
"""Where the second one ends."""
_WHERE = re.compile(r"^\s*(?:in|on|at|for|with|by|from|during|among)\b")
"""Before the second one: "larger in old people than in young ones"."""
_RELATIVE = re.compile(r",\s(?:which|who)\b[^,.;:]*,")
"""A clause between the first one and the comparison: "SFO, which updates its curvature, is slower than Adam"."""
_MORE_THAN = re.compile(
    r"(?P<before>[^;:]*)(?:,|\bis|\bare|\bwas|\bwere)\s+(?:\w+\s+)?"
    r"(?P<way>more|greater|higher|larger|longer|less|fewer|lower|smaller|shorter) than\s+(?=[^\W\d])(?P<behind>[^;:]*)",
    re.IGNORECASE,
)
"""A number, and another one that it is said to be more or less than, of something that is named first."""
_LESS = frozenset("less fewer lower slower slowly worse smaller shorter weaker poorer inferior".split())
_HEDGED = re.compile(
    r"\b(?:fail(?:s|ed)? to|rarely|seldom|hardly|unlikely|whether|expect(?:s|ed)?|assumed?|could|would|might|may)\b|\?"
)
"""What makes a comparison denied, a question or a guess."""
_LONGEST = 2000
"""Characters of a sentence that is read; what is longer is a table or no text."""
_NEAR = 5
"""Words before a comparison that may say which way it goes."""


@dataclass(frozen=True)
class _Compared:
    """The words of what is compared, those of what it is compared with, and whether it is said to be less.

    `kind` is the word for it where one thing is a kind of the other: "variant", "special case".
    """

    one: frozenset[str]
    other: frozenset[str]
    less: bool
    kind: str


def compared_otherwise(claim: str, passages: Iterable[str]) -> bool:
    """Whether a sentence of `passages` compares two things of `claim` the other way round, and none as `claim` does.

    "A is slower than B" and "B is faster than A" say the same, so only comparisons in one direction are judged.
    """
    said = _comparisons(claim)
    otherwise = False
    for passage in passages if said else ():
        for sentence in sentences_in(passage):
            for there in _comparisons(sentence):
                if any(here.one & there.one and here.other & there.other for here in said):
                    return False
                otherwise = otherwise or any(_turned(here, there) for here in said)
    return otherwise


def compared_alike(claim: str, passage: str) -> bool:
    """Whether a sentence of `passage` compares the two things of `claim` as it does, with the opposite word and the
    things in the other order: "A is larger than B", "B is smaller than A"."""
    said = _comparisons(claim)
    return any(
        here.less != there.less and here.other and here.other <= there.one and there.other <= here.one
        for sentence in (sentences_in(passage) if said else ())
        for there in _comparisons(sentence)
        if there.other
        for here in said
    )


def belies_its_numbers(claim: str) -> bool:
    """Whether `claim` compares numbers of one kind the wrong way round: "It needs 11 hours, more than Mira with 15"."""
    match = _MORE_THAN.search(claim) if len(claim) <= _LONGEST else None
    if match is None:
        return False
    before, behind = quantities(match["before"]), quantities(match["behind"])
    if len(before) != 1 or not behind or len({number.unit for number in before | behind}) > 1:
        return False
    (value,) = (number.number for number in before)
    others = [number.number for number in behind if number.number is not None]
    if value is None or len(others) < len(behind):
        return False
    return value > max(others) if match["way"].lower() in _LESS else value < min(others)


def _turned(here: _Compared, there: _Compared) -> bool:
    crossed = here.one & there.other and here.other & there.one
    alike = here.less == there.less and here.kind == there.kind  # a generalization of what is its special case
    return bool(crossed) and not here.other & there.other and alike


@lru_cache(maxsize=4096)
def _comparisons(sentence: str) -> tuple[_Compared, ...]:
    """The comparisons that `sentence` states; "compared to X, Y is larger" begins with what Y is compared with."""
    if len(sentence) > _LONGEST or _HEDGED.search(fold(sentence)):
        return ()
    text = _RELATIVE.sub(" ", fold(sentence))
    found = []
    for match in _PIVOT.finditer(text):
        before = _BEFORE.split(text[: match.start()])[-1]
        behind = _BEHIND.split(_WHERE.sub("", text[match.end() :]), maxsplit=1)[0]
        if match[0].startswith(("compared", "relative")) and not before.strip():
            before = _BEFORE.split(text[match.end() + len(behind) + 1 :], maxsplit=1)[0]
        one, other = _things(before), _things(behind)
        near = {*words(before)[-_NEAR:], *words(match[0])}
        found.append(_Compared(one - other, other - one, bool(_LESS & near), match["kind"] or ""))
    return tuple(found)


def _things(text: str) -> frozenset[str]:
    """The stems of the content words of `text`, without single letters, and its numbers, as in "adults above 60"."""
    terms = frozenset(term for term in content_terms(text) if len(term) > 1 and not term[0].isdigit())
    return terms | {f"#{number.value}" for number in quantities(text)}
