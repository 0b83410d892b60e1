"""Which of two things is preferred, replaces, becomes, is a case of or derives from the other, and whether a sentence
turns that round.

relation_turned("They prefer Mira over Haro.", ["The keepers prefer Haro over Mira."])    ->  True
relation_turned("Haro was replaced by Mira.", ["We replace Haro with Mira."])             ->  False
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from ragft.answer.checking.comparisons import things_in
from ragft.answer.checking.relation_forms import RELATION_FORMS, Relation, RelationForm
from ragft.answer.checking.support import sentences_in
from ragft.answer.checking.terms import quantities
from ragft.corpus.stopwords import language_of, negations
from ragft.corpus.words import words

_BORDER = re.compile(
    r"[,;:()—、。，；：]|[.!?](?!\w)|\b(?:while|whereas|but|because|although|which|and then|während|aber|weil|obwohl"
    r"|tandis que|mais|parce que|mientras|pero|porque)\b",
    re.IGNORECASE,
)
"""What a thing ends at, on either side."""
_FURTHER = re.compile(r"\b(?:by|in|on|at|for|with|when|as|if|to)\b", re.IGNORECASE)
"""What follows the second thing in English."""
_LONGEST = 100
"""Characters between an opening word and what stands between the two."""


@dataclass(frozen=True)
class _Related:
    """Two things by their words, and what the first is to the other."""

    relation: Relation
    one: frozenset[str]
    other: frozenset[str]


def relation_turned(claim: str, passages: Iterable[str]) -> bool:
    """Whether a sentence of `passages` has two things of `claim` in the same relation the other way round, and none as
    `claim` has them. What is denied is not compared."""
    said = _related(claim)
    wanted = {here.relation for here in said}
    turned = False
    for passage in passages if said else ():
        for sentence in sentences_in(passage):
            for there in _related(sentence):
                alike = [here for here in said if here.relation == there.relation] if there.relation in wanted else []
                if any(_is_turned(here, there) for here in alike):
                    turned = True
                elif any(here.one & there.one and here.other & there.other for here in alike):
                    return False
    return turned


def _is_turned(here: _Related, there: _Related) -> bool:
    """Whether things of both changed places; words that stand on the same side in both tell nothing."""
    one, other = here.one - there.one, here.other - there.other
    return bool(one & (there.other - here.other) and other & (there.one - here.one))


@lru_cache(maxsize=8192)
def _related(sentence: str) -> tuple[_Related, ...]:
    """The pairs of things that `sentence` relates."""
    return tuple(dict.fromkeys(found for form in RELATION_FORMS for found in _by_form(form, sentence)))


def _by_form(form: RelationForm, sentence: str) -> Iterator[_Related]:
    for match in _compiled(form.between).finditer(sentence):
        before, behind = sentence[: match.start()], sentence[match.end() :]
        first, second = _first(form, before), _BORDER.split(behind, maxsplit=1)[0]
        if not first.strip() and not form.opens:  # "Instead of Haro, they use Mira"
            first = "".join(_BORDER.split(behind, maxsplit=2)[1:2])
        if not first.strip() or not second.strip() or _denies(f"{_BORDER.split(before)[-1]} {second}"):
            continue
        one, other = _things(first, form.relation), _things(_without_further(second), form.relation)
        one, other = (other, one) if form.turned else (one, other)
        if one - other and other - one:
            yield _Related(form.relation, one - other, other - one)


def _first(form: RelationForm, before: str) -> str:
    """The thing that stands first: what follows the opening word, or the end of the clause."""
    if not form.opens:
        return _BORDER.split(before)[-1]
    opened = [*_compiled(form.opens).finditer(before)]
    first = before[opened[-1].end() :] if opened else ""
    return "" if len(first) > _LONGEST or _BORDER.search(first) else first


def _things(text: str, relation: Relation) -> frozenset[str]:
    """The words and names of `text`, and its numbers where one value becomes another."""
    numbers = {number.value for number in quantities(text)} if relation == "becomes" else set()
    return things_in(text) | numbers


def _without_further(text: str) -> str:
    """`text` up to the word that begins something else; all of it where that leaves nothing."""
    first = _FURTHER.split(text.strip(), maxsplit=1)[0]
    return first if first.strip() else text


def _denies(text: str) -> bool:
    found = words(text)
    return negations(text, found, language_of(found)) % 2 == 1


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("~", "[^.;。；]*"), re.IGNORECASE)
