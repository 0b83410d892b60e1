"""Authors by the names people call them: a surname, with initials, without accents, several joined by "and"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ragft.answer.library.typos import is_close
from ragft.corpus.fold import fold, without_accents
from ragft.corpus.stopwords import is_stop_word
from ragft.corpus.words import words
from ragft.index.base import DocumentRecord

_JOINED = re.compile(r"\s*(?:,|&|\band\b|\bund\b|\bet\b|\by\b)\s*")
_OTHERS = re.compile(r"\s*(?:,|\band\b|&)?\s*(?:et al\.?|and others|u\. ?a\.)\s*$")
_MOST_NAMES = 4
_WORD = re.compile(r"[^\W\d_]+")


def by_author(records: Iterable[DocumentRecord], name: str) -> list[DocumentRecord]:
    """The papers that everybody in `name` wrote; a typo is allowed where nobody has exactly this name."""
    wanted = [_words(one) for one in _JOINED.split(_OTHERS.sub("", name)) if _words(one)]
    papers = list(records)
    for close in (False, True):
        found = [
            record
            for record in papers
            if wanted and all(any(_is(author, one, close) for author in record.authors) for one in wanted)
        ]
        if found:
            return found
    return []


def could_be_author(name: str, language: str) -> bool:
    """Whether `name`, which no author has, is nevertheless a name: "Hinton", but not "the authors"."""
    found = words(name)
    return 0 < len(found) <= _MOST_NAMES and not any(is_stop_word(word, language) for word in found)


def surname(author: str) -> str:
    """The family name of "Given Names Family" or "Family, Given Names"."""
    if "," in author:
        return author.split(",", maxsplit=1)[0].strip()
    return author.rsplit(maxsplit=1)[-1] if author.split() else author


def _is(author: str, wanted: Sequence[str], close: bool) -> bool:
    """Whether every word of `wanted` is a name of `author`, or the initial of one; an initial alone names nobody."""
    names = _words(author)
    whole = [word for word in wanted if len(word) > 1]
    if not whole:
        return False
    return all(any(_matches(word, name, close) for name in names) for word in wanted)


def _matches(word: str, name: str, close: bool) -> bool:
    if word == name or (len(word) == 1 and name.startswith(word)):
        return True
    return close and is_close(word, name)


def _words(name: str) -> list[str]:
    return _WORD.findall(without_accents(fold(name)))
