"""Names and what stands beside each of them, a value or a clause, and whether two names of a sentence exchanged it.

values_of_names_exchanged("A1 reaches 33 % and B2 41 %.", ["A1 beats B2 (41 % vs. 33 %)."])   ->  True
names_crossed("B2 suits noise, and A1 suits text.", ["A1 suits text, and B2 suits noise."])   ->  True

Names in Latin letters and digits are read in any language: "A1 erreicht 33 %, B2 41 %" with an English source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise, permutations

from ragft.answer.checking.claim_names import names_in
from ragft.answer.checking.other_language import language_written_in
from ragft.answer.checking.support import best_passage, sentences_in
from ragft.answer.checking.terms import Quantity, content_terms, is_stated, quantities
from ragft.corpus.fold import fold

_NUMBER = r"\d+(?:[.,]\d+)*(?:\s?%|\s?[万萬만億亿억]|[KMBkmb](?!\w)|\s[mb]illions?\b)?"
_VALUE = re.compile(rf"(?<![\w.,/-]){_NUMBER}(?![\w-]|[.,]\d)")
_COUNTED = re.compile(r"(?<![\w.,/-])\d+(?:[.,]\d+)*\s([a-z]{2,})")
"""A plain number and the word behind it."""
_VERSUS = re.compile(
    r"\b(?:(?:more|less|fewer|worse|\w+er)\s(?:[\w-]+\s){0,3}?than|as\s(?:\w+\s){1,3}as|compared (?:to|with)"
    r"|outperforms?|outperformed|beats?|exceeds?|surpass(?:es|ed)?)\s+(?:the\s+)?"
    r"(?P<name>[^\W_][\w.-]*)(?:\s+by(?:\s[a-z]+){1,4})?\s?\([^()\d]{0,20}"
    rf"(?P<one>{_NUMBER})\s+(?:vs\.?|versus|against|compared (?:to|with))\s+(?P<other>{_NUMBER})"
    r"(?!\s?%|[.,]?\d|\w|(?:\s\w+)?\s(?:for|of|by)\s)"
)
"""Two values behind a comparison, the second one that of the name: "half as often as GPT-3 (21% vs. 41%)". What goes on
with "for" says itself what the second one is of."""
_CITED = re.compile(r"\s*\([^()]{2,80}?,\s*(?:19|20)\d\d[a-z]?\)")
"""A work in brackets."""
_OTHER_SCRIPT = re.compile("[^\u0000-\u024f\u2010-\u2015。、，；万萬만億亿억]+")
_PART = re.compile(
    r"[;:、。，；]|,(?!\d)|\s(?=than\s)|\s(?:and|while|whereas|but|und|während|et|y|e|mientras|tandis)\s"
)
_CLAUSE = re.compile(r"[;:]|,(?!\d)|\s(?:and|while|whereas|but)\s")
_LONGEST = 2000
"""Characters of a sentence that is read; what is longer is a table or no text."""
_CLOSE = 0.5
"""Least coverage of a sentence by the one that it is compared with."""
_MORE = 2
"""How many more words clauses share the other way round, for their names to have changed places."""


@dataclass(frozen=True)
class _NamedClause:
    """The names of a clause, and the stems of its other words."""

    names: frozenset[str]
    terms: frozenset[str]


def values_of_names_exchanged(claim: str, passages: Iterable[str]) -> bool:
    """Whether `claim` gives a name the value that a sentence of `passages` gives another thing beside it; it has the
    value of that name, too."""
    said = _pairs(claim)
    numbers, counted = quantities(claim), _counted(claim)
    there = [
        pairs
        for text in passages
        if said
        for one in sentences_in(text)
        if (pairs := _compared(one) or _pairs(one)) and _count_the_same(counted, _counted(one))
    ]
    for name, value in said:
        beside = [pairs for pairs in there if any(one == name for one, _ in pairs)]
        own = [stated for pairs in beside for one, stated in pairs if one == name]
        others = [stated for pairs in beside for one, stated in pairs if one != name]
        if (
            own
            and not is_stated(value, own)
            and is_stated(value, others)
            and any(is_stated(one, numbers) for one in own)
        ):
            return True
    return False


def _counted(text: str) -> frozenset[str]:
    """What the plain numbers of an English `text` count: gates, days; nothing in another language."""
    if language_written_in(text) not in ("en", ""):
        return frozenset()
    return frozenset(term for word in _COUNTED.findall(fold(text)) for term in content_terms(word))


def _count_the_same(here: frozenset[str], there: frozenset[str]) -> bool:
    return not here or not there or bool(here & there)


def names_crossed(claim: str, passages: Iterable[str]) -> bool:
    """Whether two names of `claim` stand in two clauses, each with the words that the closest sentence has with the
    other: "A1 is faster than B2 and better than C3" where it is faster than C3 and better than B2."""
    for text in passages:
        best = best_passage(claim, text, width=1)
        if best and best.coverage >= _CLOSE:
            source = text[best.start : best.end]
            names = tuple({*names_in(claim), *names_in(source)})
            here, there = _clauses(claim, names), _clauses(source, names)
            known = sorted({name for clause in here for name in clause.names})
            if any(_crossed(here, there, one, other) for one, other in combinations(known, 2)):
                return True
    return False


def _crossed(here: Sequence[_NamedClause], there: Sequence[_NamedClause], one: str, other: str) -> bool:
    """Whether the clause of `one` shares more with that of `other` in the source than with its own, and the reverse."""
    said, stated = _apart(here, one, other), _apart(there, one, other)
    if len(said) != 1 or not stated:
        return False
    first, second = said[0]
    straight = max(len(first & left) + len(second & right) for left, right in stated)
    return any(
        first & right and second & left and len(first & right) + len(second & left) >= straight + _MORE
        for left, right in stated
    )


def _apart(clauses: Sequence[_NamedClause], one: str, other: str) -> list[tuple[frozenset[str], frozenset[str]]]:
    """The words of a clause with `one`, and of another with `other`, that the two do not share."""
    return [
        (left.terms - right.terms, right.terms - left.terms)
        for left, right in permutations(clauses, 2)
        if one in left.names - right.names and other in right.names - left.names
    ]


@lru_cache(maxsize=4096)
def _clauses(text: str, names: tuple[str, ...]) -> tuple[_NamedClause, ...]:
    """The clauses of `text` that have one of `names`, each with those without one behind it."""
    if len(text) > _LONGEST:
        return ()
    found: list[_NamedClause] = []
    for part in _CLAUSE.split(_CITED.sub("", text)):
        own = frozenset(fold(name) for name in names if _places(name, part))
        terms = frozenset(content_terms(" ".join(_without(names, part))))
        if own or not found:
            found.append(_NamedClause(own, terms))
        else:
            found[-1] = _NamedClause(found[-1].names, found[-1].terms | terms)
    return tuple(clause for clause in found if clause.names)


def _without(names: Sequence[str], part: str) -> list[str]:
    """`part` in pieces, its names left out."""
    cuts = sorted(place for name in names for place in _places(name, part))
    ends = [0, *(end for _, end in cuts)]
    return [part[end:start] for end, start in zip(ends, [*(start for start, _ in cuts), len(part)], strict=True)]


def _places(name: str, text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)]


@lru_cache(maxsize=8192)
def _pairs(text: str) -> tuple[tuple[str, Quantity], ...]:
    """The names of `text` and the value of each: those alone in one part of it, or name and value by turns."""
    if len(text) > _LONGEST:
        return ()
    text = _OTHER_SCRIPT.sub(" ", _CITED.sub("", text))
    if not _VALUE.search(text):
        return ()
    names = names_in(text)
    parts = [_marks(names, part) for part in _PART.split(text) if not part.startswith("than ")]
    found = [pair for part in parts if len(part) == 2 for pair in _paired(part)]
    return tuple(found or _paired([mark for part in parts for mark in part]))


def _marks(names: Sequence[str], part: str) -> list[str | Quantity]:
    """The names, folded, and the values of a part, in order."""
    found: list[tuple[int, str | Quantity]] = [
        (start, fold(name)) for name in names for start, _ in _places(name, part)
    ]
    for match in _VALUE.finditer(part):
        found += [(match.start(), value) for value in quantities(match[0])]
    return [mark for _, mark in sorted(found, key=lambda one: one[0])]


def _paired(marks: Sequence[str | Quantity]) -> list[tuple[str, Quantity]]:
    """The pairs of names and values that take turns; none where they do not, or a name comes back."""
    names = [mark for mark in marks if isinstance(mark, str)]
    values = [mark for mark in marks if isinstance(mark, Quantity)]
    turns = all(isinstance(one, str) != isinstance(other, str) for one, other in pairwise(marks))
    return list(zip(names, values, strict=True)) if turns and len(names) == len(values) == len({*names}) else []


@lru_cache(maxsize=8192)
def _compared(text: str) -> tuple[tuple[str, Quantity], ...]:
    """The values behind the comparisons in `text`; the thing that is compared has no name."""
    found: list[tuple[str, Quantity]] = []
    for match in _VERSUS.finditer(fold(text)) if len(text) <= _LONGEST else ():
        found += [("", one) for one in quantities(match["one"])]
        found += [(match["name"], other) for other in quantities(match["other"])]
    return tuple(found)
