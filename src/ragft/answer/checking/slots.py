"""Two clauses of one form, and a claim that fills the form of one with a word or number of the other.

slots_mixed("Mira scores 88.1 on GLUE.", ["On GLUE, Orin scores 88.1 and Mira scores 85.4."])   ->  "number"
slots_mixed("The drill was built by Ito.", ["Kem built the drill; Ito built the camera."])        ->  "word"

Where two clauses share words in the same order, what stands between these takes the same places: the slots. A clause
fills them with its own words, so a claim that has one slot as in the first clause and another one as in the second
says of one thing what is said of the other.
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
    terms, numbers = frozenset(content_terms(claim)), quantities(claim)
    sentences = list(dict.fromkeys(one for text in passages for one in sentences_in(text)))
    for sentence in sentences:
        if coverage(claim, sentence) < _LEAST_COVERED:
            continue
        if any(coverage(claim, other) >= _ELSEWHERE for other in sentences if other != sentence):
            continue
        for slots in _parallels(sentence):
            sides = [(_side(slot, terms, numbers), slot) for slot in slots]
            first = [slot for side, slot in sides if side == 1]
            second = [slot for side, slot in sides if side == 2]
            if first and second:
                return "number" if any(slot[0].numbers for slot in (*first, *second)) else "word"
    return ""


def _side(slot: Slot, terms: frozenset[str], numbers: frozenset[Quantity]) -> int:
    """1 or 2 where a claim has what that clause has in the slot, and nothing of the other; else 0."""
    one, other = slot
    if one.is_in(terms, numbers) and not other.touches(terms, numbers):
        return 1
    return 2 if other.is_in(terms, numbers) and not one.touches(terms, numbers) else 0


@lru_cache(maxsize=2048)
def _parallels(sentence: str) -> tuple[tuple[Slot, ...], ...]:
    """The slots of each two clauses of `sentence` that are of one form: two slots at least."""
    if len(sentence) > _LONGEST:
        return ()
    found: list[tuple[Slot, ...]] = []
    for border in _BORDERS:
        clauses = [tokens for part in border.split(sentence) if part and len(tokens := _tokens(part)) > 1]
        if len(clauses) <= _MOST_CLAUSES:
            found += [slots for one, other in combinations(clauses, 2) if len(slots := tuple(_slots(one, other))) > 1]
    return tuple(dict.fromkeys(found))


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
            cuts = range(last - first) if same else [slice(None)]
            for cut in cuts:
                part = slice(cut, cut + 1) if isinstance(cut, int) else cut
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
