"""Joins lines to running text, and words that were broken at a line's end.

The document itself decides whether a hyphen belongs to the word: `state-of-the-` + `art` occurs hyphenated elsewhere,
`gener-` + `ation` occurs whole. If neither occurs, the hyphen is kept between two words of the document, else dropped.
This needs no dictionary and works in any language.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from ragft.corpus.pdf.base import Line
from ragft.corpus.text import is_unspaced

_WORD = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")
_LAST = re.compile(r"[\w'’-]+$")
_FIRST = re.compile(r"^[\w'’]+(?:-[\w'’]+)*")
HYPHENS = "-‐"
_EITHER = frozenset(HYPHENS)
_HYPHEN = re.compile(f"[{HYPHENS}]")

Vocabulary = Counter[str]


def vocabulary(lines: Iterable[Line]) -> Vocabulary:
    """How often each word of a document occurs unbroken on a line, lower-cased."""
    count: Vocabulary = Counter()
    cut = False
    for line in lines:
        words = _WORD.findall(line.text.casefold())
        if cut:
            del words[:1]
        cut = line.hyphen or line.text[-1:] in _EITHER
        if cut:
            del words[-1:]
        count.update(words)
    for word, times in list(count.items()):
        if sum(map(word.count, HYPHENS)) > 1:
            parts = _HYPHEN.split(word)
            for one, other in pairwise(parts):
                count[f"{one}-{other}"] += times
    return count


def join_lines(lines: Sequence[Line], known: Vocabulary) -> str:
    """The lines as one text."""
    text = ""
    hyphen = False
    for line in lines:
        text = join(text, line.text, known, hyphen=hyphen) if text else line.text
        hyphen = line.hyphen
    return text


def join(before: str, after: str, known: Vocabulary, *, hyphen: bool) -> str:
    """Two successive lines joined; `hyphen`: one was taken off the end of the first."""
    written = before[-1:] in _EITHER and before[-2:-1].isalpha()
    if not (hyphen or written):
        return before + ("" if is_unspaced(before[-1:]) and is_unspaced(after[:1]) else " ") + after
    stem = before[:-1] if written else before
    return stem + ("-" if _keeps_hyphen(stem, after, known) else "") + after


def _keeps_hyphen(before: str, after: str, known: Vocabulary) -> bool:
    left, right = _LAST.search(before, before.rfind(" ") + 1), _FIRST.search(after)
    if not left or not right:
        return True
    head, tail = left.group().casefold(), right.group().casefold()
    last_part, first_part = re.split(_HYPHEN, head)[-1], re.split(_HYPHEN, tail)[0]
    whole, hyphened = known[last_part + first_part], known[f"{last_part}-{first_part}"]
    if whole or hyphened:
        return hyphened > whole
    if not right.group()[0].islower() or not head[-1:].isalpha():  # GPT-3, Jean-Luc, top-k
        return True
    return len(last_part) > 3 and len(first_part) > 3 and known[last_part] > 0 and known[first_part] > 0
