"""Spelling: replaces words of a query that are not in the index by the word that was probably meant.

    corrected("waht is teh atention mask", vocabulary)  ->  "what is the attention mask"

It corrects one error in a word: two letters swapped, one missing or too many, one wrong. It does not change words that
the index has or the encoder knows whole, names (a capital within, or at the beginning but not of the query), words with
digits, and queries that are mostly unknown or in another language.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from ragft.corpus.stems import stem
from ragft.corpus.stopwords import ENGLISH
from ragft.corpus.words import is_english, words

# "recall@10" is a word and its depth, "anna@example.org" an address.
_WORD = re.compile(r"(?<![\w'’@#./(-])[^\W\d_]{3,}(?![\w/]|@(?!\d)|[-'’.]\w)")
_LEAST_LETTERS = {"swapped": 3, "missing": 4, "wrong": 6}
"""Least letters of a word for each kind of correction: many short words differ by one letter, as "gist" and "gift"."""
_SHORTENED = frozenset("cant wont dont didnt doesnt isnt arent wasnt werent havent hasnt couldnt shouldnt".split())
_MOST_UNKNOWN = 0.67
"""A query with a greater share of unknown words is about something else, or not English."""
_LEAST_SHARE = 0.001
"""Share of the chunks that must hold a word that differs by a wrong letter: rare words resemble one another."""
_FORMS = (
    (4, "ves", "f", ""),
    (4, "ves", "fe", ""),
    (4, "ies", "y", ""),
    (4, "s", "", "sxzyeh"),
    (4, "es", "", "abcdefgijklmnpqrtuvwy"),
    (4, "es", "e", ""),
    (5, "ed", "", "ey"),
    (4, "ed", "e", "e"),
    (5, "ing", "", "e"),
    (4, "ing", "e", "e"),
)
"""Least letters of an English word, the ending of a form of it, what the word has there, and letters before the ending
with which the form would be wrong. Four letters and "ed" are more often a slip: "traned" is no form of "tran"."""
_UNDOUBLED = re.compile(r"([a-z]*[aeiou])([bdfgklmnprstvz])(ing|ed)")
_LOOKED_AT = 6
"""Stems of candidates, the most frequent first, that are looked for as they would be written."""


class Vocabulary(Protocol):
    """The words that are known to be right."""

    def lacking(self, stems: Collection[str]) -> Collection[str]:
        """Those of `stems` that no chunk holds."""
        ...

    def frequencies(self, stems: Collection[str]) -> Mapping[str, float]:
        """Share of the chunks that hold each of `stems`; those that none holds are left out."""
        ...

    def writes(self, word: str) -> bool:
        """Whether the index has `word` just so; asked of words whose stem it has."""
        ...

    def is_word(self, word: str) -> bool:
        """Whether `word` itself, and not a form of it, is right though the index does not have it."""
        ...


@dataclass(frozen=True)
class TextVocabulary:
    """The words of some texts, and others that `known` tells to be right. `stems` has the share of the texts."""

    stems: Mapping[str, float]
    written: frozenset[str]
    known: Callable[[str], bool]

    @classmethod
    def of(cls, texts: Iterable[str], known: Callable[[str], bool]) -> TextVocabulary:
        """The words of `texts`."""
        found = [frozenset(words(text)) for text in texts]
        counts = Counter(root for one in found for root in set(map(stem, one)))
        stems = {root: count / len(found) for root, count in counts.items()}
        return cls(stems, frozenset().union(*found), known)

    def lacking(self, stems: Collection[str]) -> set[str]:
        """Those of `stems` that no text holds."""
        return set(stems) - self.stems.keys()

    def frequencies(self, stems: Collection[str]) -> dict[str, float]:
        """Share of the texts that hold each of `stems`; those that none holds are left out."""
        return {root: self.stems[root] for root in stems if root in self.stems}

    def writes(self, word: str) -> bool:
        """Whether a text has `word` just so."""
        return word in self.written

    def is_word(self, word: str) -> bool:
        """Whether `word` is right though no text has it."""
        return self.known(word)


def corrected(query: str, vocabulary: Vocabulary) -> str:
    """`query` with its typing errors corrected."""
    tokens = [match for match in _WORD.finditer(query) if match.group().isascii()]
    unknown = [match for match in tokens if not _is_name(match)]
    lacking = vocabulary.lacking({stem(match.group().lower()) for match in unknown})
    unknown = [match for match in unknown if stem(match.group().lower()) in lacking]
    if not unknown or len(unknown) > _MOST_UNKNOWN * len(words(query)) or not is_english(query):
        return query
    for match in reversed(unknown):
        word = match.group().lower()
        if not vocabulary.is_word(word):
            meant = _doubled(word, vocabulary)
            if not meant and any(vocabulary.is_word(base) for base in inflected_from(word)):
                continue
            meant = meant or _meant(word, vocabulary)
            meant = meant.capitalize() if match.group()[0].isupper() else meant
            query = query[: match.start()] + meant + query[match.end() :]
    return query


def inflected_from(word: str) -> list[str]:
    """What `word` would be a form of in English, spelt right: "loaves" of loaf, "baked" of bake, "studys" of none."""
    found = []
    for least, ending, before, wrong in _FORMS:
        base = word.removesuffix(ending)
        if base != word and base[-1:] not in set(wrong) and len(base + before) >= least:
            found.append(base + before)
    return found


def _doubled(word: str, vocabulary: Vocabulary) -> str:
    """`word` with the consonant before "ing" or "ed" doubled, as English has it in "running", where the index has that.

    "runing" would also be a form of "rune"; what the documents say is likelier.
    """
    if (found := _UNDOUBLED.fullmatch(word)) is None:
        return ""
    doubled = f"{found[1]}{found[2]}{found[2]}{found[3]}"
    return doubled if vocabulary.frequencies({stem(doubled)}) and vocabulary.writes(doubled) else ""


def _is_name(match: re.Match[str]) -> bool:
    word = match.group()
    return word[1:] != word[1:].lower() or (word[0].isupper() and match.start() > 0)


def _meant(word: str, vocabulary: Vocabulary) -> str:
    """The most frequent word of the index that is one error away; a wrong letter counts only if no other error explains
    it.
    """
    for kind, typos in (("swapped", _swapped), ("missing", _missing_or_extra), ("wrong", _wrong)):
        if len(word) < _LEAST_LETTERS[kind] or word in _SHORTENED:
            break
        candidates = {candidate: stem(candidate) for candidate in typos(word)}
        found = vocabulary.frequencies(set(candidates.values()))
        least = _LEAST_SHARE if kind == "wrong" else 0.0
        likely = [candidate for candidate, root in candidates.items() if found.get(root, -1.0) >= least]
        likely.sort(key=lambda candidate: -found[candidates[candidate]])
        for candidate in likely[:_LOOKED_AT]:
            if vocabulary.writes(candidate):
                return candidate
        if kind != "wrong" and (known := next((one for one in candidates if one in ENGLISH), "")):
            return known  # a small collection may have no "what" or "when"
    return word


def _swapped(word: str) -> Iterator[str]:
    for i in range(len(word) - 1):
        if word[i] != word[i + 1]:
            yield word[:i] + word[i + 1] + word[i] + word[i + 2 :]


def _missing_or_extra(word: str) -> Iterator[str]:
    """Forms with one letter more or less; the first letter is assumed to be right."""
    for i in range(1, len(word) + 1):
        for letter in string.ascii_lowercase:
            yield word[:i] + letter + word[i:]
    for i in range(1, len(word)):
        yield word[:i] + word[i + 1 :]


def _wrong(word: str) -> Iterator[str]:
    for i in range(1, len(word)):
        for letter in string.ascii_lowercase:
            if letter != word[i]:
                yield word[:i] + letter + word[i + 1 :]
