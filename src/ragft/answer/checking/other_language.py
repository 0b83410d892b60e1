"""A sentence in another language than its source: words cannot be compared; numbers, names and Latin terms can.

in_another_language("QLoRA braucht 48 GB Speicher.", "QLoRA needs 48 GB of memory.")   ->  True
shared_facts("QLoRA braucht 48 GB Speicher.", text, title)     ->  SharedFacts(numbers=1, names=1)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ragft.answer.checking.claim_names import missing_names, names_in
from ragft.answer.checking.terms import content_terms, missing_quantities, quantities
from ragft.corpus.languages import LETTERS
from ragft.corpus.stopwords import LATIN, language_of
from ragft.corpus.words import words

_EAST_ASIAN = ("ja", "ko", "zh")
_LATIN_TERM = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-–.][A-Za-z0-9]+)*")
_NOT_LATIN = re.compile("[^\u0000-\u024f\u2010-\u2015]+")
_CAPITALS = re.compile(r"(?<![^\W\d_])[^\W\d_a-zß-öø-ÿ]{1,3}(?![^\W\d_])")
"""An abbreviation or a symbol, which is no function word: EN-DE is not French, nor is (Q, K, V) Czech."""
_LEAST_WORDS = 2
"""Function words of a language from which on a text counts as written in it; one more where all is in capitals."""
_LEAST_NAMES = 2
"""Names that a sentence without numbers shares with the source that is cited for it."""
_FEW_CHARACTERS = 0.1
"""Share of a text in a script of East Asia below which these characters are terms in a text of another language."""


@lru_cache(maxsize=8192)
def language_written_in(text: str) -> str:
    """The language of `text` by its script, else by its function words; empty where it has too few of them."""
    for language in _EAST_ASIAN:
        if len(LETTERS[language].findall(text)) > _FEW_CHARACTERS * len(text):
            return language
    capitals = text.isupper()
    found = words(text if capitals else _CAPITALS.sub(" ", text))
    language = language_of(found)
    return language if len(LATIN[language].intersection(found)) >= _LEAST_WORDS + capitals else ""


def in_another_language(sentence: str, source: str) -> bool:
    """Whether `sentence` and `source` are in different languages, and both languages are recognised."""
    here, there = language_written_in(sentence), language_written_in(source)
    return bool(here and there) and here != there


@dataclass(frozen=True, order=True)
class SharedFacts:
    """How many numbers, and how many names and Latin terms, a sentence shares with a source."""

    numbers: int = 0
    names: int = 0

    @property
    def are_enough(self) -> bool:
        """Whether they are worth a citation: a single name stands in passages about anything."""
        return self.numbers > 0 or self.names >= _LEAST_NAMES


def shared_facts(sentence: str, text: str, about: str) -> SharedFacts | None:
    """The numbers and names that `sentence` shares with a source; None where the source lacks one of them.

    Numbers are looked for in the passage `text`, names also in `about`, what else is known of its document.
    """
    known = f"{about}\n{text}"
    latin = _latin_only(sentence)
    names = names_in(latin)
    if missing_quantities(sentence, text) or missing_names(" ".join(names), known):
        return None
    have = set(content_terms(known))
    terms = _terms(sentence, names)
    if any(not set(content_terms(term)) <= have for term in terms):
        return None
    return SharedFacts(len(quantities(sentence)), len(names) + len(terms))


def _latin_only(sentence: str) -> str:
    """`sentence` with spaces for what is not in Latin letters: endings hang on names there, HyDE는."""
    return _NOT_LATIN.sub(" ", sentence)


def _terms(sentence: str, names: Sequence[str]) -> list[str]:
    """Words in Latin letters within a sentence of another script, names left out."""
    if language_written_in(sentence) not in _EAST_ASIAN:
        return []
    return [term for term in dict.fromkeys(_LATIN_TERM.findall(sentence)) if term not in names and len(term) > 1]
