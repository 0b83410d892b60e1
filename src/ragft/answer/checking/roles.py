"""Who does what to whom: names and words that changed places, and a name for which "we" does not speak.

names_swapped("CNNs lack biases that Transformers have.", ["Transformers lack biases inherent to CNNs."])   ->  True
is_of_others("REALM keeps the index fixed.", ["We keep the index fixed, unlike REALM."], "RAG")              ->  True
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain, combinations, product

from ragft.answer.checking.claim_names import is_named_in, names_in
from ragft.answer.checking.support import best_passage, sentences_in
from ragft.answer.checking.terms import content_terms
from ragft.corpus.fold import fold
from ragft.corpus.stems import stem
from ragft.corpus.words import words

_CLOSE = 0.5
"""Least coverage of a sentence by the one that it is compared with."""
_AROUND = 8
"""Words before and behind a word that two sentences share, among which their names are compared."""
_OWN = 3
"""Sentences of a paper that have a name, for "we" to speak for what is named."""
_WE = re.compile(
    r"\b(?:we|ours?|wir|unser\w{0,2}|nous|notre|nosotros|nuestr[oa]s?|noi|nostr[oaie]|nós|noss[oa]s?)\b|我们|我們|私たち|我々|우리",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[,;:()—]|\.\s|\b(?:and|but|while|whereas|than|instead of|rather than|for|which|that|what|whose|who|if|then|as"
    r"|where|when|because|so)\b"
)
"""What parts clauses."""
_SUBJECT = re.compile(r"(?:(?:yes|no)[.,]\s+)?(?:(?:the|our)\s+)?(\w[\w.-]*)", re.IGNORECASE)


def names_swapped(claim: str, passages: Iterable[str]) -> bool:
    """Whether a name stands before, and another behind, a word of `claim` that in the closest sentence stands between
    them the other way round. Passive sentences are not compared: "A is beaten by B" may be "B beats A"."""
    return len(names_in(f"… {claim}")) > 1 and any(_swapped(claim, text) for text in _closest(claim, passages))


def clauses_crossed(claim: str, passages: Iterable[str]) -> bool:
    """Whether two clauses of `claim` both join words of the same two clauses of the closest sentence.

    "The encoder reads what the decoder writes" where the decoder reads what the encoder writes.
    """
    here = _clauses(claim)
    return len(here) > 1 and any(
        _crossed(here, _clauses(text)) for text in _closest(claim, passages) if "respectively" not in text
    )


def is_of_others(claim: str, passages: Sequence[str], title: str, known: Sequence[str] = ()) -> bool:
    """Whether `claim` says of the name that it begins with what the closest sentences say of "we", the authors, who do
    not have that name: neither this sentence nor the title has it, and hardly one of the `known` sentences."""
    name = subject_of(claim)
    closest = _closest(claim, passages)
    if not name or not closest or is_named_in(name, title) or is_own(name, known):
        return False
    return all(_WE.search(text) and _speaks_of_others(name, text) for text in closest)


def is_own(name: str, passages: Sequence[str]) -> bool:
    """Whether so many sentences of a paper have `name` that it is one of what "we" did."""
    return sum(is_named_in(name, sentence) for text in passages for sentence in sentences_in(text)) >= _OWN


def is_told_by_us(sentence: str) -> bool:
    """Whether the authors speak of themselves in `sentence`."""
    return _WE.search(sentence) is not None


def subject_of(text: str) -> str:
    """The name that `text` begins with; empty where it begins otherwise."""
    match = _SUBJECT.match(text)
    return match[1] if match and match[1] in names_in(text) else ""


def _speaks_of_others(name: str, sentence: str) -> bool:
    """Whether `sentence` does not name the subject, or names it only in a comparison: "as REALM does"."""
    return not is_named_in(name, re.sub(r"\b(?:as|like|unlike|than)\s+\w[\w-]*", " ", sentence))


def _closest(claim: str, passages: Iterable[str]) -> list[str]:
    found = [(best_passage(claim, text, width=1), text) for text in passages]
    return [text[best.start : best.end] for best, text in found if best and best.coverage >= _CLOSE]


def _swapped(claim: str, source: str) -> bool:
    here, there = _order(claim), _order(source)
    if "by" in here or "by" in there:
        return False
    once = _once(here) & _once(there)
    names = once & {stem(word) for name in names_in(f"… {claim}") for word in words(name)}
    for one in once & set(content_terms(claim)) - names:
        before, behind = _around(here, one, names)
        then_before, then_behind = _around(there, one, names)
        if before & then_behind and behind & then_before and not (before & then_before or behind & then_behind):
            return True
    return False


@lru_cache(maxsize=4096)
def _clauses(text: str) -> tuple[frozenset[str], ...]:
    """The stems of the content words of each clause of `text`."""
    clauses = (frozenset(content_terms(clause)) for clause in _CLAUSE.split(fold(text)))
    return tuple(clause for clause in clauses if clause)


def _crossed(here: Sequence[frozenset[str]], there: Sequence[frozenset[str]]) -> bool:
    """Whether two clauses of each have words in common, both with both; only words of one clause count."""
    once = _once(chain.from_iterable(here)) & _once(chain.from_iterable(there))
    said, stated = ([once & clause for clause in clauses if once & clause] for clauses in (here, there))
    return any(
        all(one & other for one, other in product(two, two_there))
        for two, two_there in product(combinations(said, 2), combinations(stated, 2))
    )


def _once(terms: Iterable[str]) -> frozenset[str]:
    """Those of `terms` that come just once."""
    return frozenset(term for term, count in Counter(terms).items() if count == 1)


@lru_cache(maxsize=8192)
def _order(text: str) -> tuple[str, ...]:
    return tuple(map(stem, words(text)))


def _around(order: Sequence[str], one: str, names: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    place = order.index(one)
    return names & {*order[max(0, place - _AROUND) : place]}, names & {*order[place + 1 : place + 1 + _AROUND]}
