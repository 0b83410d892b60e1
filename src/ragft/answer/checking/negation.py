"""What an English sentence denies, word by word, and whether another sentence states just that.

denied("DPO does not need a reward model.")                              ->  {"reward", "model"}
opposes("DPO needs a reward model.", "DPO does not need a reward model") ->  True
opposes("It works without labels.", "No labels are needed.")             ->  False
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import lru_cache

from ragft.answer.checking.same_meaning import all_meanings, meaning_of
from ragft.answer.checking.terms import content_terms
from ragft.corpus.fold import fold
from ragft.corpus.stems import stem
from ragft.corpus.stopwords import NEGATIONS

_WORDS = NEGATIONS["en"] | frozenset("lack lacks lacking fail fails failed hardly barely scarcely".split())
_HINTS = frozenset(
    "instead unlikely rarely seldom impede impedes prevent prevents avoid avoids avoiding replacing replaces "
    "eliminate eliminates eliminating dispensing limiting insufficient unable impossible less fewer free".split()
)
"""Words that deny something without being negations."""
_NEITHER = re.compile(
    r"\bneither (?P<one>[^,;:.()]{1,80}?) nor (?P<other>[^,;:.()]{1,80}?) "
    r"(?=(?:is|are|was|were|has|have|had|does|do|did|can|will)\b)"
)
"""Two subjects of one verb, which alone is denied: "neither A nor B is trained"."""
_WITHOUT = re.compile(r"\b(?:\w+-free|absen(?:ce|t))\b")
"""What says in one word that something is not there: reference-free, the absence of."""
_UN = re.compile(
    r"\b(?:un(?!der|til|ion|iqu|it|iv|less)|in(?=accura|accessib|correct|complete|depend|effic|exact|feasib|valid|visib))\w{4,}"
)
_NOT_ALL = re.compile(r"\bnot (?:all|every|always|necessarily|only|just|both)\b")
"""A negation of how much, not of what is said."""
_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|[\w'-]+|[,;:.()|]")
"""A number such as 38.5, a word, or a sign that ends what a negation reaches, the border of a cell among them."""
_CLAUSE = re.compile(r"[;:()|]|[,.](?!\d)")
_OF_NO_NOUN = (
    "is are was were be been am has have had do does did can could will would shall should may might must to need "
    "ought dare also thus still yet therefore however often now then so just even"
).replace(" ", "|")
_OF_A_NOUN = re.compile(
    rf"(?<!\w)(?!(?:{_OF_NO_NOUN}|[\w-]+ly)\s)([^\W\d_][\w-]+)\snot(?=\s(?:\w+(?:ed|en)|present|available|part)\b)"
)
"""A "not" of the noun before it, which denies nothing of the sentence: "information not present in the input"."""
_AND_THE = re.compile(r"\sand (?=(?:an?|the|we|it|they|this|these)\s)")
"""Begins another clause, which the negation before it does not deny: "is not needed and a pure Transformer is used"."""
_REACH = 5
"""Words behind a negation that it may still deny: "did not at any time need"; also those around it."""
_ENDS = frozenset("when if because although though while whereas since unless which who but".split())
"""Words behind which a negation denies nothing: "is not enough when a long text is written"."""
_LEAST_SAID = 3
"""Content words that a sentence shares with its source, to differ in one that the source denies."""
_DENIED = 2
"""Content words that one negation denies: the verb and its object."""


def opposes(claim: str, source: str) -> bool:
    """Whether one of the two English sentences denies a word that the other states, and neither does both.

    "Cannot replace" and "will be unable to replace" deny the same.
    """
    if any(_NOT_ALL.search(fold(text)) for text in (claim, source)):
        return False
    denied_here, stated_here = _denied_and_stated(claim)
    denied_there, stated_there = _denied_and_stated(source)
    if denied_here & denied_there:
        return False
    return any(not _is_hinted(source, term) for term in denied_here & stated_there) or any(
        not _is_hinted(claim, term) for term in denied_there & stated_here
    )


def denies_near(text: str, meaning: str, claim: str) -> bool:
    """Whether anything denies or limits ("only") within a few words of `meaning`, in its clause of `text`.

    A word that denies in itself counts only if `claim` does not say as much: in "could be unstable" nothing denies what
    "was not unstable" says.
    """
    said = {meaning_of(stem(token)) for token in _TOKEN.findall(fold(claim)) if token not in _WORDS}
    near = {word for clause in _CLAUSE.split(text) for word in _near(clause, meaning, all_meanings)}
    return any(
        _is_negation(word) or word == "only" or (_is_hint(word) and meaning_of(stem(word)) not in said) for word in near
    )


def _is_hinted(text: str, term: str) -> bool:
    return any(map(_is_hint, _near(text, term, content_terms)))


def _near(text: str, term: str, read: Callable[[str], Collection[str]]) -> set[str]:
    """The words around `term` in `text`, and it itself; `read` gives the terms of a word."""
    tokens = _TOKEN.findall(fold(text))
    places = [place for place, token in enumerate(tokens) if token[0].isalnum() and term in read(token)]
    return {token for place in places for token in tokens[max(0, place - _REACH) : place + _REACH + 1]}


def _is_negation(token: str) -> bool:
    return token in _WORDS or token.endswith("n't")


def _is_hint(token: str) -> bool:
    return token in _HINTS or bool(_UN.search(token) or _WITHOUT.search(token))


def denies(text: str) -> bool:
    """Whether `text` denies anything, be it by "unlikely" or "instead of"."""
    return any(_is_negation(token) or _is_hint(token) for token in _TOKEN.findall(fold(text)))


def affirms_denied(claim: str, source: str) -> bool:
    """Whether `claim` says all of a clause of `source` except the denied part, which it replaces by another word.

    "Chain of thought helps small models" where the source says that it "does not improve small models".
    """
    if denies(claim):
        return False
    said = content_terms(claim)
    clauses = _CLAUSE.split(_OF_A_NOUN.sub(r"\1", source))
    source = max(clauses, key=lambda clause: len({*said} & {*content_terms(clause)}))
    if _NOT_ALL.search(fold(source)):
        return False
    there = content_terms(source)
    shared = [place for place, term in enumerate(there) if term in said]
    if len(said) - len(shared) != 1 or len(shared) < _LEAST_SAID:
        return False
    missing = [place for place, term in enumerate(there) if term in denied(source) and term not in said]
    return any(shared[0] < place < shared[-1] for place in missing)


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
    for token in _TOKEN.findall(_AND_THE.sub(", ", _NEITHER.sub(r"\g<one> and \g<other> not ", fold(text)))):
        if _is_negation(token):
            reach, left = _REACH, _DENIED
        elif not token[0].isalnum() or token in _ENDS:
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
