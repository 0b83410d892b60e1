"""What an English sentence denies, word by word, and whether another sentence states just that.

denied("DPO does not need a reward model.")                              ->  {"reward", "model"}
opposes("DPO needs a reward model.", "DPO does not need a reward model") ->  True
opposes("It works without labels.", "No labels are needed.")             ->  False
"""

from __future__ import annotations

import re
from functools import lru_cache

from ragft.answer.checking.terms import content_terms
from ragft.corpus.fold import fold
from ragft.corpus.stopwords import NEGATIONS

_WORDS = NEGATIONS["en"] | frozenset("lack lacks lacking fail fails failed".split())
_HINTS = frozenset(
    "instead unlikely hardly rarely seldom impede impedes prevent prevents avoid avoids avoiding replacing replaces "
    "eliminate eliminates eliminating dispensing limiting insufficient unable impossible less fewer free".split()
)
"""Words that deny something without being negations."""
_UN = re.compile(
    r"\b(?:un(?!der|til|ion|iqu|it|iv|less)|in(?=accura|accessib|correct|complete|depend|effic|exact|feasib|valid|visib))\w{4,}"
)
_NOT_ALL = re.compile(r"\bnot (?:all|every|always|necessarily|only|just|both)\b")
"""A negation of how much, not of what is said."""
_TOKEN = re.compile(r"[\w'-]+|[,;:.()]")
_REACH = 5
"""Words behind a negation that it may still deny: "did not at any time need"."""
_LEAST_SAID = 3
"""Content words that a sentence shares with its source, to differ in one that the source denies."""
_DENIED = 2
"""Content words that one negation denies: the verb and its object."""


def opposes(claim: str, source: str) -> bool:
    """Whether one of the two English sentences denies a word that the other states, and neither does both."""
    denied_here, stated_here = _denied_and_stated(claim)
    denied_there, stated_there = _denied_and_stated(source)
    if denied_here & denied_there or _hints(claim) or _hints(source):  # "cannot replace", "will be unable to replace"
        return False
    return bool(denied_here & stated_there or denied_there & stated_here)


def denies(text: str) -> bool:
    """Whether `text` denies anything, be it by "unlikely" or "instead of"."""
    tokens = _TOKEN.findall(fold(text))
    return any(token in _WORDS or token in _HINTS or token.endswith("n't") for token in tokens) or bool(
        _UN.search(fold(text))
    )


def affirms_denied(claim: str, source: str) -> bool:
    """Whether `claim` says all of `source` except the denied part, which it replaces by another word.

    "Chain of thought helps small models" where the source says that it "does not improve small models".
    """
    if denies(claim):
        return False
    said, there = content_terms(claim), content_terms(source)
    shared = [place for place, term in enumerate(there) if term in said]
    if len(said) - len(shared) != 1 or len(shared) < _LEAST_SAID:
        return False
    missing = [place for place, term in enumerate(there) if term in denied(source) and term not in said]
    return any(shared[0] < place < shared[-1] for place in missing)


def _hints(text: str) -> bool:
    folded = fold(text)
    return bool(_HINTS.intersection(_TOKEN.findall(folded)) or _NOT_ALL.search(folded))


def denied(text: str) -> frozenset[str]:
    """Stems that `text` only denies."""
    return _denied_and_stated(text)[0]


@lru_cache(maxsize=4096)
def _denied_and_stated(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Stems that `text` denies and never states, and those that it states and never denies.

    The "no" that answers a question denies nothing of the sentence behind it: a comma ends what it reaches.
    """
    negated: set[str] = set()
    plain: set[str] = set()
    reach = left = 0
    for token in _TOKEN.findall(fold(text)):
        if token in _WORDS or token.endswith("n't"):
            reach, left = _REACH, _DENIED
        elif not token[0].isalnum():
            reach = 0
        else:
            terms = content_terms(token)
            if terms and reach and left:
                negated.add(terms[0])
                left -= 1
            elif terms:
                plain.add(terms[0])
            reach = max(0, reach - 1)
    return frozenset(negated - plain), frozenset(plain - negated)
