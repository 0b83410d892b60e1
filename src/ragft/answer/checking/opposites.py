"""Words of opposite meaning: a claim that has one where the source has the other contradicts it.

reversed_words("It needs 14 times more steps.", "with 14 times fewer training steps")  ->  {"more"}
reversed_words("They bring less noise.", "they also generate more noise, … less context")  ->  {"less"}
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ragft.answer.checking.terms import content_terms
from ragft.corpus.fold import fold
from ragft.corpus.stems import stem
from ragft.corpus.stopwords import NEGATIONS

_PAIRS = """
more greater | less fewer
most | least fewest
high higher highest | low lower lowest
large larger largest big bigger biggest | small smaller smallest
long longer longest | short shorter shortest
fast faster fastest quick quicker quickly rapid rapidly | slow slower slowest slowly
good better best superior | bad worse worst inferior
easy easier easily simplify | hard harder hardest difficult complicate
strong stronger strongest | weak weaker weakest
early earlier earliest first | late later latest last
increase increases increased increasing rise rises rising raise raises raised grow grows growing | decrease decreases
 decreased decreasing reduce reduces reduced reduction reductions drop drops dropped fall falls falling lower lowers
 decline declines regression regressions diminish diminishes diminishing degrade degrades degradation
improve improves improved improvement gain gains | worsen worsens worsened degrade degrades degradation drop drops
reward rewards rewarded | punish punishes punished penalize penalizes penalized
positive positively | negative negatively
above | below
before | after
inside within | outside beyond
maximum maximize maximizes | minimum minimize minimizes
always | never
all every | none
include includes including | exclude excludes excluding
add adds added adding | remove removes removed removing
accept accepts | reject rejects
allow allows enable enables | prevent prevents forbid forbids
depend depends dependent | independent independently regardless irrespective
joint jointly together | independent independently separate separately
supervised | unsupervised
linear linearly | quadratic quadratically exponential exponentially
overfit overfits overfitting | underfit underfits underfitting
parallel | sequential sequentially
closed | open
similar identical | different dissimilar
frequent frequently often | rare rarely seldom
common | uncommon rare
true | false
success succeed succeeds | failure fail fails
start begin beginning | end
top | bottom
encoder | decoder
input | output
precision | recall
parametric | non-parametric nonparametric
symmetric | asymmetric
static fixed | dynamic
local | global
internal | external
prefer prefers preferred | disfavour
necessary needed | unnecessary
sufficient enough | insufficient limiting
ahead | behind
converge converges | diverge diverges
cause causes | prevent prevents
wide wider widest | narrow narrower narrowest
deep deeper deepest | shallow shallower shallowest
cheap cheaper cheapest | expensive costly
explicit explicitly | implicit implicitly
dense | sparse
forward | backward
upper | lower
public | private
convex | concave
correct correctly | incorrect incorrectly wrong wrongly
known | unknown
"""
_UNNECESSARY = re.compile(r"\b(?:eliminat|obviat|remov|reduc|avoid)\w* (?:the|any) need\b")
"""Several words for "unnecessary"."""
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)?")
_BORDER = re.compile(r"[,;:()—]|\.\s|\b(?:but|while|whereas|which|and|so|that)\b")
"""What parts clauses."""
_LEAD = 2
"""How many more words the clause with the opposite shares."""
_NOT = NEGATIONS["en"] | {"instead"}
_NEAR = 4
"""Words before one of a pair in which a negation turns it round."""
_AFTER = 5
"""Words behind one of a pair, and before it, that are looked at."""
_BEHIND_THAN = 8
"""Words behind "than" that may name what something is compared with."""
_NEXT = 2
"""Content words behind one of a pair, and before it, that it may belong to."""


@lru_cache(maxsize=1)
def _opposites() -> dict[str, frozenset[str]]:
    """The stems that are opposites of a stem."""
    found: dict[str, set[str]] = {}
    for line in _PAIRS.replace("\n ", " ").strip().split("\n"):
        one, other = (frozenset(map(stem, side.split())) for side in line.split("|"))
        for word in one:
            found.setdefault(word, set()).update(other)
        for word in other:
            found.setdefault(word, set()).update(one)
    return {word: frozenset(words) for word, words in found.items()}


@dataclass(frozen=True)
class _Word:
    """A word that has an opposite: its stem, the stems of the content words behind and around it, and those behind the
    "than" that follows it, if one does."""

    stem: str
    behind: frozenset[str]
    around: frozenset[str]
    compared: bool
    than: frozenset[str]


@dataclass(frozen=True)
class _Clause:
    """The stems of the content words of a clause, and those that have an opposite and no negation near them."""

    terms: frozenset[str]
    sides: frozenset[str]


def reversed_words(claim: str, source: str, *, alike: bool = False) -> frozenset[str]:
    """Stems of the words of `claim` in whose place `source` has an opposite.

    With `alike`, only where the same content words follow both: "a first stage retrieves" and "a later stage reranks"
    may both be true.

    That is: `source` has an opposite and no word of the same side, or the words next to it in `claim` are next to
    opposites in `source` alone. Where `claim` has both sides itself, or a negation is near, nothing is judged; nor is a
    comparison in both, unless with the same thing: "slower than X" may be "X is faster".
    """
    known = _opposites()
    here, there = _read(claim), _read(source)
    sides = {word.stem for word in here}
    found = set()
    for word in here:
        opposites = known[word.stem]
        against = [other for other in there if other.stem in opposites]
        if not against or sides & opposites or _may_be_turned_round(word, against):
            continue
        with_it = [other for other in there if other.stem == word.stem or known[other.stem] & opposites]
        beside = frozenset().union(*(other.behind for other in against))
        same = frozenset().union(*(other.behind for other in with_it))
        close = any(len(word.around & other.around) >= _NEXT for other in against)
        if close and not any(word.around & other.around for other in with_it):
            found.add(word.stem)
        elif alike and not any(word.behind and word.behind <= other.behind for other in against):
            continue
        elif not with_it or (word.behind & beside and not word.behind & same):
            found.add(word.stem)
    return frozenset(found)


def has_opposite_clause(claim: str, passage: str) -> bool:
    """Whether a clause of `passage` with the opposite of a word of `claim` has clearly more of the words around it than
    any clause with a word of the same side: "the parametric memory is an index" where the non-parametric one is.

    Words of a comparison ("than") are not judged, nor those of which `claim` has both sides.
    """
    known = _opposites()
    said, there = _clauses(claim), _clauses(passage)
    sides = {word for clause in said for word in clause.sides}
    return any(
        _leads(word, clause.terms - {word}, there)
        for clause in said
        for word in clause.sides
        if not known[word] & sides
    )


def _leads(word: str, terms: frozenset[str], clauses: Sequence[_Clause]) -> bool:
    """Whether the clauses with an opposite of `word` share more of `terms` than those with a word of its side."""
    opposites = _opposites()[word]
    against = [len(terms & clause.terms) for clause in clauses if clause.sides & opposites]
    alike = [
        len(terms & clause.terms)
        for clause in clauses
        if any(one == word or _opposites()[one] & opposites for one in clause.sides)
    ]
    return max(against, default=0) >= max(alike, default=0) + _LEAD


def _may_be_turned_round(word: _Word, against: Sequence[_Word]) -> bool:
    """Whether the comparison may only be told from its other side."""
    compared = [other for other in against if other.compared]
    return word.compared and bool(compared) and not any(word.than & other.than for other in compared)


@lru_cache(maxsize=8192)
def _read(text: str) -> tuple[_Word, ...]:
    """The words of `text` that have an opposite and no negation near them."""
    tokens = _tokens(text)
    found = []
    for place, token in enumerate(tokens):
        word = stem(token)
        if word not in _opposites() or any(other in _NOT for other in tokens[max(0, place - _NEAR) : place]):
            continue
        after = tokens[place + 1 : place + 1 + _AFTER]
        behind = _content(after)[:_NEXT]
        before = _content(tokens[max(0, place - _AFTER) : place])[-_NEXT:]
        than = tokens[place + 2 + after.index("than") :][:_BEHIND_THAN] if "than" in after else []
        around = frozenset(before + behind)
        found.append(_Word(word, frozenset(behind), around, "than" in after, frozenset(_content(than))))
    return tuple(found)


@lru_cache(maxsize=4096)
def _clauses(text: str) -> tuple[_Clause, ...]:
    """The clauses of `text` that compare nothing."""
    clauses = [one for one in _BORDER.split(fold(text)) if " than " not in one]
    return tuple(
        _Clause(frozenset(_content(_tokens(one))), frozenset(word.stem for word in _read(one))) for one in clauses
    )


def _content(tokens: Sequence[str]) -> list[str]:
    """The stems of the content words among `tokens`."""
    return [stem(token) for token in tokens if content_terms(token)]


def _tokens(text: str) -> list[str]:
    text = _UNNECESSARY.sub("unnecessary", fold(text))
    return [part for token in _WORD.findall(text) for part in _parts(token)]


def _parts(token: str) -> list[str]:
    """The words of a compound, "low" and "confidence", unless it has an opposite as a whole: non-parametric."""
    return [token] if stem(token) in _opposites() else token.split("-")
