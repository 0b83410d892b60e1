"""Finds acronyms that a text explains: "reinforcement learning from human feedback (RLHF)".

The long form is found backwards from the bracket, letter by letter, as in Schwartz and Hearst, "A simple algorithm for
identifying abbreviation definitions in biomedical text" (PSB 2003), with two more conditions: most letters begin a
word, and the long form is short enough to be one name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from ragft.corpus.words import words

_BRACKETED = re.compile(r"\((?P<short>[A-Z][\w&+-]{1,11})(?:[;,][^()]{0,60})?\)")
_NAMED = re.compile(r",? (?:or|called|short|as) (?P<short>[A-Z][\w&+-]{1,11})(?=[),.])")
"""The short form without brackets: "low-rank adaptation, or LoRA,"."""
_CLAUSE = re.compile(r"[.;:\n(]\s*")
_TOKEN = re.compile(r"[^\W\d_][\w’']*|\d+")
_BEFORE = 120
"""Characters before a bracket that are looked at."""
_INITIALS = 0.6
"""Least share of the letters that begin a word of the long form."""


@dataclass(frozen=True)
class Acronym:
    """`short` as it is written, `long` as folded words with spaces between."""

    short: str
    long: str

    @property
    def singular(self) -> str:
        """The singular of an acronym: LLM for LLMs."""
        return _singular(self.short)


def acronyms(text: str, *, named: bool = False) -> Iterator[Acronym]:
    """The acronyms that `text` explains in brackets, in order; with `named`, then those behind "or" and "called"."""
    matches = chain(_BRACKETED.finditer(text), _NAMED.finditer(text) if named else ())
    for match in matches:
        before = _CLAUSE.split(text[max(0, match.start() - _BEFORE) : match.start()])[-1]
        long = _long_form(match["short"], before)
        if long:
            yield Acronym(match["short"], " ".join(words(long)))


def initials(words: Iterable[str]) -> str:
    """The first letter of each word."""
    return "".join(word[0] for word in words)


def _long_form(short: str, before: str) -> str:
    """The words at the end of `before` that `short` abbreviates; "" where there are none."""
    letters = [letter.lower() for letter in _singular(short) if letter.isalnum()]
    tokens = _TOKEN.findall(before)[-(2 * len(letters) + 3) :]
    text = " ".join(tokens).lower()
    place = len(text)
    for number, letter in reversed(list(enumerate(letters))):
        place = _last(text, letter, place, initial=number == 0)
        if place < 0:
            return ""
    long = text[place:].split()
    if not 2 <= len(long) <= min(len(letters) + 5, 2 * len(letters)):
        return ""
    return " ".join(long) if _initials(letters, long) >= _INITIALS * len(letters) else ""


def _singular(short: str) -> str:
    return short[:-1] if short.endswith("s") and short[:-1].isupper() else short


def _last(text: str, letter: str, end: int, *, initial: bool) -> int:
    """Where `letter` stands last before `end`, at the beginning of a word if `initial`; -1: nowhere."""
    place = text.rfind(letter, 0, end)
    while initial and place > 0 and text[place - 1] != " ":
        place = text.rfind(letter, 0, place)
    return place


def _initials(letters: list[str], long: list[str]) -> int:
    """How many of `letters`, in order, begin a word of `long`."""
    count = begun = 0
    for word in long:
        if word[0] in letters[begun:]:
            begun = letters.index(word[0], begun) + 1
            count += 1
    return count
