"""Sentences that define what a question asks about: "Shortcut connections [2] are those skipping one or more layers".

defines("Faithfulness refers to the idea that …", asked_term("what does faithfulness mean in Ragas"))  ->  True
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from ragft.corpus.stems import stem
from ragft.corpus.text import split_sentences
from ragft.corpus.words import words
from ragft.index.search.question import rest_of

_VERBS = frozenset("refer refers mean means measure measures denote denotes describe describes".split())
_COPULAS = frozenset(("is", "are"))
_GENUS = frozenset("a an the one any those that when how whether to defined".split())
"""Words that begin what something is, and not how it is: "is a", "are those"."""


def asked_term(question: str) -> tuple[str, ...]:
    """The stems of the first words of substance in an English question, those that stand together."""
    substance = set(rest_of(question, ()))
    for is_term, run in groupby(words(question), key=substance.__contains__):
        if is_term:
            return tuple(map(stem, run))
    return ()


def defines(text: str, term: Sequence[str]) -> bool:
    """Whether a sentence of `text` says what `term` (stems) is, right behind it; numbers of references do not count."""
    return bool(term) and any(
        _says_what(text[start:end], list(term)) for start, end in split_sentences(text.replace("\n", " "))
    )


def _says_what(sentence: str, term: list[str]) -> bool:
    found = [word for word in words(sentence) if not word.isdecimal()]
    stems = list(map(stem, found))
    for place in range(len(term), len(found)):
        if stems[place - len(term) : place] != term:
            continue
        if found[place] in _VERBS or (found[place] in _COPULAS and not _GENUS.isdisjoint(found[place + 1 : place + 2])):
            return True
    return False
