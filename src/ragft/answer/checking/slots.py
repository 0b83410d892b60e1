"""Two clauses of one form, and a claim that fills the form of one with a word or number of the other.

slots_mixed("Mira scores 88.1 on GLUE.", ["On GLUE, Orin scores 88.1 and Mira scores 85.4."])   ->  "number"
slots_mixed("The drill was built by Ito.", ["Kem built the drill; Ito built the camera."])        ->  "word"

The slots are the places in which two similar clauses differ. Each clause fills them with its own words, so a claim
that has one slot as in the first clause and another one as in the second says of one thing what is said of the other. A
claim that speaks of both clauses, compares or denies is not judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations
from typing import Literal

from ragft.answer.checking.support import coverage, sentences_in
from ragft.answer.checking.terms import Quantity, content_terms, is_stated, quantities
from ragft.corpus.fold import fold

_BORDERS = (
    re.compile(r"[;:]|,?\s(?:and|while|whereas|but)\s"),
    re.compile(r"[;:]|,(?!\d)|\s(?:and|while|whereas|but)\s"),
)
"""What parts clauses: once without commas, which stand within a clause, too, and once with them."""
_TOKEN = re.compile(r"(?P<number>(?<![\w.])[$€£]?\d[\d,]*(?:\.\d+)?\s?%?)(?![\w-])|[^\W_](?:[\w'’.-]*\w)?")
_NUMBER = "#"
"""In place of each number, so that numbers are a slot."""
_LONGEST = 600
"""Characters of a sentence that is read."""
_MOST_CLAUSES = 6
_LEAST_SHARED = 0.4
"""Least share of the words of the shorter clause that both have in the same order."""
_MOST_TERMS = 2
"""Most words of a clause in a slot: more are another form."""
_COMPARES = re.compile(
    r"\b(?:than|below|above|less|more|fewer|before|after|until|since|ahead|behind|half|halved|twice|double[ds]?|exceeds?|"
    r"not|no|never|without|neither|nor|cannot)\b|n't\b"
)
"""Words of a claim that compares or denies."""
_LEAST_COVERED = 0.7
"""Least share of a claim in the sentence with the two clauses."""
_ELSEWHERE = 0.99
"""Share of a claim in another sentence, from which on it may be from there."""


@dataclass(frozen=True)
class _Filling:
    """What one clause has in a slot: stems, or a number."""

    terms: frozenset[str] = frozenset()
    numbers: frozenset[Quantity] = frozenset()

    def is_in(self, terms: frozenset[str], numbers: frozenset[Quantity]) -> bool:
        """Whether a claim of these terms and numbers has all of it."""
        return self.terms <= terms and all(is_stated(one, numbers) for one in self.numbers)

    def touches(self, terms: frozenset[str], numbers: frozenset[Quantity]) -> bool:
        """Whether such a claim has any of it."""
        return bool(self.terms & terms) or any(is_stated(one, numbers) for one in self.numbers)


Slot = tuple[_Filling, _Filling]


def slots_mixed(claim: str, passages: Iterable[str]) -> Literal["", "word", "number"]:
    """Whether `claim` mixes two clauses of a sentence of `passages`, and whether it takes a number of the other."""
    if _COMPARES.search(fold(claim)):
        return ""
    covered = {one: coverage(claim, one) for text in passages for one in sentences_in(text)}
    whole = [one for one, share in covered.items() if share >= _ELSEWHERE]
    close = [one for one, share in covered.items() if share >= _LEAST_COVERED]
    terms, numbers = frozenset(content_terms(claim)), quantities(claim)
    for sentence in close if not whole else whole if len(whole) == 1 else ():
        for slots in _parallels(sentence):
            sides = [_side(slot, terms, numbers) for slot in slots]
            if {"first", "second"} <= {*sides} and "both" not in sides:
                filled = [slot for slot, side in zip(slots, sides, strict=True) if side]
                return "number" if any(one.numbers for one, _ in filled) else "word"
    return ""


def _side(slot: Slot, terms: frozenset[str], numbers: frozenset[Quantity]) -> Literal["", "first", "second", "both"]:
    """Whether a claim has what the first or the second clause has in the slot; "both" also for parts of both."""
    one, other = slot
    touched = one.touches(terms, numbers), other.touches(terms, numbers)
    if all(touched):
        return "both"
    if touched[0]:
        return "first" if one.is_in(terms, numbers) else ""
    return "second" if touched[1] and other.is_in(terms, numbers) else ""


@lru_cache(maxsize=2048)
def _parallels(sentence: str) -> tuple[tuple[Slot, ...], ...]:
    """The slots of each two clauses of `sentence` that are of one form: two slots at least."""
    if len(sentence) > _LONGEST:
        return ()
    found: list[tuple[Slot, ...]] = []
    for border in _BORDERS:
        clauses = [tokens for part in border.split(sentence) if part and len(tokens := _tokens(part)) > 1]
        if len(clauses) <= _MOST_CLAUSES:
            found += [tuple(_slots(one, other)) for one, other in combinations(clauses, 2)]
    return tuple(dict.fromkeys(slots for slots in found if len(slots) > 1 and not _in_two_roles(slots)))


def _in_two_roles(slots: Sequence[Slot]) -> bool:
    """Whether both clauses have one word or number, in different slots: "from 71 to 80, and from 80 to 65"."""
    return any(
        one[0].terms & other[1].terms or one[0].numbers & other[1].numbers
        for one in slots
        for other in slots
        if one != other
    )


@dataclass(frozen=True)
class _Token:
    """A word as it is compared, and as it is written."""

    key: str
    text: str


def _tokens(clause: str) -> list[_Token]:
    return [
        _Token(_NUMBER if match["number"] else fold(match[0]), match[0].strip()) for match in _TOKEN.finditer(clause)
    ]


def _slots(one: Sequence[_Token], other: Sequence[_Token]) -> Iterator[Slot]:
    """The places in which two clauses with a word in common differ; words without meaning fill none."""
    left, right = [token.key for token in one], [token.key for token in other]
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    shared = [key for start, _, size in matcher.get_matching_blocks() for key in left[start : start + size]]
    if len(shared) < _LEAST_SHARED * min(len(left), len(right)) or not any(key != _NUMBER for key in shared):
        return
    for kind, first, last, begin, end in matcher.get_opcodes():
        if kind == "replace":
            same = last - first == end - begin
            for part in [slice(at, at + 1) for at in range(last - first)] if same else [slice(None)]:
                slot = _filled(one[first:last][part]), _filled(other[begin:end][part])
                if all(0 < len(filling.terms) <= _MOST_TERMS for filling in slot) and not slot[0].terms & slot[1].terms:
                    yield slot
        elif kind == "equal":
            for place in range(last - first):
                if left[first + place] == _NUMBER and one[first + place].text != other[begin + place].text:
                    values = quantities(one[first + place].text), quantities(other[begin + place].text)
                    if all(values) and not values[0] & values[1]:
                        yield _Filling(numbers=values[0]), _Filling(numbers=values[1])


def _filled(tokens: Sequence[_Token]) -> _Filling:
    return _Filling(frozenset(content_terms(" ".join(token.text for token in tokens))))
